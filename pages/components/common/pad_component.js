// A pad that reports the drawing as a PNG after each stroke.

export default function ({ parentElement, setStateValue }) {
  listenToPad(parentElement, {
    finished: (drawn) => setStateValue("drawing", drawn ? drawn.toDataURL("image/png") : ""),
  });
}
