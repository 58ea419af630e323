"""The colours of the lab, light and dark; each has one fixed meaning.

Series colours have a contrast of at least 4.6:1 against the background and are distinguishable with
three kinds of colour blindness. No meaning depends on colour alone: a word, letter or marker says
the same.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Palette:
    """The colours of one theme, as "#RRGGBB".

    Attributes:
        primary, background, surface, text, border, link: as in `.streamlit/config.toml`.
        muted: floors, baselines and axis labels.
        series: by index: runs A to F; or training, held-out, (none), displayed pixels; or
            activations; or losses. Never two of these meanings on one axis.
        good, bad, warning: tones of a verdict.
        share: error as a share of the mean image's, at 0, 50, 100, 150 and 200 %.
        difference: reconstruction minus original, at -1, 0 and 1.
        classes: one for each of the ten classes of a data set, which are also named.
    """

    primary: str
    background: str
    surface: str
    text: str
    border: str
    link: str
    muted: str
    series: tuple[str, ...]
    good: str
    bad: str
    warning: str
    share: tuple[str, ...]
    difference: tuple[str, str, str]
    classes: tuple[str, ...]


# The names of compared runs, in the order of `Palette.series`.
LETTERS = "ABCDEF"

LIGHT = Palette(
    primary="#0B5C8F",
    background="#FFFFFF",
    surface="#F3F5F7",
    text="#0E1720",
    border="#C9D1D9",
    link="#0B5C8F",
    muted="#55626F",
    series=("#1273C4", "#C7500A", "#00785A", "#8E2F7C", "#5B4A00", "#111827"),
    good="#00785A",
    bad="#B3261E",
    warning="#8A5A00",
    share=("#5DBFB2", "#A9DAD2", "#F3F1EA", "#EBC58E", "#D9964A"),
    difference=("#2166AC", "#F7F7F7", "#B2182B"),
    classes=(
        *("#1273C4", "#C7500A", "#00785A", "#8E2F7C", "#5B4A00"),
        *("#111827", "#B3261E", "#00707F", "#5A4FCF", "#7A5C58"),
    ),
)

DARK = Palette(
    primary="#5DB3E6",
    background="#12171C",
    surface="#1D242B",
    text="#E8EDF2",
    border="#3A4550",
    link="#7CC4F0",
    muted="#A3AFBB",
    series=("#3E9BD6", "#FF9A5C", "#5FE0B5", "#F0A6DC", "#F0E442", "#FFFFFF"),
    good="#3CC79B",
    bad="#FF8A80",
    warning="#E0BC4A",
    share=("#14776C", "#1A4F4A", "#2A2F34", "#5E4320", "#8F5A14"),
    difference=("#5DB3E6", "#181C21", "#FF785A"),
    classes=(
        *("#3E9BD6", "#FF9A5C", "#5FE0B5", "#F0A6DC", "#F0E442"),
        *("#FFFFFF", "#FF7A7A", "#6FD7E8", "#B3A9FF", "#C4AFA6"),
    ),
)


def to_rgb(colour: str) -> tuple[int, int, int]:
    """The colour "#RRGGBB" as red, green and blue, 0-255 each."""
    red, green, blue = bytes.fromhex(colour.removeprefix("#"))
    return red, green, blue
