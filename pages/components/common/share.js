// Streamlit Community Cloud shows apps in an iframe, whose URL contains "/~/+/".
const address = () => location.href.replace("/~/+/", "/");

// The size at which embedded parts fit without scrolling.
const WIDTH = 640;
const HEIGHT = 480;

const frame = (part, name) => {
  const url = new URL(address());
  url.searchParams.set("view", part);
  url.searchParams.set("embed", "true");
  const src = url.href.replaceAll("&", "&amp;").replaceAll('"', "&quot;");
  return (
    `<iframe src="${src}" title="Autoencoder Lab: ${name}" width="${WIDTH}" height="${HEIGHT}"` +
    ' style="border:0"></iframe>'
  );
};

// One toggle button for each part.
const drawParts = (group, parts, onChoice) =>
  group.replaceChildren(
    ...Object.entries(parts).map(([part, name]) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = name;
      button.dataset.part = part;
      button.onclick = () => onChoice(part);
      return button;
    }),
  );

export default function ({ parentElement, data }) {
  const parts = Object.fromEntries(data?.parts ?? []);
  const [link, code] = parentElement.querySelectorAll("input");
  const [copyLink, copyCode] = parentElement.querySelectorAll(".link > button");
  const group = parentElement.querySelector(".parts");
  const status = parentElement.querySelector("p[role=status]");
  let chosen = Object.keys(parts)[0];

  const show = () => {
    link.value = address();
    parentElement.querySelector(".link").hidden = false;
    parentElement.querySelector(".embed").hidden = !chosen;
    if (chosen) code.value = frame(chosen, parts[chosen].toLowerCase());
    for (const button of group.children) button.ariaPressed = button.dataset.part === chosen;
  };
  drawParts(group, parts, (part) => {
    chosen = part;
    show();
  });
  show();
  for (const [field, button] of [[link, copyLink], [code, copyCode]]) {
    field.onfocus = () => {
      show();
      field.select();
    };
    button.onclick = async () => {
      show();
      const isCopied = await copy(field).catch(() => false);
      if (!isCopied) field.select();
      status.textContent = isCopied ? "Copied." : "Not copied: copy the selected text.";
    };
  }
  // Replays and trainings change the URL while the popover is open.
  window.navigation?.addEventListener("currententrychange", show);
  return () => window.navigation?.removeEventListener("currententrychange", show);
}
