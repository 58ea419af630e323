// Copies the text of an <input> or <textarea>; returns false if the browser does not allow it.
const copy = async (field) => {
  // Browsers have no clipboard API on plain HTTP, except on localhost.
  if (navigator.clipboard?.writeText) {
    await navigator.clipboard.writeText(field.value);
    return true;
  }
  field.select();
  return document.execCommand("copy");
};
