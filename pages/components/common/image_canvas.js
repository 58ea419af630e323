// Draws small greyscale images on a canvas.

const SIDE = 28;

// Draws the grey values 0-255 of a 28 x 28 image; `column` is its position in a row of images.
const paint = (canvas, greys, column = 0) => {
  const context = canvas.getContext("2d");
  const image = context.createImageData(SIDE, SIDE);
  for (let at = 0; at < greys.length; at += 1) {
    image.data.fill(greys[at], 4 * at, 4 * at + 3);
    image.data[4 * at + 3] = 255;
  }
  context.putImageData(image, column * (SIDE + 2), 0);
};

const paintNamed = (canvas, greys, label) => {
  paint(canvas, greys);
  canvas.setAttribute("aria-label", label);
};
