// The loss curves, faint after the current epoch.

const ROOM = { left: 46, right: 8, top: 18, bottom: 20 };
const FAINT = 0.3;
const STROKES = { 0: "solid", 2: "dotted" };

const nameLines = (caption, { title, lines }, colours) => {
  const parts = lines.map(({ name, colour, dash }) => {
    const part = document.createElement("span");
    part.textContent = `${name} (${STROKES[dash.length] ?? "dash-dotted"})`;
    part.style.color = colours.series[colour];
    return [part, " "];
  });
  caption.replaceChildren(`${title}: `, ...parts.flat());
};

const drawCurve = (canvas, density, curve, colours, share) => {
  const { clientWidth: width, clientHeight: height } = canvas;
  if (!width) return;
  const context = fit(canvas, { width, height }, density);
  const [left, right, top, bottom] = [ROOM.left, width - ROOM.right, ROOM.top, height - ROOM.bottom];
  const x = (value) => left + value * (right - left);
  const y = (value) => bottom - value * (bottom - top);
  const line = (from, to, colour, thickness) => {
    context.beginPath();
    context.moveTo(...from);
    context.lineTo(...to);
    Object.assign(context, { strokeStyle: colour, lineWidth: thickness });
    context.stroke();
  };
  Object.assign(context, { font: "11px system-ui, sans-serif", fillStyle: colours.muted });
  Object.assign(context, { textAlign: "right", textBaseline: "middle" });
  if (curve.factor) context.fillText(curve.factor, left - 6, 6);
  for (const [value, label] of curve.up) {
    line([left, y(value)], [right, y(value)], colours.border, 0.5);
    context.fillText(label, left - 6, y(value));
  }
  context.textAlign = "center";
  for (const [value, label] of curve.across) context.fillText(label, x(value), height - 7);
  const drawLines = () => {
    for (const { points, colour, dash } of curve.lines) {
      context.setLineDash(dash);
      context.beginPath();
      for (const [across, up] of points) context.lineTo(x(across), y(up));
      Object.assign(context, { strokeStyle: colours.series[colour], lineWidth: 1.8 });
      context.stroke();
    }
    context.setLineDash([]);
  };
  context.globalAlpha = FAINT;
  drawLines();
  context.globalAlpha = 1;
  context.save();
  context.beginPath();
  context.rect(0, 0, x(share), height);
  context.clip();
  drawLines();
  context.restore();
  line([x(share), top], [x(share), bottom], colours.text, 1.5);
};
