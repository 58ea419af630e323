"""CSS rules of the Compare page."""

from __future__ import annotations

import streamlit as st

from pages.components.common import image_zoom
from pages.components.common.theme import palette
from pages.components.compare import run_chips

_STYLES = """
.st-key-compare-play { width: 104px; flex: 0 0 104px; }
.st-key-compare-play button { width: 104px; }
.st-key-compare-replay { gap: 12px; }
.st-key-compare-replay [data-testid=stSlider] { padding-right: 6px; }
.lab-grid .absent {
  aspect-ratio: 10.3; display: flex; align-items: center; color: var(--lab-muted);
  font-size: 0.867rem;
}
.lab-readout-flush { padding-left: 0; }
[class*=st-key-compare-example-] { position: relative; }
[class*=st-key-compare-example-]:hover { border-color: var(--lab-primary); }
/* The button of a card covers all of it, so nothing between them must be the reference. */
[class*=st-key-compare-example-][class*=-open] { position: static; }
[class*=st-key-compare-example-] button { min-height: 1.5rem; padding: 0; }
[class*=st-key-compare-example-] button::after {
  content: ""; position: absolute; inset: 0; z-index: 1;
}
.st-key-compare-examples .lab-grid { grid-template-columns: 1fr; }
.st-key-compare-examples .lab-grid .label { display: flex; flex-wrap: wrap; gap: 0 12px; }
.st-key-compare-examples .lab-grid .label small { display: inline; margin: 0; font-size: inherit; }
@media (max-width: 900px) {
  .st-key-compare-digits-and-errors > * > [data-testid=stHorizontalBlock] > *,
  .st-key-compare-digits-and-errors > [data-testid=stHorizontalBlock] > * {
    min-width: 100%;
  }
}
@media (max-width: 640px) {
  .st-key-compare-chips { gap: 8px; }
  .st-key-compare-chips button { padding: 0.25rem 0.5rem; }
  .st-key-compare-chips button p { font-size: 0.867rem; }
}
"""


def apply() -> None:
    """Add the page's style sheet."""
    image_zoom.apply_styles()
    st.html(f"<style>{_STYLES}{run_chips.styles(palette())}</style>")
