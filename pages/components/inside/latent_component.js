const legendOf = (state, legend) => {
  const { labels, names } = state.model.data;
  if (!labels) return;
  const parts = names.map((name, at) => {
    const key = document.createElement("b");
    key.textContent = String(at);
    key.style.color = state.colours.classes[at];
    return [key, name === String(at) ? "  " : ` ${name}  `];
  });
  legend.replaceChildren("Classes: ", ...parts.flat());
};

export default function ({ data, parentElement, setStateValue, setTriggerValue }) {
  const root = parentElement.querySelector(".latent");
  const isNew = states.get(root)?.id !== data.id;
  const find = (selector) => root.querySelector(selector);
  const state = stateOf(root, data);
  Object.assign(state, { root, find, setStateValue, setTriggerValue });
  Object.assign(state, { colours: data.colours, word: data.word });
  find(".stage").setAttribute("aria-label", data.label);
  find(".title").textContent = `${data.word}s of the code`;
  find(".note").textContent = data.units;
  const grid = find(".grid");
  if (isNew) {
    grid.checked = data.decodes;
    buildSliders(state);
    startReplay(state, data);
    const { low, high } = state.model.data;
    const middle = low.map((value, axis) => (value + high[axis]) / 2);
    const { position, sliders } = data.location;
    updateLocation(state, {
      ...locationAt(data.point.map((value, axis) => value ?? middle[axis])),
      position,
      sliders: Object.fromEntries(sliders),
    });
    state.kept = state.location;
  }
  grid.onchange = () => {
    redraw(state);
    setStateValue("decodes", grid.checked);
  };
  legendOf(state, find(".legend"));
  listenToMap(state);
  listenToStrips(state);
  listenToReplay(state);
  redraw(state);
  listenToDrawing(state, data.drawing);
  if (isNew) showStrips(state);
  const watcher = new ResizeObserver(() => redraw(state));
  watcher.observe(find(".stage"));
  return () => watcher.disconnect();
}
