// The place on the map, and how its code is made: of a point, of a position between two images or
// of a drawing, with some units set by sliders.

const placeAt = (point) => ({ point, position: null, drawn: null, sliders: {} });

const mixed = (from, to, share) =>
  from.map((value, at) => value * (1 - share) + to[at] * share);

// An end of the way between two images: the index of an image of the map, or a drawing.
const endOf = ({ model, imageOf }, end) =>
  typeof end === "number"
    ? { code: model.codeOf(end), image: imageOf?.(end), name: nameOf(model, end) }
    : { ...end, name: "your drawing" };

const codeOfPlace = (state, { point, position, drawn, sliders }) => {
  const { model, first, second } = state;
  const between = () => mixed(endOf(state, first).code, endOf(state, second).code, position);
  const base = drawn ?? (position === null ? model.lift(point) : between());
  return base.map((value, unit) => sliders[unit] ?? value);
};

const isPoint = ({ position, drawn, sliders }) =>
  position === null && drawn === null && Object.keys(sliders).length === 0;

const takePlace = (state, place) => {
  state.place = place;
  state.code = codeOfPlace(state, place);
  state.at = isPoint(place) ? place.point : state.model.project(state.code);
};

const setPlace = (state, place) => {
  takePlace(state, place);
  show(state);
};

const moveTo = (state, point) => setPlace(state, placeAt(point));

const precise = (value) => Number(value.toPrecision(6));

// What the link has of it; a drawing is not in the link.
const keep = (state) => {
  const { place, first, second } = state;
  state.kept = place;
  const sliders = place.drawn ? {} : place.sliders;
  const kept = {
    point: (place.drawn ? state.at : place.point).map(precise),
    sliders: Object.entries(sliders).map(([unit, value]) => [Number(unit), precise(value)]),
    position: place.position,
    first: typeof first === "number" ? first : null,
    second: typeof second === "number" ? second : null,
  };
  const text = JSON.stringify(kept);
  if (text === state.sent) return;
  state.sent = text;
  state.setStateValue("point", kept);
};
