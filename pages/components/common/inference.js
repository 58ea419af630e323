// The forward pass of a network, as in core.metrics.inference.

const bytesOf = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));

const floats = (text) => new Float32Array(bytesOf(text).buffer);

const halfToFloat = (half) => {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (1024 + fraction) * 2 ** (exponent - 25);
};

const halves = (text) => Float32Array.from(new Uint16Array(bytesOf(text).buffer), halfToFloat);

const SLOPE = 0.2;
const ALPHA = 1.6732632423543772;
const SCALE = 1.0507009873554805;

const softmax = (values) => {
  const largest = values.reduce((a, b) => Math.max(a, b), -Infinity);
  let sum = 0;
  for (let at = 0; at < values.length; at += 1) {
    values[at] = Math.exp(values[at] - largest);
    sum += values[at];
  }
  for (let at = 0; at < values.length; at += 1) values[at] /= sum;
};

const each = (change) => (values) => {
  for (let at = 0; at < values.length; at += 1) values[at] = change(values[at]);
};

const ACTIVATIONS = {
  linear: () => {},
  relu: each((x) => (x > 0 ? x : 0)),
  sigmoid: each((x) => 1 / (1 + Math.exp(-x))),
  tanh: each(Math.tanh),
  elu: each((x) => (x > 0 ? x : Math.expm1(x))),
  selu: each((x) => SCALE * (x > 0 ? x : ALPHA * Math.expm1(x))),
  leaky_relu: each((x) => (x > 0 ? x : SLOPE * x)),
  softmax,
};

const networkOf = (layers) =>
  layers.map(({ inputs, units, activation, kernel, bias }) => ({
    inputs, units, activation, kernel: halves(kernel), bias: halves(bias),
  }));

// The outputs of a network for one input vector. Kernels are in row-major order, inputs x units.
const forward = (network, inputs) => {
  let values = inputs;
  for (const { inputs: rows, units, activation, kernel, bias } of network) {
    const sums = Float64Array.from(bias);
    for (let row = 0, at = 0; row < rows; row += 1, at += units) {
      const value = values[row];
      if (value === 0) continue; // about half of the units of a relu layer
      for (let unit = 0; unit < units; unit += 1) sums[unit] += value * kernel[at + unit];
    }
    ACTIVATIONS[activation](sums);
    values = sums;
  }
  return values;
};

// Outputs as displayed grey values 0-255, clipped.
const greysOf = (outputs, shift, factor) =>
  Uint8ClampedArray.from(outputs, (value) => {
    const pixel = (value - shift) * factor;
    return Number.isNaN(pixel) ? 0 : pixel * 255;
  });

// The targets of an image with grey values 0-255, and the factor that converts outputs to pixel values.
const normalized = (greys, { scale, shift, threshold }) => {
  const binarized = (grey) => Number(grey > threshold);
  const values = Array.from(greys, threshold === null ? Number : binarized);
  const by = scale ?? 1 / Math.max(values.reduce((a, b) => a + b, 0), 1);
  const white = threshold === null ? 255 : 1;
  return { targets: values.map((value) => value * by + shift), factor: 1 / (by * white) };
};

// The reconstruction of an image, as grey values 0-255 and as unclipped pixel values.
const reconstruct = (network, scaling, greys) => {
  const { targets, factor } = normalized(greys, scaling);
  const outputs = forward(network, targets);
  return {
    greys: greysOf(outputs, scaling.shift, factor),
    pixels: outputs.map((value) => (value - scaling.shift) * factor),
  };
};
