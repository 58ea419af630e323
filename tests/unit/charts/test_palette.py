"""The palette: the theme's own colours, and enough contrast to read them."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from core.charts.palette import DARK, LIGHT, Palette, to_rgb

CONFIG = Path(__file__).parents[3] / ".streamlit" / "config.toml"


def luminance(colour: str) -> float:
    """Relative luminance (WCAG 2.2)."""
    shares = [channel / 255 for channel in to_rgb(colour)]
    linear = [s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4 for s in shares]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def test_contrast_of_black_and_white_is_21():
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)


@pytest.mark.parametrize(("name", "palette"), [("light", LIGHT), ("dark", DARK)])
def test_the_theme_of_the_pages_has_the_colours_of_the_palette(name, palette):
    theme = tomllib.loads(CONFIG.read_text())["theme"][name]
    assert theme["primaryColor"] == palette.primary
    assert theme["backgroundColor"] == palette.background
    assert theme["secondaryBackgroundColor"] == palette.surface
    assert theme["textColor"] == palette.text
    assert theme["borderColor"] == palette.border
    assert theme["linkColor"] == palette.link
    assert tuple(theme["chartCategoricalColors"]) == palette.series


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_all_text_has_a_contrast_of_at_least_four_and_a_half(palette: Palette):
    read = (*palette.series, palette.good, palette.bad, palette.warning, palette.muted)
    assert min(contrast(colour, palette.background) for colour in read) >= 4.5
    assert min(contrast(palette.text, colour) for colour in palette.share) >= 4.5


def test_hexadecimal_colours_are_read_as_red_green_and_blue():
    assert to_rgb("#1273C4") == (18, 115, 196)
