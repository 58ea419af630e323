"""Figures, tables and sources in the style of the Losses page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

import pandas as pd
import streamlit as st

from core.charts.echarts import Options
from core.text.glossary import Source, term
from pages.components.losses.losses_link import key


def figure(options: Options, name: str, *, height: int, alt: str) -> None:
    """Draw a figure; it replaces one with the same name without a blank frame.

    Args:
        options: ECharts options in the theme's colours.
        name: a unique name on the page.
        height: height in CSS pixels.
        alt: the alternative text.
    """
    st.echarts_chart(options, height=height, key=key(f"figure-{name}"), renderer="svg", alt=alt)


def table(rows: Sequence[Mapping[str, str]], *, alt: str) -> None:
    """Draw a table of Markdown texts whose first column has the names of the rows."""
    st.table(pd.DataFrame(rows), border="horizontal", hide_index=True, alt=alt)


def sources(*terms: str) -> None:
    """Draw the distinct sources of some glossary terms."""
    distinct = {entry.source for entry in map(term, terms) if entry.source}
    links = map(source_link, sorted(distinct, key=lambda source: source.title))
    st.html(f'<p class="lab-sources">Sources: {" · ".join(links)}</p>')


def source_link(source: Source) -> str:
    """A link to a source as HTML; it opens in a new tab."""
    return f'<a href="{escape(source.url)}" target="_blank">{escape(source.title)}</a>'
