// A pad to draw a digit on, with mouse, pen or finger. Each finished stroke is reported as a PNG.

const EDGE = 280;
const WIDTH = 22;
const LONGEST = 20000;

// Kept while the popover is closed, which takes the canvas away.
let strokes = [];

const redraw = (canvas) => {
  const context = canvas.getContext("2d");
  context.fillStyle = "#000000";
  context.fillRect(0, 0, EDGE, EDGE);
  context.strokeStyle = "#FFFFFF";
  context.lineWidth = WIDTH;
  context.lineCap = "round";
  context.lineJoin = "round";
  for (const [start, ...points] of strokes) {
    context.beginPath();
    context.moveTo(...start);
    context.lineTo(...start); // a dot
    for (const point of points) context.lineTo(...point);
    context.stroke();
  }
};

export default function ({ parentElement, setStateValue }) {
  const find = (selector) => parentElement.querySelector(selector);
  const canvas = find("canvas");
  const [undo, clear] = [find(".undo"), find(".clear")];
  let isDrawing = false;
  const show = () => {
    redraw(canvas);
    undo.disabled = clear.disabled = strokes.length === 0;
    canvas.dataset.strokes = strokes.length;
  };
  const report = () =>
    setStateValue("drawing", strokes.length ? canvas.toDataURL("image/png") : "");
  const at = ({ clientX, clientY }) => {
    const { left, top, width, height } = canvas.getBoundingClientRect();
    return [((clientX - left) / width) * EDGE, ((clientY - top) / height) * EDGE];
  };
  canvas.onpointerdown = (event) => {
    if (event.button !== 0) return;
    canvas.setPointerCapture(event.pointerId);
    isDrawing = true;
    strokes.push([at(event)]);
    show();
  };
  canvas.onpointermove = (event) => {
    if (!isDrawing || strokes.at(-1).length > LONGEST) return;
    strokes.at(-1).push(at(event));
    show();
  };
  canvas.onpointerup = canvas.onpointercancel = () => {
    if (!isDrawing) return;
    isDrawing = false;
    report();
  };
  undo.onclick = () => {
    strokes.pop();
    show();
    report();
  };
  clear.onclick = () => {
    strokes = [];
    show();
    report();
  };
  show();
}
