// Keys of a presentation, and its size. Listens before Streamlit and the browser do: an arrow would
// otherwise move within the control that was clicked last.
const TEXT_FIELDS = "input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]";
const CLICKED = "button, a, [type=checkbox], [type=radio], [tabindex]";
const OPENERS = "[role=combobox], [aria-haspopup=listbox]";
// The window in which a presented step fills the screen at its own size, in CSS pixels.
const WIDTH = 1280;
const HEIGHT = 720;

const root = document.documentElement;
// Of the latest drawing: step, last step, whether it is presented, and how to tell the server. The
// step is counted here as well, since keys may come faster than the page is drawn.
let now = null;

const onResize = () =>
  root.style.setProperty(
    "--lab-scale",
    Math.max(1, Math.min(innerWidth / WIDTH, innerHeight / HEIGHT)),
  );

const toggleFullScreen = () =>
  document.fullscreenElement ? document.exitFullscreen() : root.requestFullscreen();

// A key that belongs to what has the focus: a text field, a slider, a pad to draw on, an open
// dialog, or Space on a button reached by keyboard. A component's parts are in the path only.
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
  now.step = step;
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

// What a pointer has clicked gives the keys back, unless it has opened something, which would close
// again; by keyboard the focus stays where it is.
const onClick = ({ detail }) => {
  if (detail === 0 || !(now.last || now.present)) return;
  setTimeout(() => {
    const clicked = document.activeElement;
    if (clicked?.matches(CLICKED) && !clicked.matches(OPENERS)) clicked.blur();
  });
};

export default function ({ parentElement, data, setTriggerValue }) {
  now = { ...data, setTriggerValue };
  const button = parentElement.querySelector("button");
  button.hidden = !(now.present && document.fullscreenEnabled);
  button.onclick = toggleFullScreen;
  const onFullScreen = () => {
    button.textContent = document.fullscreenElement ? "Leave full screen" : "Full screen";
  };
  onFullScreen();
  document.onfullscreenchange = onFullScreen;
  onResize();
  // Once only, however often this runs.
  addEventListener("keydown", onKey, true);
  addEventListener("click", onClick, true);
  addEventListener("resize", onResize);
  return () => {
    removeEventListener("keydown", onKey, true);
    removeEventListener("click", onClick, true);
    removeEventListener("resize", onResize);
    document.onfullscreenchange = null;
  };
}
