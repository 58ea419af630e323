"""The visitor's theme: its palette, and the few rules that Streamlit's own theme cannot state."""

from __future__ import annotations

import streamlit as st

from core.charts.palette import DARK, LIGHT, Palette

# The share of the plot's column that labels take: digits, curve and progress start here.
LEFT_EDGE = 116
CURVE_AXIS = 40
NO_SERVER = (
    "The lab's server does not respond: it was stopped or is full, or the network is down. This"
    " page tries again every few seconds and continues where it was. Finished runs are stored."
)


def is_dark() -> bool:
    """Whether the visitor's browser shows the dark theme."""
    return st.context.theme.type == "dark"


def palette() -> Palette:
    """The colours of the visitor's theme."""
    return DARK if is_dark() else LIGHT


def apply_styles() -> None:
    """Add the style sheet of all pages."""
    colours = palette()
    variables = {
        "primary": colours.primary,
        "muted": colours.muted,
        "text": colours.text,
        "border": colours.border,
        "good": colours.good,
        "bad": colours.bad,
        "warning": colours.warning,
        "background": colours.background,
    }
    variables["no-server"] = f'"{NO_SERVER}"'
    root = "".join(f"--lab-{name}:{value};" for name, value in variables.items())
    contrast = _DARK_PRIMARY if is_dark() else ""
    st.html(f"<style>:root{{{root}}}{_STYLES}{contrast}</style>")


# Streamlit writes white on the primary colour in the dark theme too, at 2.3:1.
_DARK_PRIMARY = """
[data-testid=stBaseButton-primary]:enabled,
[data-testid=stBaseButton-primary]:enabled p,
[data-testid=stMultiSelectTagsContainer] [data-tag],
[data-testid=stMultiSelectTagsContainer] [data-tag] button { color: #12171C; }
"""

_STYLES = """
[data-testid=stHeader] { background: transparent; pointer-events: none; }
[data-testid=stMainBlockContainer] {
  padding: 0.25rem 2.5rem 2rem; max-width: 1440px; margin: 0 auto;
}
/* The last segment of a row overlaps the next by its border, which a column cuts off. */
[data-testid=stButtonGroup] div:has(> button) { padding-right: 1px; }
/* Streamlit hides a border beside the selected segment, also where that wrapped to another row. */
button[data-variant=segmented_control]:not([class*=st-key-enlarge] *) {
  border-color: var(--lab-border) !important;
}
button[data-variant=segmented_control][data-selected]:enabled:not([class*=st-key-enlarge] *) {
  border-color: var(--lab-primary) !important; position: relative; z-index: 1;
}
/* Streamlit cuts the words of a badge or a button off where its column is narrow. */
[data-testid=stMain] .stMarkdownBadge,
[class*=st-key-remedy] :is(p, .stMarkdownEllipsis) { white-space: normal !important; }
/* The first value beside the names starts 9 px left of its heading otherwise. */
[data-testid=stTable] tbody th + td:first-of-type { padding-left: 15px; }
/* Streamlit's own words ask for `streamlit run yourscript.py`. No dialog of ours is open then. */
body:has([data-test-connection-state=PINGING_SERVER], [data-test-connection-state=CONNECTING])
  section[role=dialog] > h2 + div > * { display: none; }
body:has([data-test-connection-state=PINGING_SERVER], [data-test-connection-state=CONNECTING])
  section[role=dialog] > h2 + div::after { content: var(--lab-no-server); }
.lab-headline { font-size: 1.2rem; line-height: 1.4; margin: 0; min-height: 1.4em; }
.lab-headline b { font-weight: 600; }
.lab-tone-good { color: var(--lab-good); }
.lab-tone-bad { color: var(--lab-bad); }
.lab-tone-warning { color: var(--lab-warning); }
.lab-note { margin: 0; font-size: 0.867rem; line-height: 1.4; }
.lab-muted { color: var(--lab-muted); }
.lab-readout {
  display: flex; flex-wrap: wrap; gap: 2px 18px; padding-left: 116px; font-size: 0.867rem;
  line-height: 1.5; font-variant-numeric: tabular-nums; color: var(--lab-muted);
}
.lab-readout b { font-weight: 600; }
.lab-readout i { display: inline-block; width: 20px; height: 3px; margin: 0 6px 3px 0; }
.lab-grid {
  display: grid; grid-template-columns: 104px 1fr; gap: 4px 12px; align-items: center;
  font-size: 0.8rem; line-height: 1.25; font-variant-numeric: tabular-nums;
}
.lab-grid .label { text-align: right; font-size: 0.867rem; }
.lab-grid .label small, .lab-grid .name, .lab-grid .numbers { color: var(--lab-muted); }
.lab-grid .label small { display: block; font-size: 0.767rem; }
.lab-grid .name { text-align: right; }
.lab-grid img { width: 100%; display: block; }
.lab-grid { container-type: inline-size; }
/* Five characters, as in 0.035, fit under each image: 104 px of labels and 12 of gap go first. */
.lab-grid .numbers {
  display: grid; text-align: center;
  font-size: max(9px, min(0.8rem, calc((100cqw - 116px) / var(--images) / 2.9)));
}
.lab-grid .numbers.strong { font-weight: 600; color: var(--lab-text); }
.lab-grid .names { display: none; color: var(--lab-muted); }
.lab-grid .hollow {
  display: inline-block; width: 9px; height: 9px; margin-right: 5px; border-radius: 50%;
  border: 2px solid var(--lab-text);
}
.lab-ruler { padding-left: 116px; font-size: 0.8rem; font-variant-numeric: tabular-nums; }
.lab-ruler .title { font-size: 0.867rem; color: var(--lab-muted); }
.lab-ruler .title b { color: var(--lab-text); font-size: 1rem; font-weight: 600; }
.lab-ruler .track {
  position: relative; height: 58px; margin: 2px 8px 0; container-type: inline-size;
}
.lab-ruler i { font-style: normal; }
.lab-ruler .line {
  position: absolute; left: 0; right: 0; top: 26px; height: 6px; border-radius: 3px;
  background: var(--lab-border);
}
.lab-ruler .closer { right: auto; background: var(--lab-good); opacity: 0.5; }
.lab-ruler .tick {
  position: absolute; top: 22px; width: 2px; height: 14px; background: var(--lab-text);
}
.lab-ruler .rival, .lab-ruler .above {
  position: absolute; transform: translateX(-50%); white-space: nowrap;
}
.lab-ruler .rival { top: 39px; left: var(--wide); color: var(--lab-muted); }
@container (max-width: 64ch) {
  .lab-ruler .rival { left: var(--narrow); }
  .lab-ruler .rival i { display: none; }
}
.lab-ruler .above { top: 2px; font-weight: 600; }
.lab-ruler .dot {
  position: absolute; top: 22px; width: 14px; height: 14px; border-radius: 50%;
  transform: translateX(-50%); border: 2px solid var(--lab-background); background: currentColor;
}
.lab-ruler .dot.best { background: var(--lab-background); border-color: var(--lab-text); }
[class*=st-key-lab-headline] button { min-height: 1.8rem; padding-top: 0; padding-bottom: 0; }
[class*=st-key-lab-edge-time] { min-height: 44px; }
[data-testid=stPopoverBody]:has(.st-key-lab-more) { width: min(860px, 94vw); max-width: none; }
[class*=st-key-lab-headline] > :first-child { flex: 1 1 0; min-width: 0; }
.st-key-lab-trainer { width: auto; flex: 0 0 auto; }
.st-key-lab-name a, .st-key-lab-name a:hover { padding-left: 0; background: none; }
.st-key-lab-name a p { font-weight: 600; }
.st-key-lab-name a:hover p { text-decoration: underline; }
.st-key-share button { min-height: 1.6rem; padding-top: 0; padding-bottom: 0; }
[class*=st-key-lab-curve] { padding-left: 76px; }
[class*=st-key-lab-edge] { padding-left: 116px; }
[class*=st-key-lab-edge] [data-testid=stSlider] { padding-right: 6px; }
@media (pointer: coarse) {
  [data-testid=stTooltipIcon] button { position: relative; }
  [data-testid=stTooltipIcon] button svg { width: 20px; height: 20px; }
  /* A finger reaches 44 px, without room in the layout. */
  [data-testid=stTooltipIcon] button::after { content: ""; position: absolute; inset: -12px; }
}
/* Streamlit stacks columns up to 640 px; beside settings a digit would have 22 px here. */
@media (max-width: 767px) { [data-testid=stColumn] { min-width: calc(100% - 1.5rem); } }
@media (max-width: 640px) {
  [data-testid=stMainBlockContainer] { padding: 0.25rem 1rem 2rem; }
  [class*=st-key-lab-headline] button { min-height: 1.8rem; padding-top: 0; padding-bottom: 0; }
[class*=st-key-lab-edge-time] { min-height: 44px; }
[data-testid=stPopoverBody]:has(.st-key-lab-more) { width: min(860px, 94vw); max-width: none; }
[class*=st-key-lab-headline] > :first-child { flex: 1 1 100%; min-width: 0; }
.st-key-lab-trainer { width: auto; flex: 0 0 auto; }
[class*=st-key-lab-curve] { padding-left: 0; }
  [class*=st-key-lab-edge] { padding-left: 0; }
  [class*=st-key-lab-edge-time] { padding-left: 40px; }
  .lab-readout, .lab-ruler { padding-left: 0; }
  .lab-grid { grid-template-columns: 1fr; }
  .lab-grid .numbers { font-size: max(10px, min(0.8rem, 3.2cqw)); }
  .lab-grid .label { text-align: left; }
  .lab-grid .label small { display: inline; margin-left: 5px; }
  .lab-grid .name { display: none; }
  .lab-grid .names { display: block; }
  :has(> .st-key-lab-trainer) { margin-left: auto; }
  .st-key-lab-navigation { gap: 0.5rem; }
  .st-key-share button { padding: 0 0.25rem; }
  .st-key-share button [data-testid=stMarkdownContainer] {
    position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%);
  }
}
"""
