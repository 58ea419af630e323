"""The histogram of grey values as ECharts options."""

from __future__ import annotations

from typing import Any

from core.charts.palette import Palette
from core.metrics.dataset_stats import Counts

BARS = 32
SMALLEST_SHARE = 0.01


def histogram_options(histogram: Counts, palette: Palette) -> dict[str, Any]:
    """Bars of eight greys each, as percentages of all pixels on a logarithmic axis.

    Args:
        histogram: how often each grey 0-255 occurs, shape (256,).
        palette: the colours of the visitor's theme.
    """
    shares = 100 * histogram.reshape(BARS, -1).sum(axis=1) / histogram.sum()
    starts = [str(round(bar * 256 / BARS)) for bar in range(BARS)]
    muted = {"color": palette.muted}
    return {
        "animation": False,
        "grid": {"left": 44, "right": 6, "top": 8, "bottom": 22, "outerBoundsMode": "none"},
        "xAxis": {
            "type": "category",
            "data": starts,
            "axisLabel": {**muted, "interval": 7},
            "axisTick": {"show": False},
        },
        "yAxis": {
            "type": "log",
            "min": SMALLEST_SHARE,
            # Otherwise bars start at 1% and smaller values hang down from there.
            "startValue": SMALLEST_SHARE,
            "max": 100,
            "axisLabel": {**muted, "formatter": "{value}%"},
            "splitLine": {"lineStyle": {"color": palette.border}},
        },
        "series": [
            {
                "type": "bar",
                "data": [round(float(share), 3) or None for share in shares],
                "itemStyle": {"color": palette.series[0]},
                "barCategoryGap": "10%",
            }
        ],
    }
