const copy = async (text) => {
  // Over plain http from another machine there is no clipboard API.
  if (navigator.clipboard?.writeText) {
    await navigator.clipboard.writeText(text);
    return true;
  }
  const field = document.createElement("textarea");
  field.value = text;
  document.body.append(field);
  field.select();
  const isCopied = document.execCommand("copy");
  field.remove();
  return isCopied;
};

export default function ({ data, parentElement }) {
  const status = parentElement.querySelector("span");
  status.textContent = "";
  parentElement.querySelector("button").onclick = async () => {
    const isCopied = await copy(data.text).catch(() => false);
    status.textContent = isCopied ? "Copied." : "The browser did not allow it.";
  };
}
