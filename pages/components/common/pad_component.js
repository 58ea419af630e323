// The pad alone: each finished stroke is reported as a PNG.

export default function ({ parentElement, setStateValue }) {
  listenToPad(parentElement, {
    finished: (drawn) => setStateValue("drawing", drawn ? drawn.toDataURL("image/png") : ""),
  });
}
