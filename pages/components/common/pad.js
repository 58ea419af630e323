// A pad on which to draw a digit with mouse, pen, finger or keyboard.

const EDGE = 280;
const PEN = 22;
const MAX_POINTS = 20000;
const PEN_STEP = 10;
const PEN_STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

// Kept while the pad is closed and its canvas removed.
let strokes = [];
// The drawing without the ring that marks the keyboard's pen.
const ink = document.createElement("canvas");
[ink.width, ink.height] = [EDGE, EDGE];
ink.getContext("2d", { willReadFrequently: true });

const drawStrokes = () => {
  const context = ink.getContext("2d");
  context.fillStyle = "#000000";
  context.fillRect(0, 0, EDGE, EDGE);
  context.strokeStyle = context.fillStyle = "#FFFFFF";
  context.lineWidth = PEN;
  context.lineCap = "round";
  context.lineJoin = "round";
  for (const [start, ...points] of strokes) {
    context.beginPath();
    context.arc(...start, PEN / 2, 0, 2 * Math.PI); // a line of length 0 would not be drawn
    context.fill();
    context.beginPath();
    context.moveTo(...start);
    for (const point of points) context.lineTo(...point);
    context.stroke();
  }
};

const drawPen = (context, [left, top], isDown) => {
  for (const [width, colour] of [[5, "#000000"], [2, isDown ? "#FF9A5C" : "#7CC4F0"]]) {
    context.beginPath();
    context.arc(left, top, PEN / 2, 0, 2 * Math.PI);
    context.lineWidth = width;
    context.strokeStyle = colour;
    context.stroke();
  }
};

// Calls `changed` whenever the drawing changes, and `finished` after each stroke, Undo and Clear, both
// with a canvas, or null if nothing is drawn.
const listenToPad = (parent, { changed = () => {}, finished = () => {} }) => {
  const find = (selector) => parent.querySelector(selector);
  const [canvas, undo, clear] = [".pad canvas", ".undo", ".clear"].map(find);
  const pen = { at: [EDGE / 2, EDGE / 2], isShown: false };
  let drawing = null; // "hand", "keys" or null
  const drawn = () => (strokes.length ? ink : null);
  const show = () => {
    const context = canvas.getContext("2d");
    context.drawImage(ink, 0, 0);
    if (pen.isShown) drawPen(context, pen.at, drawing === "keys");
  };
  const change = () => {
    drawStrokes();
    show();
    undo.disabled = clear.disabled = strokes.length === 0;
    canvas.dataset.strokes = strokes.length;
    changed(drawn());
  };
  const start = (how, point) => {
    drawing = how;
    strokes.push([point]);
    change();
  };
  const finish = () => {
    if (drawing === null) return;
    drawing = null;
    show();
    finished(drawn());
  };
  const extend = (point) => {
    if (strokes.at(-1).length > MAX_POINTS) return;
    strokes.at(-1).push(point);
    change();
  };
  const at = ({ clientX, clientY }) => {
    const { left, top, width, height } = canvas.getBoundingClientRect();
    return [((clientX - left) / width) * EDGE, ((clientY - top) / height) * EDGE];
  };
  canvas.onpointerdown = (event) => {
    if (event.button !== 0) return;
    finish();
    pen.isShown = false;
    canvas.setPointerCapture(event.pointerId);
    start("hand", at(event));
  };
  canvas.onpointermove = (event) => drawing === "hand" && extend(at(event));
  canvas.onpointerup = canvas.onpointercancel = () => drawing === "hand" && finish();
  canvas.onkeydown = (event) => {
    const step = PEN_STEPS[event.key];
    if (!(step || event.key === " ") || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    event.stopPropagation(); // arrow keys also change the step of the story
    pen.isShown = true;
    if (step) {
      pen.at = pen.at.map((value, axis) =>
        Math.min(Math.max(value + step[axis] * PEN_STEP, 0), EDGE),
      );
      if (drawing === "keys") extend(pen.at);
      else show();
    } else if (drawing === "keys") finish();
    else if (drawing === null) start("keys", pen.at);
  };
  canvas.onblur = () => {
    pen.isShown = false;
    if (drawing === "keys") finish();
    else show();
  };
  const replace = (next) => {
    drawing = null;
    strokes = next;
    change();
    finished(drawn());
  };
  undo.onclick = () => replace(strokes.slice(0, -1));
  clear.onclick = () => replace([]);
  change();
};
