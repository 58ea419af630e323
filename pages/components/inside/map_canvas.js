// Draws the map: points as the digits of their classes, shaded cells, grid of decoded images, markers.

const GRID = 13;

const fit = (canvas, box, density) => {
  canvas.width = Math.round(box.width * density);
  canvas.height = Math.round(box.height * density);
  const context = canvas.getContext("2d");
  context.scale(density, density);
  return context;
};

// Conversion between the map's coordinates, with y upwards, and CSS pixels.
const projection = ({ low, high }, { width, height }) => ({
  toScreen: ([x, y]) => [
    ((x - low[0]) / (high[0] - low[0])) * width,
    height - ((y - low[1]) / (high[1] - low[1])) * height,
  ],
  toMap: ([left, top]) => [
    low[0] + (left / width) * (high[0] - low[0]),
    low[1] + ((height - top) / height) * (high[1] - low[1]),
  ],
});

const shade = (context, { cells, far }, box, colours) => {
  const [width, height] = [box.width / cells, box.height / cells];
  context.fillStyle = colours.border;
  context.globalAlpha = 0.45;
  context.beginPath();
  for (let at = 0; at < far.length; at += 1) {
    if (far[at] === "0") continue;
    const [column, row] = [at % cells, Math.floor(at / cells)];
    const top = box.height - (row + 1) * height;
    context.rect(column * width, top, width + 0.5, height + 0.5);
  }
  context.fill(); // all cells at once, since overlaps would be darker
  context.globalAlpha = 1;
};

const drawGrid = (context, box, toMap, decodeAt) => {
  const tile = document.createElement("canvas");
  tile.width = SIDE;
  tile.height = SIDE;
  const [width, height] = [box.width / GRID, box.height / GRID];
  const edge = Math.min(width, height);
  for (let row = 0; row < GRID; row += 1) {
    for (let column = 0; column < GRID; column += 1) {
      const middle = [(column + 0.5) * width, (row + 0.5) * height];
      paint(tile, decodeAt(toMap(middle)));
      context.drawImage(tile, middle[0] - edge / 2, middle[1] - edge / 2, edge, edge);
    }
  }
};

// Digits on top of images are outlined with the background colour.
const drawPoints = (context, data, points, toScreen, colours, onGrid) => {
  context.font = "600 11px system-ui, sans-serif";
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.lineWidth = 3;
  context.strokeStyle = colours.background;
  for (let at = 0; at < points.length / 2; at += 1) {
    const [left, top] = toScreen([points[2 * at], points[2 * at + 1]]);
    const label = data.labels ? data.labels[at] : 0;
    const text = data.labels ? String(label) : "•";
    if (onGrid) context.strokeText(text, left, top);
    context.fillStyle = colours.classes[label];
    context.fillText(text, left, top);
  }
};

const drawMap = (canvas, box, density, { data, points, colours, decodeAt, isGrid }) => {
  const context = fit(canvas, box, density);
  const { toScreen, toMap } = projection(data, box);
  context.fillStyle = colours.background;
  context.fillRect(0, 0, box.width, box.height);
  if (isGrid) drawGrid(context, box, toMap, decodeAt);
  shade(context, data, box, colours);
  drawPoints(context, data, points, toScreen, colours, isGrid);
};

// Marks the code of a drawing, at the edge of the map if it is outside.
const drawYours = (context, box, [x, y], colours) => {
  const clamp = (value, most) => Math.min(Math.max(value, 16), most - 16);
  const [left, top] = [clamp(x, box.width), clamp(y, box.height)];
  context.font = "650 13px system-ui, sans-serif";
  context.textAlign = left > box.width / 2 ? "right" : "left";
  context.textBaseline = "middle";
  context.lineWidth = 4;
  context.strokeStyle = colours.background;
  context.fillStyle = colours.text;
  const beside = left + (left > box.width / 2 ? -12 : 12);
  for (const draw of ["strokeText", "fillText"]) context[draw]("yours", beside, top);
  context.beginPath();
  context.rect(left - 7, top - 7, 14, 14);
  context.lineWidth = 2;
  context.strokeStyle = colours.text;
  context.stroke();
};

const drawMarks = (canvas, box, density, { data, colours, at, nearest, yours }) => {
  const context = fit(canvas, box, density);
  const { toScreen } = projection(data, box);
  const [left, top] = toScreen(at);
  const ring = (x, y, radius, width, colour) => {
    context.beginPath();
    context.arc(x, y, radius, 0, 2 * Math.PI);
    context.lineWidth = width;
    context.strokeStyle = colour;
    context.stroke();
  };
  const [x, y] = toScreen(nearest);
  context.beginPath();
  context.moveTo(left, top);
  context.lineTo(x, y);
  context.strokeStyle = colours.muted;
  context.stroke();
  ring(x, y, 8, 1.5, colours.muted);
  ring(left, top, 6, 4, colours.background);
  ring(left, top, 6, 2, colours.text);
  if (yours) drawYours(context, box, toScreen(yours), colours);
};
