export default function ({ data, parentElement }) {
  const status = parentElement.querySelector("span");
  status.textContent = "";
  parentElement.querySelector("button").onclick = async () => {
    const field = document.createElement("textarea");
    field.value = data.text;
    document.body.append(field);
    const isCopied = await copy(field).catch(() => false);
    field.remove();
    status.textContent = isCopied ? "Copied." : "Not copied: the browser does not allow it.";
  };
}
