// Replay of the stored epochs: points of the map, digits and losses. Only the decoder of the last epoch
// is stored, so nothing is decoded while an earlier epoch is shown.

const PLAY_MILLISECONDS = 6000;
const [SHORTEST_STEP, LONGEST_STEP] = [150, 600];
const DIGITS = 10;
const PIXELS = SIDE * SIDE;
// Space for the marker of a point at an edge, as a share of the map.
const EDGE_ROOM = 0.015;

const replayOf = (data) =>
  data && {
    ...data,
    last: data.epochs.length - 1,
    points: floats(data.points),
    originals: bytesOf(data.originals),
    digits: bytesOf(data.digits),
  };

const isEarlier = ({ replay, frame }) => Boolean(replay) && frame < replay.last;

// Linear interpolation between two stored epochs, for playing.
const between = (values, size, position) => {
  const [before, share] = [Math.floor(position), position % 1];
  const from = values.subarray(before * size, (before + 1) * size);
  if (share === 0) return from;
  const to = values.subarray((before + 1) * size, (before + 2) * size);
  return from.map((value, at) => value + share * (to[at] - value));
};

const pointsAt = ({ points, labels }, position) => between(points, 2 * labels.length, position);

// The corners of the replay, interpolated to those of the map before the last epoch.
const cornersAt = (replay, data, position) => {
  const share = Math.max(position - (replay.last - 1), 0);
  const mix = (end) => replay[end].map((value, axis) => value + share * (data[end][axis] - value));
  return { low: mix("low"), high: mix("high") };
};

// The points, with those beyond the edges moved to the edges, and the number of the latter.
const within = ({ low, high }, points) => {
  const clamped = points.map((value, at) => {
    const room = EDGE_ROOM * (high[at % 2] - low[at % 2]);
    const isBeyond = value < low[at % 2] || value > high[at % 2];
    return isBeyond ? Math.min(Math.max(value, low[at % 2] + room), high[at % 2] - room) : value;
  });
  let beyond = 0;
  for (let at = 0; at < points.length; at += 2) {
    if (clamped[at] !== points[at] || clamped[at + 1] !== points[at + 1]) beyond += 1;
  }
  return { clamped, beyond };
};

const drawEarlierMap = (state) => {
  const { model, replay, box, density, find, colours } = state;
  const corners = cornersAt(replay, model.data, state.frame);
  const { clamped: points, beyond } = within(corners, pointsAt(replay, state.frame));
  const labels = model.data.labels && replay.labels;
  const data = { ...model.data, ...corners, labels, far: "" };
  drawMap(find(".map"), box, density, { data, points, colours, isGrid: false });
  const edges = beyond ? `, ${beyond} of them beyond the edges and drawn there` : "";
  find(".then").textContent =
    `${state.frameName}, in the axes of the last: ${replay.labels.length} images${edges}. The decoder` +
    " is that of the last epoch, so nothing is decoded here; a click in the map returns to it.";
};

const showRow = (canvas, greys, label) => {
  canvas.width = DIGITS * (SIDE + 2) - 2;
  canvas.height = SIDE;
  for (let digit = 0; digit < DIGITS; digit += 1) {
    paint(canvas, greys.subarray(digit * PIXELS, (digit + 1) * PIXELS), digit);
  }
  canvas.setAttribute("aria-label", label);
};

// Updates slider, digits and curve to the current frame.
const showFrame = (state) => {
  const { replay, find, root, colours, density } = state;
  root.classList.toggle("earlier", isEarlier(state));
  if (!replay) return;
  const frame = Math.floor(state.frame);
  state.frameName = `Epoch ${replay.names[frame]} of ${replay.names[replay.last]}`;
  const slider = find(".epoch");
  slider.value = frame;
  slider.setAttribute("aria-valuetext", state.frameName.toLowerCase());
  find(".when").textContent = state.frameName;
  find(".grid").disabled = isEarlier(state);
  const greys = replay.digits.subarray(frame * DIGITS * PIXELS, (frame + 1) * DIGITS * PIXELS);
  showRow(find(".redrawn"), greys, `Ten reconstructions: ${state.frameName.toLowerCase()}`);
  const [epoch] = between(Float64Array.from(replay.epochs), 1, state.frame);
  drawCurve(find(".losses"), density, replay.curve, colours, epoch / replay.curve.end);
};

const setFrame = (state, position) => {
  state.frame = position;
  redraw(state);
};

const keepFrame = (state) => {
  const epoch = isEarlier(state) ? state.replay.kept[state.frame] : null;
  if (epoch === state.sentEpoch) return;
  state.sentEpoch = epoch;
  state.setTriggerValue("epoch", epoch ?? "last");
};

const pause = (state) => {
  cancelAnimationFrame(state.request);
  state.request = null;
  state.find(".play").textContent = "Play";
};

const play = (state) => {
  const { last } = state.replay;
  const step = Math.min(Math.max(PLAY_MILLISECONDS / last, SHORTEST_STEP), LONGEST_STEP);
  const from = isEarlier(state) ? state.frame : 0;
  const begin = performance.now();
  const advance = (now) => {
    // The timestamp of a frame may precede the time of its request.
    const position = Math.min(from + Math.max(now - begin, 0) / step, last);
    state.request = position < last && state.root.isConnected ? requestAnimationFrame(advance) : null;
    setFrame(state, position);
    if (state.request !== null) return;
    pause(state);
    keepFrame(state);
  };
  state.find(".play").textContent = "Pause";
  state.request = requestAnimationFrame(advance);
};

const nearestFrame = ({ kept, last }, epoch) => {
  if (epoch === null) return last;
  const distances = kept.map((one) => Math.abs(one - epoch));
  return distances.indexOf(Math.min(...distances));
};

const startReplay = (state, data) => {
  const { find } = state;
  if (state.request) pause(state);
  state.replay = replayOf(data.map.replay);
  find(".replay-note").textContent = data.replayNote;
  for (const name of [".steer", ".pinned", ".curve"]) find(name).hidden = !state.replay;
  if (!state.replay) return;
  state.frame = nearestFrame(state.replay, data.epoch);
  state.sentEpoch = isEarlier(state) ? state.replay.kept[state.frame] : null;
  find(".epoch").max = state.replay.last;
  showRow(find(".originals"), state.replay.originals, "The ten originals");
  find(".losses").setAttribute("aria-label", state.replay.curveInWords);
  nameLines(find(".curve figcaption"), state.replay.curve, state.colours);
};

const listenToReplay = (state) => {
  const { root, find } = state;
  const stop = () => {
    if (!state.request) return;
    pause(state);
    setFrame(state, Math.floor(state.frame));
  };
  const toLast = () => {
    if (!isEarlier(state)) return;
    stop();
    setFrame(state, state.replay.last);
  };
  find(".play").onclick = () => {
    if (!state.request) return play(state);
    stop();
    keepFrame(state);
  };
  find(".epoch").oninput = ({ target }) => {
    const frame = Number(target.value);
    stop();
    setFrame(state, frame);
  };
  find(".epoch").onchange = () => keepFrame(state);
  // Map, pad and sliders use the decoder of the last epoch.
  const isDecoded = (target) => target.closest(".stage, .draw, .units, .between");
  root.onpointerdown = ({ target }) => isDecoded(target) && toLast();
  root.onkeydown = ({ target, key }) => isDecoded(target) && key !== "Tab" && toLast();
  root.oninput = ({ target }) => isDecoded(target) && toLast();
  for (const released of ["onpointerup", "onkeyup"]) {
    root[released] = ({ target }) => isDecoded(target) && keepFrame(state);
  }
};
