// Streamlit Community Cloud shows an app inside a page of its own.
const address = () => location.href.replace("/~/+/", "/");

export default function ({ parentElement }) {
  const field = parentElement.querySelector("input");
  const button = parentElement.querySelector("button");
  const status = parentElement.querySelector("p");
  const show = () => {
    field.value = address();
    parentElement.querySelector(".link").hidden = false;
  };
  show();
  field.onfocus = () => {
    show();
    field.select();
  };
  button.onclick = async () => {
    show();
    const isCopied = await copy(field).catch(() => false);
    if (!isCopied) field.select();
    status.textContent = isCopied ? "Copied." : "Not copied: copy the selected text.";
  };
  // Replays and trainings move the address while the popover is open.
  window.navigation?.addEventListener("currententrychange", show);
  return () => window.navigation?.removeEventListener("currententrychange", show);
}
