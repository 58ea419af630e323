// Converts a drawing to a 28 x 28 image, as core.data.uploaded_image converts a file.

const FAINTEST_INK = 0.25;
const MIN_CONTRAST = 0.1;
const CENTRE = 14;
// NumPy computes with float32; so does this script where rounding matters.
const { fround } = Math;

const evenRound = (value) => {
  const below = Math.floor(value);
  if (value - below !== 0.5) return Math.round(value);
  return below % 2 === 0 ? below : below + 1;
};

const backgroundOf = (values, width, height) => {
  const edges = [];
  for (let at = 0; at < width; at += 1) edges.push(values[at], values[(height - 1) * width + at]);
  for (let at = 0; at < height; at += 1) {
    edges.push(values[at * width], values[at * width + width - 1]);
  }
  edges.sort((a, b) => a - b);
  const middle = edges.length / 2;
  return fround((edges[middle - 1] + edges[middle]) / 2);
};

// The ink from 0 to 1 on a dark background; null if all pixels are alike.
const inkOf = (given, width, height) => {
  const isBright = backgroundOf(given, width, height) > 0.5;
  const values = isBright ? given.map((value) => 1 - value) : given;
  const low = backgroundOf(values, width, height);
  const high = values.reduce((a, b) => Math.max(a, b), 0);
  if (high - low < MIN_CONTRAST) return null;
  const range = fround(high - low);
  return values.map((value) => {
    const ink = fround(fround(value - low) / range);
    return ink < FAINTEST_INK ? 0 : ink;
  });
};

// The bounding box of the ink: its values in row-major order, width and height.
const cutOut = (ink, width, height) => {
  let [left, right, top, bottom] = [width, -1, height, -1];
  for (let at = 0; at < ink.length; at += 1) {
    if (ink[at] === 0) continue;
    const [column, row] = [at % width, Math.floor(at / width)];
    [left, right] = [Math.min(left, column), Math.max(right, column)];
    [top, bottom] = [Math.min(top, row), Math.max(bottom, row)];
  }
  const [wide, high] = [right - left + 1, bottom - top + 1];
  const values = new Float32Array(wide * high);
  for (let row = 0; row < high; row += 1) {
    const from = (top + row) * width + left;
    values.set(ink.subarray(from, from + wide), row * wide);
  }
  return { values, width: wide, height: high };
};

// For each output pixel of a resized row: the first input pixel and the weights from there on, as for
// Pillow's BILINEAR filter.
const weightsOf = (length, size) => {
  const scale = length / size;
  const reach = Math.max(scale, 1);
  return Array.from({ length: size }, (_, at) => {
    const centre = (at + 0.5) * scale;
    const from = Math.max(Math.trunc(centre - reach + 0.5), 0);
    const to = Math.min(Math.trunc(centre + reach + 0.5), length);
    const weights = Array.from({ length: to - from }, (_, place) =>
      Math.max(1 - Math.abs((place + from - centre + 0.5) / reach), 0),
    );
    const sum = weights.reduce((a, b) => a + b, 0);
    return { from, weights: weights.map((weight) => weight / sum) };
  });
};

const resized = ({ values, width, height }, newWidth, newHeight) => {
  const rows = new Float32Array(newWidth * height);
  weightsOf(width, newWidth).forEach(({ from, weights }, column) => {
    for (let row = 0; row < height; row += 1) {
      const start = row * width + from;
      rows[row * newWidth + column] = weights.reduce((sum, w, at) => sum + w * values[start + at], 0);
    }
  });
  const found = new Float32Array(newWidth * newHeight);
  weightsOf(height, newHeight).forEach(({ from, weights }, row) => {
    for (let column = 0; column < newWidth; column += 1) {
      found[row * newWidth + column] = weights.reduce(
        (sum, w, at) => sum + w * rows[(from + at) * newWidth + column], 0,
      );
    }
  });
  return { values: found, width: newWidth, height: newHeight };
};

const fitted = (cut, box) => {
  const longest = Math.max(cut.width, cut.height);
  const [width, height] = [cut.width, cut.height].map((edge) =>
    Math.max(evenRound((edge * box) / longest), 1),
  );
  const small = resized(cut, width, height);
  const largest = small.values.reduce((a, b) => Math.max(a, b), 0);
  return { ...small, values: small.values.map((value) => value / largest) };
};

// The first row or column, so that the centre of mass is at CENTRE.
const startOf = (edge, massOf) => {
  const masses = Array.from({ length: edge }, (_, at) => massOf(at));
  const sum = masses.reduce((a, b) => a + b, 0);
  const centre = masses.reduce((total, mass, at) => total + mass * at, 0) / sum;
  const start = evenRound(Math.round((CENTRE - centre) * 1e6) / 1e6);
  return Math.min(Math.max(start, 0), SIDE - edge);
};

const centredByMass = ({ values, width, height }) => {
  const sumOf = (length, placeOf) =>
    Array.from({ length }, (_, at) => values[placeOf(at)]).reduce((a, b) => a + b, 0);
  return [
    startOf(height, (row) => sumOf(width, (at) => row * width + at)),
    startOf(width, (column) => sumOf(height, (at) => at * width + column)),
  ];
};

const centredByBox = ({ width, height }) =>
  [height, width].map((edge) => Math.floor((SIDE - edge) / 2));

// The grey values 0-255 of a canvas as a 28 x 28 image; null if it shows nothing. Digits fill a 20 x 20
// box, centred by their centre of mass; garments fill the image.
const preparedOf = (canvas, { box, isByMass }) => {
  const { width, height } = canvas;
  const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
  const values = Float32Array.from({ length: width * height }, (_, at) => data[4 * at] / 255);
  const ink = inkOf(values, width, height);
  if (ink === null) return null;
  const small = fitted(cutOut(ink, width, height), box);
  const [top, left] = (isByMass ? centredByMass : centredByBox)(small);
  const greys = new Uint8ClampedArray(SIDE * SIDE);
  small.values.forEach((value, at) => {
    const [row, column] = [Math.floor(at / small.width), at % small.width];
    greys[(top + row) * SIDE + left + column] = evenRound(fround(value * 255));
  });
  return greys;
};
