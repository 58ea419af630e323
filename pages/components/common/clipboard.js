// Copies the text of an <input> or <textarea>; false if the browser does not allow it.
const copy = async (field) => {
  // Over plain http from another machine there is no clipboard API.
  if (navigator.clipboard?.writeText) {
    await navigator.clipboard.writeText(field.value);
    return true;
  }
  field.select();
  return document.execCommand("copy");
};
