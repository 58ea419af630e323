// A text area reports what it holds when it loses the focus; pasted code should not wait for that.
const SELECTOR = ".st-key-code-field textarea";

const onPaste = (event) => {
  const field = event.target;
  if (!field.matches?.(SELECTOR)) return;
  // After the browser has inserted the text.
  setTimeout(() => {
    field.blur();
    field.focus();
  });
};

export default function () {
  document.addEventListener("paste", onPaste);
  return () => document.removeEventListener("paste", onPaste);
}
