// Animates a step once when it opens: curve and digits run through the stored epochs. The server draws
// the final state; this script hides parts of it during the animation.
const MILLISECONDS = 2500;
// Streamlit draws a page in parts; a step that is not complete after this time is not animated.
const MAX_WAIT = 3000;
// Left margin of a chart in CSS pixels; see core/charts/echarts.py.
const LEFT_ROOM = 40;

const root = document.documentElement;
// The step that was animated last, and a function that ends the current animation.
let played = null;
let finish = () => {};

const images = () => [...document.querySelectorAll(".st-key-lab-story-sight .lab-grid img")];

// The image elements of the rows; null until those of this step are on the page.
const drawnRows = ({ rows }) => {
  const found = images().slice(1);
  const isThere = (frames, at) => found[at]?.src === frames.at(-1);
  return found.length === rows.length && rows.every(isThere) ? found : null;
};

const decoded = ({ rows }) =>
  Promise.all(
    rows.flat().map((source) => {
      const image = new Image();
      image.src = source;
      return image.decode();
    }),
  );

const epochAt = (epochs, position) => {
  const before = Math.floor(position);
  const next = epochs[Math.min(before + 1, epochs.length - 1)];
  return epochs[before] + (position - before) * (next - epochs[before]);
};

const uncover = (share, room) =>
  root.style.setProperty(
    "--lab-covered",
    `calc((100% - ${LEFT_ROOM + room}px) * ${1 - share} + ${room}px)`,
  );

const play = (data, found, report) => {
  const { epochs, rows, room } = data;
  const last = epochs.length - 1;
  const begin = performance.now();
  let request = 0;
  const end = () => {
    cancelAnimationFrame(request);
    removeEventListener("keydown", end, true);
    removeEventListener("pointerdown", end, true);
    found.forEach((image, row) => (image.src = rows[row][last]));
    root.classList.remove("lab-playing");
    report("");
    finish = () => {};
  };
  const draw = (now) => {
    // The timestamp of a frame may precede the time of its request.
    const position = Math.min(Math.max(now - begin, 0) / MILLISECONDS, 1) * last;
    if (position >= last) return end();
    const epoch = epochAt(epochs, position);
    found.forEach((image, row) => {
      const source = rows[row][Math.floor(position)];
      if (image.src !== source) image.src = source;
    });
    uncover(epoch / epochs[last], room);
    report(`epoch ${epoch < 10 ? epoch.toFixed(1) : Math.round(epoch)}`);
    request = requestAnimationFrame(draw);
  };
  root.classList.add("lab-playing");
  draw(begin);
  addEventListener("keydown", end, true);
  addEventListener("pointerdown", end, true);
  finish = end;
};

const playOnceDrawn = async (data, report) => {
  finish();
  let isWanted = true;
  finish = () => {
    isWanted = false;
    root.classList.remove("lab-playing");
  };
  uncover(0, data.room);
  root.classList.add("lab-playing");
  await decoded(data).catch(() => finish());
  const deadline = performance.now() + MAX_WAIT;
  const look = () => {
    if (!isWanted) return;
    const found = drawnRows(data);
    if (found) play(data, found, report);
    else if (performance.now() < deadline) requestAnimationFrame(look);
    else finish();
  };
  look();
};

export default function ({ parentElement, data }) {
  const button = parentElement.querySelector("button");
  const epoch = parentElement.querySelector("span");
  const report = (text) => {
    epoch.textContent = text;
  };
  button.onclick = ({ detail }) => {
    if (detail > 0) button.blur(); // gives the arrow keys back to the story
    playOnceDrawn(data, report);
  };
  if (played === data.step) return;
  played = data.step;
  if (!matchMedia("(prefers-reduced-motion: reduce)").matches) playOnceDrawn(data, report);
}
