"""Figures, tables, sources and styles as the page of formulas draws them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

import pandas as pd
import streamlit as st

from core.charts.plots import Options
from core.text.glossary import Source, term
from pages.components.losses.losses_link import key

# Ten digits side by side in a narrow column, names over figures, and the list of terms.
STYLES = """<style>
.st-key-losses-digit button { padding: 0 0.2rem; min-width: 0; }
.lab-panel { margin: 0; font-variant-numeric: tabular-nums; }
.lab-panel b { font-weight: 600; }
.lab-sources { margin: 0; font-size: 0.867rem; color: var(--lab-muted); }
.lab-sources a { color: inherit; }
.lab-terms {
  display: grid; grid-template-columns: 9.5rem 1fr; gap: 0.6rem 1rem; margin: 0; padding: 0;
}
.lab-terms a { color: var(--lab-muted); }
.lab-terms dt { font-weight: 600; margin: 0; }
.lab-terms dd { margin: 0; }
.lab-terms small { color: var(--lab-muted); font-weight: 400; }
@media (min-width: 641px) and (max-width: 900px) {
  .st-key-losses-pixel-figures [data-testid=stHorizontalBlock] { flex-wrap: wrap; }
  .st-key-losses-pixel-figures [data-testid=stColumn] { min-width: calc(33% - 1rem); }
  .st-key-losses-pixel-figures [data-testid=stColumn]:nth-child(-n + 2) {
    min-width: calc(50% - 1rem);
  }
}
@media (min-width: 641px) and (max-width: 1000px) {
  .st-key-losses-image-table :is(th, td) { padding: 0.3rem 0.15rem; font-size: 0.8rem; }
}
@media (max-width: 640px) {
  .st-key-losses-panels [data-testid=stColumn] {
    min-width: calc(50% - 1rem); flex: 1 1 calc(50% - 1rem);
  }
  .st-key-losses-reading .lab-grid .name { display: block; text-align: left; }
  .st-key-losses-reading .lab-grid .names { display: none; }
  .lab-terms { grid-template-columns: 1fr; gap: 0; }
  .lab-terms dd { margin-bottom: 0.7rem; }
}
</style>"""


def apply_styles() -> None:
    """Put the style sheet of the formulas on the page."""
    st.html(STYLES)


def figure(drawn: Options, name: str, *, height: int, alt: str) -> None:
    """Draw a figure; where one of that name is on the page, it takes its place without a blink.

    Args:
        drawn: in the theme's colours already.
        name: unlike that of any other figure on the page.
        height: in CSS pixels.
        alt: the figure in words.
    """
    st.echarts_chart(drawn, height=height, key=key(f"figure-{name}"), renderer="svg", alt=alt)


def table(rows: Sequence[Mapping[str, str]], *, alt: str) -> None:
    """Draw a table of texts, Markdown included; the first column names the rows."""
    st.table(pd.DataFrame(rows), border="horizontal", hide_index=True, alt=alt)


def sources(*terms: str) -> None:
    """Name the sources of the formulas above: the glossary's, each once."""
    found = {entry.source for entry in map(term, terms) if entry.source}
    links = map(source_link, sorted(found, key=lambda source: source.title))
    st.html(f'<p class="lab-sources">Sources: {" · ".join(links)}</p>')


def source_link(source: Source) -> str:
    """A link as HTML that opens in a new tab, so that the page stays as it is."""
    return f'<a href="{escape(source.url)}" target="_blank">{escape(source.title)}</a>'
