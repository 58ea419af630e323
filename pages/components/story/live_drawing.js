// Reconstructs a drawing with two networks while it is drawn. The drawing does not leave the browser.

const ASKED = "Draw a digit: both networks reconstruct it while you draw.";
const NOTHING = "Nothing to see yet: the whole pad has the same grey value.";
// The decoded networks of the last `id`.
let known = { id: null, networks: [] };

const networksOf = ({ id, networks }) => {
  if (known.id !== id) {
    const unpacked = networks.map(({ name, layers, scaling }) => ({
      name, scaling, layers: networkOf(layers),
    }));
    known = { id, networks: unpacked };
  }
  return known.networks;
};

const sumOf = (pixels) => pixels.reduce((a, b) => a + b, 0);

const inTotal = (pixels) => {
  const sum = sumOf(pixels);
  return sum.toFixed(sum < 10 ? 1 : 0);
};

const errorOf = (pixels, greys) =>
  pixels.reduce((sum, value, at) => sum + (value - greys[at] / 255) ** 2, 0) / pixels.length;

export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".drawing");
  const networks = networksOf(data);
  const [prepared, ...results] = root.querySelectorAll("figure");
  const words = root.querySelector(".words");
  let pictures = 0;
  let summary = ASKED;
  const fill = (figure, greys, label, note) => {
    paintNamed(figure.querySelector("canvas"), greys, label);
    figure.querySelector("p").textContent = note;
  };
  networks.forEach(({ name }, at) => {
    results[at].querySelector("b").textContent = name;
  });
  const empty = () => {
    const black = new Uint8ClampedArray(SIDE * SIDE);
    fill(prepared, black, "Your digit: nothing is drawn yet", "28 × 28 pixels");
    networks.forEach(({ name }, at) => fill(results[at], black, `${name}: nothing yet`, "\u00A0"));
  };
  const changed = (drawn) => {
    const greys = drawn && preparedOf(drawn, data.preparation);
    summary = drawn ? NOTHING : ASKED;
    if (!greys) return empty();
    const sum = inTotal(Array.from(greys, (grey) => grey / 255));
    fill(prepared, greys, "Your digit as the networks get it", `sum of all pixels ${sum}`);
    const parts = networks.map(({ name, layers, scaling }, at) => {
      const found = reconstruct(layers, scaling, greys);
      const error = errorOf(found.pixels, greys).toFixed(4);
      const total = inTotal(found.pixels);
      fill(results[at], found.greys, `Reconstructed by ${name}`, `sum ${total} · MSE ${error}`);
      return `${name} draws pixels that sum to ${total}, with an MSE of ${error}`;
    });
    summary = `Your digit’s pixels sum to ${sum}. ${parts.join("; ")}.`;
    pictures += 1;
    root.dataset.pictures = pictures;
  };
  // Updated after each stroke only: a screen reader announces every change.
  const finished = () => {
    words.textContent = summary;
  };
  listenToPad(root, { changed, finished });
  finished();
}
