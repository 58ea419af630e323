// The location on the map and its code: from a point, a position between two images, or a drawing,
// with some units overridden by sliders.

const locationAt = (point) => ({ point, position: null, drawn: null, sliders: {} });

const mixed = (from, to, share) =>
  from.map((value, at) => value * (1 - share) + to[at] * share);

// An end of the interpolation: an image of the map, by its index, or a drawing.
const endOf = ({ model, imageOf }, end) =>
  typeof end === "number"
    ? { code: model.codeOf(end), image: imageOf?.(end), name: nameOf(model, end) }
    : { ...end, name: "your drawing" };

const codeOfLocation = (state, { point, position, drawn, sliders }) => {
  const { model, first, second } = state;
  const between = () => mixed(endOf(state, first).code, endOf(state, second).code, position);
  const base = drawn ?? (position === null ? model.lift(point) : between());
  return base.map((value, unit) => sliders[unit] ?? value);
};

const isPoint = ({ position, drawn, sliders }) =>
  position === null && drawn === null && Object.keys(sliders).length === 0;

const updateLocation = (state, location) => {
  state.location = location;
  state.code = codeOfLocation(state, location);
  state.at = isPoint(location) ? location.point : state.model.project(state.code);
};

const setLocation = (state, location) => {
  updateLocation(state, location);
  show(state);
};

const moveTo = (state, point) => setLocation(state, locationAt(point));

const precise = (value) => Number(value.toPrecision(6));

// Reports the location to Python, which writes it to the URL; a drawing is not reported.
const keep = (state) => {
  const { location, first, second } = state;
  state.kept = location;
  const sliders = location.drawn ? {} : location.sliders;
  const kept = {
    point: (location.drawn ? state.at : location.point).map(precise),
    sliders: Object.entries(sliders).map(([unit, value]) => [Number(unit), precise(value)]),
    position: location.position,
    first: typeof first === "number" ? first : null,
    second: typeof second === "number" ? second : null,
  };
  const text = JSON.stringify(kept);
  if (text === state.sent) return;
  state.sent = text;
  state.setStateValue("point", kept);
};
