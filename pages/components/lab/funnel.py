"""The network as a funnel: one bar for each layer, with its width and the number of parameters."""

from __future__ import annotations

import math
from pathlib import Path

import streamlit as st

from core.variant import Variant

STYLES = Path(__file__).with_name("funnel.css")
# Percent of the height: a layer of one unit beside one of 1024 still shows.
LOWEST_BAR = 5.0
# Layers, input and output included, whose widths all fit into a narrow column.
FEW_LAYERS = 7


def funnel(variant: Variant) -> None:
    """Draw the layers of a network, the input on the left."""
    st.html(STYLES)
    st.html(funnel_html(variant))


def funnel_html(variant: Variant) -> str:
    """The drawing as HTML; the heights go with the root of the widths."""
    widths = variant.widths
    heights = [max(100 * math.sqrt(width / max(widths)), LOWEST_BAR) for width in widths]
    main = {0, len(widths) // 2, len(widths) - 1}
    bars = "".join(f'<b style="height:{height:.1f}%"></b>' for height in heights)
    numbers = "".join(
        f'<span class="main">{width}</span>' if place in main else f"<span>{width}</span>"
        for place, width in enumerate(widths)
    )
    depth = "widths deep" if len(widths) > FEW_LAYERS else "widths"
    return (
        f'<div class="lab-funnel"><div role="img" aria-label="{in_words(variant)}">'
        f'<div class="layers"><div class="between" style="clip-path:{_outline(heights)}"></div>'
        f'{bars}</div><div class="{depth}">{numbers}</div></div>'
        f'<p class="count">{variant.parameter_count:,} parameters</p></div>'
    )


def in_words(variant: Variant) -> str:
    """The drawing in one sentence."""
    widths = ", ".join(map(str, variant.widths))
    bottleneck = variant.layers[len(variant.layers) // 2]
    return f"Layers from input to output: {widths}. The bottleneck has {bottleneck}."


def _outline(heights: list[float]) -> str:
    """The shape between the bars, as CSS' polygon over the whole drawing."""
    places = [100 * (place + 0.5) / len(heights) for place in range(len(heights))]
    top = [f"{x:.1f}% {50 - y / 2:.1f}%" for x, y in zip(places, heights, strict=True)]
    bottom = [f"{x:.1f}% {50 + y / 2:.1f}%" for x, y in zip(places, heights, strict=True)]
    return f"polygon({', '.join([*top, *reversed(bottom)])})"
