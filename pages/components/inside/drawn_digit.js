// A digit drawn on the pad: shows its code on the map, and its reconstruction.

const EMPTY = new Uint8ClampedArray(SIDE * SIDE);

const encoderOf = (state, { id, layers }) => {
  if (state.encoder?.id !== id) state.encoder = { id, network: networkOf(layers) };
  return state.encoder.network;
};

const showDrawn = (state, greys, rebuilt) => {
  const { find } = state;
  const words = greys ? ["Your digit as the network gets it", "Its reconstruction"] : ["", ""];
  paintNamed(find(".prepared"), greys ?? EMPTY, words[0] || "Nothing is drawn yet");
  paintNamed(find(".redrawn-digit"), rebuilt ?? EMPTY, words[1] || "No reconstruction yet");
  for (const button of state.root.querySelectorAll(".take")) button.disabled = !greys;
};

const drawn = (state, canvas, drawing) => {
  const greys = canvas && preparedOf(canvas, drawing.preparation);
  if (!greys) {
    const isCleared = Boolean(state.yours);
    Object.assign(state, { yours: null, mine: null });
    showDrawn(state, null, null);
    if (isCleared) setLocation(state, { ...state.location, drawn: null });
    return;
  }
  const { targets, factor } = normalized(greys, drawing.scaling);
  const code = Array.from(forward(encoderOf(state, drawing), targets));
  state.mine = { code, image: greys };
  state.yours = state.model.project(code);
  showDrawn(state, greys, state.model.decode(code, factor));
  setLocation(state, { ...locationAt(state.yours), drawn: code });
};

const listenToDrawing = (state, drawing) => {
  const { root } = state;
  for (const part of root.querySelectorAll(".draw, .take")) part.hidden = !drawing;
  if (!drawing) {
    Object.assign(state, { yours: null, mine: null, padOf: null });
    return;
  }
  if (state.padOf === drawing.id) return; // a rerun does not reset the pad
  state.padOf = drawing.id;
  listenToPad(state.find(".draw"), {
    changed: (canvas) => drawn(state, canvas, drawing),
    finished: () => keep(state),
  });
  for (const which of ["first", "second"]) {
    state.find(`.take.${which}`).onclick = () => takeEnd(state, which, state.mine);
  }
};
