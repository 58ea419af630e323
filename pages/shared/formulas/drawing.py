"""Figures, tables and sources as the page of formulas draws them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from core import plots
from core.glossary import term
from pages.shared.formulas.controls import key


def figure(drawn: go.Figure, name: str, *, alt: str) -> None:
    """Draw a figure that rests.

    Args:
        drawn: in the theme's colours already.
        name: unlike that of any other figure on the page.
        alt: the figure in words.
    """
    st.plotly_chart(drawn, theme=None, key=key(f"figure-{name}"), config=plots.CONFIG, alt=alt)


def table(rows: Sequence[Mapping[str, str]], *, alt: str) -> None:
    """Draw a table of texts, Markdown included; the first column names the rows."""
    st.table(pd.DataFrame(rows), border="horizontal", hide_index=True, alt=alt)


def sources(*terms: str) -> None:
    """Name the sources of the formulas above: the glossary's, each once."""
    found = {entry.source for entry in map(term, terms) if entry.source}
    links = (f"[{source.title}]({source.url})" for source in sorted(found, key=lambda s: s.title))
    st.caption("Sources: " + " · ".join(links))
