// The address is read when the popover opens and again on each use: replays and trainings move it.

// Streamlit Community Cloud shows an app inside a page of its own.
const address = () => location.href.replace("/~/+/", "/");

export default function ({ parentElement }) {
  const field = parentElement.querySelector("input");
  const button = parentElement.querySelector("button");
  const status = parentElement.querySelector("p");
  field.value = address();
  field.onfocus = () => {
    field.value = address();
    field.select();
  };
  button.onclick = async () => {
    field.value = address();
    const isCopied = await copy(field).catch(() => false);
    if (!isCopied) field.select();
    status.textContent = isCopied ? "Copied." : "Not copied: copy the selected text.";
  };
}
