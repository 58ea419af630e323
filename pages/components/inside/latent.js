// The latent space, decoded in the browser. The point is reported to Python on release only.

const STEP = 0.01;
const LARGE_STEP = 0.1;
const STRIP = 9;
// The state of each component, by its element; kept between reruns.
const states = new WeakMap();

const rounded = (value) => Number(value.toPrecision(3));

const formatted = (value) => {
  const text = Math.abs(value) < 1e5 ? String(rounded(value)) : value.toExponential(1);
  return text.replaceAll("-", "−");
};

const sheetOf = (data, done) => {
  const image = new Image();
  image.onload = () => {
    const canvas = document.createElement("canvas");
    canvas.width = image.width;
    canvas.height = image.height;
    const context = canvas.getContext("2d", { willReadFrequently: true });
    context.drawImage(image, 0, 0);
    done((at) => {
      const [left, top] = [(at % data.columns) * SIDE, Math.floor(at / data.columns) * SIDE];
      const { data: rgba } = context.getImageData(left, top, SIDE, SIDE);
      return Uint8ClampedArray.from({ length: SIDE * SIDE }, (_, pixel) => rgba[4 * pixel]);
    });
  };
  image.src = data.images;
};

// A map with its decoded arrays and functions.
const modelOf = (data) => {
  const network = networkOf(data.layers);
  const [codes, points, factors] = [data.codes, data.points, data.factors].map(floats);
  const width = data.origin.length;
  const decode = (code, factor = data.factor) => greysOf(forward(network, code), data.shift, factor);
  const codeOf = (at) => Array.from(codes.subarray(at * width, (at + 1) * width));
  const lift = ([x, y]) =>
    data.origin.map((value, unit) => value + x * data.across[unit] + y * data.up[unit]);
  const isLine = data.up.every((value) => value === 0);
  const project = (code) => {
    const along = (direction) =>
      code.reduce((sum, value, unit) => sum + (value - data.origin[unit]) * direction[unit], 0);
    return [along(data.across), isLine ? (data.low[1] + data.high[1]) / 2 : along(data.up)];
  };
  const nearest = (code) => {
    let [best, least] = [0, Infinity];
    for (let at = 0; at < codes.length / width; at += 1) {
      let square = 0;
      for (let unit = 0; unit < width; unit += 1) {
        square += (codes[at * width + unit] - code[unit]) ** 2;
      }
      if (square < least) [best, least] = [at, square];
    }
    return { index: best, distance: Math.sqrt(least) };
  };
  return { data, points, factors, isLine, decode, codeOf, lift, project, nearest };
};

const nameOf = ({ data }, at) => {
  if (!data.labels) return "an image";
  const name = data.names[data.labels[at]];
  return /^\d$/.test(name) ? `${name === "8" ? "an" : "a"} ${name}` : name;
};

const inWords = ({ model, at, nearest }) => {
  const { data } = model;
  const where = model.isLine ? `${formatted(at[0])}` : `${formatted(at[0])}, ${formatted(at[1])}`;
  const cell = [0, 1].map((axis) => {
    const share = (at[axis] - data.low[axis]) / (data.high[axis] - data.low[axis]);
    return Math.min(Math.max(Math.floor(share * data.cells), 0), data.cells - 1);
  });
  const isFar = data.far[cell[1] * data.cells + cell[0]] === "1";
  const note = isFar ? " No data are nearby: the digit decoded here is extrapolated." : "";
  return (
    `At ${where}. The nearest of ${data.codesCount} codes is ${nameOf(model, nearest.index)}, at a` +
    ` distance of ${formatted(nearest.distance)}; neighbours are usually ${formatted(data.spacing)}` +
    ` apart.${note}`
  );
};

const stateOf = (root, data) => {
  const known = states.get(root) ?? { pictures: 0, sent: "" };
  states.set(root, known);
  if (known.id !== data.id) {
    Object.assign(known, { id: data.id, model: modelOf(data.map), isLoaded: false, code: null });
    known.model.data.codesCount = known.model.points.length / 2;
    [known.first, known.second] = [data.location.first, data.location.second];
    sheetOf(data.map, (imageOf) => {
      if (known.id !== data.id) return;
      Object.assign(known, { imageOf, isLoaded: true });
      show(known);
      showStrips(known);
    });
  }
  return known;
};

// Shows the current code: its digit, nearest image, marks and sliders.
const show = (state) => {
  const { model, find, box, density } = state;
  state.nearest = model.nearest(state.code);
  const { index } = state.nearest;
  paintNamed(find(".decoded"), model.decode(state.code), "The digit decoded at this point");
  if (state.isLoaded) {
    paintNamed(find(".original"), state.imageOf(index), `The nearest image: ${nameOf(model, index)}`);
  }
  const rebuilt = model.decode(model.codeOf(index), model.factors[index]);
  paintNamed(find(".rebuilt"), rebuilt, "The reconstruction of the nearest image");
  const nearest = [...model.points.subarray(2 * index, 2 * index + 2)];
  drawMarks(find(".marks"), box, density, { ...model, colours: state.colours, at: state.at, nearest, yours: state.yours });
  find(".words").textContent = inWords(state);
  state.pictures += 1;
  state.root.dataset.pictures = state.pictures;
  fillSliders(state);
  if (state.location.position === null) return;
  find(".position").value = state.location.position;
};

const redraw = (state) => {
  const { model, find } = state;
  const stage = find(".stage").getBoundingClientRect();
  state.box = { width: Math.max(stage.width, 1), height: Math.max(stage.height, 1) };
  state.density = Math.min(devicePixelRatio || 1, 2);
  showFrame(state);
  if (isEarlier(state)) return drawEarlierMap(state);
  drawMap(find(".map"), state.box, state.density, {
    data: model.data,
    points: model.points,
    colours: state.colours,
    decodeAt: (at) => model.decode(model.lift(at)),
    isGrid: find(".grid").checked,
  });
  show(state);
};

const listenToMap = (state) => {
  const stage = state.find(".stage");
  const under = ({ clientX, clientY }) => {
    const { left, top } = stage.getBoundingClientRect();
    const clamp = (value, most) => Math.min(Math.max(value, 0), most);
    const pixel = [
      clamp(clientX - left, state.box.width), clamp(clientY - top, state.box.height),
    ];
    return projection(state.model.data, state.box).toMap(pixel);
  };
  stage.onpointermove = (event) => moveTo(state, under(event));
  stage.onpointerdown = (event) => {
    stage.setPointerCapture(event.pointerId);
    moveTo(state, under(event));
  };
  stage.onpointerup = () => keep(state);
  stage.onpointerleave = () => setLocation(state, state.kept);
  stage.onkeydown = (event) => {
    const steps = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
    if (!(event.key in steps) || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const { low, high } = state.model.data;
    const size = event.shiftKey ? LARGE_STEP : STEP;
    const moved = state.at.map((value, axis) => {
      const next = value + steps[event.key][axis] * size * (high[axis] - low[axis]);
      return Math.min(Math.max(next, low[axis]), high[axis]);
    });
    moveTo(state, moved);
  };
  stage.onkeyup = (event) => event.key.startsWith("Arrow") && keep(state);
  stage.onblur = () => keep(state);
};

const showStrips = (state) => {
  if (!state.isLoaded) return;
  const { model, find } = state;
  const shares = Array.from({ length: STRIP }, (_, at) => at / (STRIP - 1));
  const [first, second] = [state.first, state.second].map((end) => endOf(state, end));
  const rows = {
    ".through-code": (share) => model.decode(mixed(first.code, second.code, share)),
    ".through-pixels": (share) => Uint8ClampedArray.from(mixed([...first.image], [...second.image], share)),
  };
  for (const [name, greys] of Object.entries(rows)) {
    const canvas = find(name);
    canvas.width = STRIP * (SIDE + 2) - 2;
    canvas.height = SIDE;
    canvas.setAttribute("role", "img");
    canvas.setAttribute(
      "aria-label",
      `From ${first.name} to ${second.name} in ${STRIP} steps`,
    );
    shares.forEach((share, column) => paint(canvas, greys(share), column));
  }
};

const takeEnd = (state, which, end) => {
  state[which] = end;
  showStrips(state);
  setLocation(state, state.location);
  keep(state);
};

const listenToStrips = (state) => {
  const { find } = state;
  find(".nearest.first").onclick = () => takeEnd(state, "first", state.nearest.index);
  find(".nearest.second").onclick = () => takeEnd(state, "second", state.nearest.index);
  const position = find(".position");
  position.oninput = () =>
    setLocation(state, { ...locationAt(state.location.point), position: Number(position.value) });
  position.onchange = () => keep(state);
};
