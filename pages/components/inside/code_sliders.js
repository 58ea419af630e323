// A slider for each of the strongest units of a code, between the images decoded at its ends.

const TICKS = 200;

const sliderOf = (state, { unit, low, high }) => {
  const { model, word } = state;
  const node = document.createElement("div");
  node.className = "slider";
  node.innerHTML =
    '<label></label><canvas width="28" height="28" role="img"></canvas><input type="range">' +
    '<canvas width="28" height="28" role="img"></canvas><input type="number" step="any">';
  const [least, most] = node.querySelectorAll("canvas");
  const [range, number] = node.querySelectorAll("input");
  node.querySelector("label").textContent = `${word} ${unit}: ${formatted(low)} to ${formatted(high)}`;
  range.setAttribute("aria-label", `${word} ${unit}`);
  number.setAttribute("aria-label", `Value of ${word.toLowerCase()} ${unit}`);
  Object.assign(range, { min: low, max: high, step: (high - low) / TICKS || 1 });
  const ends = [[least, low, "smallest"], [most, high, "largest"]];
  for (const [canvas, value, end] of ends) {
    const code = model.data.mean.map((mean, at) => (at === unit ? value : mean));
    paintNamed(canvas, model.decode(code), `The mean code with ${word.toLowerCase()} ${unit} at its ${end} value`);
  }
  const set = ({ target }) => {
    const value = Number(target.value);
    if (target.value === "" || !Number.isFinite(value)) return;
    setLocation(state, { ...state.location, sliders: { ...state.location.sliders, [unit]: value } });
  };
  range.oninput = set;
  range.onchange = () => keep(state);
  number.onchange = (event) => {
    set(event);
    keep(state);
  };
  return { node, unit, range, number };
};

const buildSliders = (state) => {
  state.sliders = state.model.data.sliders.map((slider) => sliderOf(state, slider));
  state.find(".sliders").replaceChildren(...state.sliders.map(({ node }) => node));
};

const fillSliders = (state) => {
  for (const { unit, range, number } of state.sliders ?? []) {
    range.value = state.code[unit];
    if (number !== state.root.getRootNode().activeElement) number.value = rounded(state.code[unit]);
  }
};
