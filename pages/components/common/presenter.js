// Keyboard shortcuts and scaling of presentations. The listeners run before those of Streamlit and the
// browser; otherwise an arrow key would move within the control that was clicked last.
const TEXT_FIELDS = "input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]";
const CLICKED = "button, a, [type=checkbox], [type=radio], [tabindex]";
const OPENERS = "[role=combobox], [aria-haspopup=listbox]";
// The window size at which a presented step is not scaled, in CSS pixels.
const WIDTH = 1280;
const HEIGHT = 720;

const root = document.documentElement;
// The data of the last rerun: step, last step, and whether it is presented.
let now = null;
// The step that a key has requested and that the page has not drawn yet, since keys may be pressed
// faster: until then Streamlit also draws the earlier step, sometimes more than once.
let requested = null;

const onHistory = () => {
  requested = null;
};

const onResize = () =>
  root.style.setProperty(
    "--lab-scale",
    Math.max(1, Math.min(innerWidth / WIDTH, innerHeight / HEIGHT)),
  );

const toggleFullScreen = () =>
  document.fullscreenElement ? document.exitFullscreen() : root.requestFullscreen();

// Whether the focused element handles the key itself: a text field, slider, drawing pad or open dialog,
// or Space on a button focused by keyboard. Elements in a shadow root are only in the composed path.
const isTaken = (event) =>
  event.altKey || event.ctrlKey || event.metaKey ||
  event.composedPath()[0].closest?.(
    `${TEXT_FIELDS}, [role=slider], [role=application], [role=dialog]`,
  ) ||
  (event.key === " " && event.target !== document.body);

const stepFor = (key) => {
  const { step, last, present } = now;
  if (!last) return null;
  if (key === "ArrowRight") return step + 1;
  if (key === "ArrowLeft") return step - 1;
  if (!present) return null;
  const others = { PageDown: step + 1, " ": step + 1, PageUp: step - 1, Home: 1, End: last };
  return others[key] ?? (/^[1-9]$/.test(key) ? Number(key) : null);
};

const turnTo = (step) => {
  if (step < 1 || step > now.last || step === now.step) return;
  now.step = requested = step;
  now.setTriggerValue("step", step);
};

const onKey = (event) => {
  if (isTaken(event)) return;
  const step = stepFor(event.key);
  if (step !== null) turnTo(step);
  else if (now.present && event.key === "Escape") now.setTriggerValue("present", false);
  else if (now.present && event.key.toLowerCase() === "f") toggleFullScreen();
  else return;
  event.preventDefault();
  event.stopImmediatePropagation();
};

// Removes the focus from clicked controls, so that the shortcuts work again, except from those that
// opened a list, which would close. Controls activated by keyboard keep the focus.
const onClick = ({ detail }) => {
  requested = null; // a click may turn to another step
  if (detail === 0 || !(now.last || now.present)) return;
  setTimeout(() => {
    const clicked = document.activeElement;
    if (clicked?.matches(CLICKED) && !clicked.matches(OPENERS)) clicked.blur();
  });
};

export default function ({ parentElement, data, setTriggerValue }) {
  if (data.step === requested || !data.last) requested = null;
  now = { ...data, step: requested ?? data.step, setTriggerValue };
  const button = parentElement.querySelector("button");
  button.hidden = !(now.present && document.fullscreenEnabled);
  button.onclick = toggleFullScreen;
  const onFullScreen = () => {
    button.textContent = document.fullscreenElement ? "Leave full screen" : "Full screen";
  };
  onFullScreen();
  document.onfullscreenchange = onFullScreen;
  onResize();
  // Adding the same listener again has no effect.
  addEventListener("keydown", onKey, true);
  addEventListener("click", onClick, true);
  addEventListener("popstate", onHistory);
  addEventListener("resize", onResize);
  return () => {
    removeEventListener("keydown", onKey, true);
    removeEventListener("click", onClick, true);
    removeEventListener("popstate", onHistory);
    removeEventListener("resize", onResize);
    document.onfullscreenchange = null;
  };
}
