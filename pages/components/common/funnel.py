"""The network as a funnel: a bar for each layer, with widths and the number of parameters."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

import streamlit as st

from core.data.datasets import PIXELS

# The smallest bar, in per cent of the height: one unit is visible beside a layer of 1024.
MIN_BAR = 5.0
# The number of layers, with input and output, whose widths all fit into a narrow column, and into a
# wide one.
FEW_LAYERS, SOME_LAYERS = 7, 11


def funnel(layers: Sequence[int]) -> None:
    """Draw the layers of a network, the input on the left.

    Args:
        layers: widths of the hidden layers.
    """
    st.html(funnel_html(layers))


def funnel_html(layers: Sequence[int]) -> str:
    """The drawing as HTML; heights are proportional to the square roots of the widths."""
    widths = (PIXELS, *layers, PIXELS)
    heights = [max(100 * math.sqrt(width / max(widths)), MIN_BAR) for width in widths]
    main = _labelled_layers(widths)
    bars = "".join(f'<b style="height:{height:.1f}%"></b>' for height in heights)
    numbers = "".join(
        f'<span class="main">{width}</span>' if index in main else f"<span>{width}</span>"
        for index, width in enumerate(widths)
    )
    parameters = sum((below + 1) * above for below, above in pairwise(widths))
    depth = "deeper" if len(widths) > SOME_LAYERS else "deep" if len(widths) > FEW_LAYERS else ""
    return (
        f'<div class="lab-funnel"><div role="img" aria-label="{in_words(layers)}">'
        f'<div class="layers"><div class="between" style="clip-path:{_outline(heights)}"></div>'
        f'{bars}</div><div class="widths {depth}">{numbers}</div></div>'
        f'<p class="count">{parameters:,} parameters</p></div>'
    )


def in_words(layers: Sequence[int]) -> str:
    """The alternative text of the drawing, in one sentence."""
    widths = ", ".join(map(str, (PIXELS, *layers, PIXELS)))
    return f"Layers from input to output: {widths}. The bottleneck has {min(layers)}."


def _labelled_layers(widths: Sequence[int]) -> set[int]:
    """Indices of the layers whose widths are always shown: the bottleneck and the ends."""
    bottleneck, last = _bottleneck(widths), len(widths) - 1
    apart = 1 if len(widths) > FEW_LAYERS else 0
    return {bottleneck, *(end for end in (0, last) if abs(end - bottleneck) > apart)}


def _bottleneck(widths: Sequence[int]) -> int:
    """The index of the narrowest hidden layer; of several, the one nearest the middle.

    In the middle its label does not collide with those of input and output.
    """
    middle = (len(widths) - 1) / 2
    hidden = range(1, len(widths) - 1)
    return min(hidden, key=lambda index: (widths[index], abs(index - middle)))


def _outline(heights: list[float]) -> str:
    """The shape between the bars, as a CSS `polygon()` over the whole drawing."""
    positions = [100 * (index + 0.5) / len(heights) for index in range(len(heights))]
    top = [f"{x:.1f}% {50 - y / 2:.1f}%" for x, y in zip(positions, heights, strict=True)]
    bottom = [f"{x:.1f}% {50 + y / 2:.1f}%" for x, y in zip(positions, heights, strict=True)]
    return f"polygon({', '.join([*top, *reversed(bottom)])})"
