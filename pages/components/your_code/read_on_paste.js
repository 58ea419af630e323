// Streamlit's text area reports its value when it loses the focus; this reports pasted code at once.
const SELECTOR = ".st-key-code-field textarea";

const onPaste = (event) => {
  const field = event.target;
  if (!field.matches?.(SELECTOR)) return;
  // The text is inserted after this event.
  setTimeout(() => {
    field.blur();
    field.focus();
  });
};

export default function () {
  document.addEventListener("paste", onPaste);
  return () => document.removeEventListener("paste", onPaste);
}
