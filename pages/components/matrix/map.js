// The map: one button per cell. Existing elements are updated in place, so that the keyboard focus is
// not lost.

const make = (tag, className, text = "") => {
  const node = document.createElement(tag);
  node.className = className;
  node.textContent = text;
  return node;
};

const change = (node, name, value) => {
  if (node.getAttribute(name) !== value) node.setAttribute(name, value);
};

const write = (node, text) => {
  if (node.textContent !== text) node.textContent = text;
};

const cell = () => {
  const button = make("button", "cell");
  button.type = "button";
  const inside = make("span", "inside");
  const picture = make("img", "picture");
  picture.alt = "";
  const words = make("span", "words");
  words.append(make("b", "number"), make("span", "word"));
  inside.append(picture, words);
  button.append(inside);
  return button;
};

const corner = () => {
  const node = make("span", "corner");
  const picture = make("img", "picture");
  picture.alt = "The original image that all cells reconstruct";
  node.append(picture, make("span", "word", "Original"));
  return node;
};

const build = (map, { rows, columns }) => {
  map.replaceChildren(corner());
  map.style.setProperty("--columns", columns.length);
  map.style.setProperty("--rows", rows.length);
  for (const name of columns) map.append(make("span", "column", name));
  for (const name of rows) {
    map.append(make("span", "row", name));
    for (let at = 0; at < columns.length; at += 1) map.append(cell());
  }
  // Each button's label names its row and column.
  for (const name of map.querySelectorAll(".row, .column")) name.ariaHidden = "true";
};

const fill = (button, shown, isSelected) => {
  change(button, "aria-label", shown.alt);
  change(button, "aria-pressed", String(isSelected));
  button.classList.toggle("empty", !shown.colour);
  button.classList.toggle("untrained", shown.untrained);
  button.style.setProperty("--colour", shown.colour ?? "transparent");
  const picture = button.querySelector(".picture");
  picture.hidden = !shown.picture;
  if (shown.picture) change(picture, "src", shown.picture);
  write(button.querySelector(".number"), shown.number);
  write(button.querySelector(".word"), shown.word);
};

const STEPS = {
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
};

const reached = (key, at, rows, columns) => {
  const row = Math.floor(at / columns);
  const column = at % columns;
  if (key === "Home") return row * columns;
  if (key === "End") return row * columns + columns - 1;
  if (!(key in STEPS)) return undefined;
  const [down, right] = STEPS[key];
  const inside = (value, count) => Math.min(Math.max(value, 0), count - 1);
  return inside(row + down, rows) * columns + inside(column + right, columns);
};

// Roving tabindex: Tab focuses one cell, arrow keys move between cells.
const letTabReach = (buttons, at) =>
  buttons.forEach((button, place) => change(button, "tabindex", place === at ? "0" : "-1"));

// On a phone the details are below the map; without scrolling, a tap would seem to do nothing.
const DETAILS = ".st-key-matrix-cell";
const bringDetailsIntoView = () => {
  const details = document.querySelector(DETAILS);
  const isBelow = details && details.getBoundingClientRect().top > window.innerHeight / 2;
  if (!isBelow) return;
  const isCalm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  details.scrollIntoView({ block: "start", behavior: isCalm ? "instant" : "smooth" });
};

export default function ({ data, parentElement, setTriggerValue }) {
  const map = parentElement.querySelector(".map");
  const shape = JSON.stringify([data.rows, data.columns]);
  const isNew = map.dataset.shape !== shape;
  if (isNew) build(map, data);
  map.dataset.shape = shape;
  map.classList.toggle("fits", data.fits);
  change(map, "aria-label", data.label);
  map.querySelector(".corner").hidden = !data.original;
  if (data.original) change(map.querySelector(".corner .picture"), "src", data.original);
  const buttons = [...map.querySelectorAll(".cell")];
  buttons.forEach((button, at) => fill(button, data.cells[at], at === data.selected));
  const focused = buttons.indexOf(parentElement.activeElement);
  if (focused < 0) letTabReach(buttons, data.selected ?? 0);

  map.onclick = (event) => {
    const at = buttons.indexOf(event.target.closest(".cell"));
    if (at < 0) return;
    buttons.forEach((button, place) => change(button, "aria-pressed", String(place === at)));
    letTabReach(buttons, at);
    setTriggerValue("cell", at);
    bringDetailsIntoView();
  };
  map.onkeydown = (event) => {
    const at = buttons.indexOf(event.target);
    const next = at < 0 ? undefined : reached(event.key, at, data.rows.length, data.columns.length);
    if (next === undefined) return;
    event.preventDefault();
    letTabReach(buttons, next);
    buttons[next].focus();
  };
}
