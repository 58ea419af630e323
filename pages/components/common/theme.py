"""The visitor's theme: its palette, and the lab's style sheet."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from core.charts.palette import DARK, LETTERS, LIGHT, Palette

STYLES = Path(__file__).with_name("lab.css")
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
    """Add the style sheet of all pages, with the theme's colours as its variables."""
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
        "on-primary": colours.background if is_dark() else "#FFFFFF",
        **{f"run-{name}": colours.series[i] for i, name in enumerate(LETTERS)},
    }
    variables["no-server"] = f'"{NO_SERVER}"'
    root = "".join(f"--lab-{name}:{value};" for name, value in variables.items())
    st.html(f"<style>:root{{{root}}}</style>")
    st.html(STYLES)
