"""Figures as plain data: ECharts options of the live loss curve, and the same curve in words."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from core import formats
from core.drawing.palette import Palette
from core.objectives import Loss
from core.progress import History
from core.runs import LossPair

Points = list[tuple[float, float]]

TRAINING, HELD_OUT, SHOWN = 0, 1, 3
# Up to here every epoch's end gets a marker; more of them would hide the line.
MOST_MARKERS = 20
# Above this relative distance the loss of the shown pixels is a line of its own.
SHOWN_APART = 0.01
# Shares of the plot below and above the values on a linear axis.
MARGIN = 0.06
# From here on labels show a number and a power of ten.
LARGEST_LABEL = 1e4
# A logarithmic axis spans at least so many doublings.
LEAST_DOUBLINGS = 5


@dataclass(frozen=True, kw_only=True)
class LossCurve:
    """What the loss curve shows.

    Attributes:
        training: (epoch, loss trained on) of single steps; the first step is just above epoch 0.
        held_out: (epoch, the same loss over the held-out images).
        shown: (epoch, the same loss from the pixels that are shown, held-out images); empty where
            it does not differ from `held_out`.
        floor: the least value that the loss can take; None where it has none, or none is known.
        is_unbounded: whether it is known to have none.
        epochs: the right end of the axis.
        unit: what one value is, such as "BCE per pixel".
    """

    training: Points
    held_out: Points
    shown: Points
    floor: float | None
    is_unbounded: bool
    epochs: int
    unit: str

    @property
    def losses(self) -> list[float]:
        """Every finite loss of every line, without the floor."""
        points = (*self.training, *self.held_out, *self.shown)
        return [value for _, value in points if math.isfinite(value)]

    @property
    def values(self) -> list[float]:
        """Every finite value on the vertical axis, the floor included."""
        return self.losses if self.floor is None else [*self.losses, self.floor]

    @property
    def fits_log(self) -> bool:
        """Whether a logarithmic axis can show every loss; a floor of 0 is then left out."""
        return any(self.values) and all(value > 0 for value in self.losses)


def loss_curve(history: History, loss: Loss, floor: LossPair | None, epochs: int) -> LossCurve:
    """What a history shows of its loss.

    Args:
        history: complete, growing or empty.
        loss: the loss trained on.
        floor: its least value on these data, of which the training images' is drawn; None where
            it is not known.
        epochs: how many the training is to take.
    """
    per_epoch = max(history.steps_per_epoch, 1)
    ends = history.epochs
    apart = any(
        abs(e.displayed_loss - e.validation_loss) > SHOWN_APART * abs(e.validation_loss)
        for e in ends
    )
    return LossCurve(
        training=[
            (step / per_epoch, value)
            for step, value in zip(history.steps, history.losses, strict=True)
        ],
        held_out=[(float(e.epoch), e.validation_loss) for e in ends],
        shown=[(float(e.epoch), e.displayed_loss) for e in ends] if apart else [],
        floor=floor.training if floor else None,
        is_unbounded=floor is not None and floor.training is None,
        epochs=epochs,
        unit=f"{loss.label} {loss.unit}",
    )


def smoothed(points: Points, window: int) -> Points:
    """The mean of each point and its neighbours, `window` points in all.

    Towards the ends the window shrinks on both sides, so the first and the last point stay.
    """
    values = [value for _, value in points]
    last = len(values) - 1
    halves = [min(window // 2, place, last - place) for place in range(len(values))]
    return [
        (x, _mean(values[place - half : place + half + 1]))
        for (place, (x, _)), half in zip(enumerate(points), halves, strict=True)
    ]


def curve_options(
    curve: LossCurve,
    palette: Palette,
    *,
    log: bool = True,
    smoothing: int = 1,
    epoch: float | None = None,
) -> dict[str, Any]:
    """The ECharts options of a loss curve.

    Args:
        curve: what to show.
        palette: the colours of the theme.
        log: a logarithmic axis, where all values are above 0.
        smoothing: points in the moving mean; above 1 the raw points stay visible behind it.
        epoch: where the marker of the replay stands; None for no marker.
    """
    log = log and curve.fits_log
    exponent = _exponent(curve)
    unit = 10.0**exponent
    training, held_out, shown = (palette.series[place] for place in (TRAINING, HELD_OUT, SHOWN))
    series = [
        _line(smoothed(curve.training, smoothing), unit, training, "solid"),
        _line(curve.held_out, unit, held_out, "dotted", markers=True),
        _line(curve.shown, unit, shown, [8, 3, 2, 3]),
    ]
    if smoothing > 1:
        series.insert(0, _line(curve.training, unit, training, "solid", opacity=0.3))
    series[0]["markLine"] = _mark_lines(curve, unit, palette, epoch, log)
    return {
        "animation": False,
        "grid": {"left": 40, "right": 6, "top": 8, "bottom": 24, "outerBoundsMode": "none"},
        "xAxis": _epoch_axis(curve.epochs, palette),
        "yAxis": _loss_axis(curve, exponent, palette, log),
        "series": series,
        "tooltip": {"show": False},
    }


def curve_in_words(curve: LossCurve) -> str:
    """The curve in one sentence, for its alternative text."""
    if not curve.training:
        floor = "" if curve.floor is None else f" Its floor is {formats.loss(curve.floor)}."
        return f"Empty axes: {curve.unit} over {curve.epochs} epochs.{floor}"
    first, last = curve.training[0][1], curve.training[-1]
    words = [
        f"{curve.unit} over {curve.epochs} epochs. Training: from {formats.loss(first)}"
        f" to {formats.loss(last[1])} at epoch {last[0]:.1f}."
    ]
    for name, points in (("Held-out", curve.held_out), ("From the shown pixels", curve.shown)):
        if points:
            words.append(f"{name}: {formats.loss(points[-1][1])} after epoch {points[-1][0]:.0f}.")
    if curve.floor is not None:
        words.append(f"Floor: {formats.loss(curve.floor)}.")
    return " ".join(words)


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def _exponent(curve: LossCurve) -> int:
    """The power of ten, in steps of 3, that is left to the axis labels: they have little room."""
    largest = max((abs(value) for value in curve.values), default=0.0)
    return 0 if largest < LARGEST_LABEL else 3 * math.floor(math.log10(largest) / 3)


def _line(
    points: Points,
    unit: float,
    colour: str,
    kind: str | list[int],
    *,
    markers: bool = False,
    opacity: float = 1.0,
) -> dict[str, Any]:
    return {
        "type": "line",
        "data": [[round(x, 3), float(f"{y / unit:.5g}")] for x, y in points if math.isfinite(y)],
        "showSymbol": markers and len(points) <= MOST_MARKERS,
        "symbol": "circle",
        "symbolSize": 7,
        "clip": False,
        "silent": True,
        "lineStyle": {"color": colour, "type": kind, "width": 2, "opacity": opacity},
        "itemStyle": {"color": colour},
    }


def _mark_lines(
    curve: LossCurve, unit: float, palette: Palette, epoch: float | None, log: bool
) -> dict[str, Any]:
    lines: list[dict[str, Any]] = []
    if curve.floor is not None and (curve.floor > 0 or not log):
        style = {"color": palette.muted, "type": "dashed", "width": 2}
        lines.append({"yAxis": curve.floor / unit, "lineStyle": style})
    if epoch is not None:
        lines.append({"xAxis": epoch, "lineStyle": {"color": palette.text, "type": "solid"}})
    return {
        "symbol": "none",
        "silent": True,
        "animation": False,
        # By default ECharts rounds where a line stands to two decimals.
        "precision": -1,
        "label": {"show": False},
        "data": lines,
    }


def _epoch_axis(epochs: int, palette: Palette) -> dict[str, Any]:
    return {
        "type": "value",
        "min": 0,
        "max": epochs,
        "minInterval": 1,
        "splitLine": {"show": False},
        "axisLine": {"show": True, "lineStyle": {"color": palette.border}},
        "axisTick": {"show": False},
        "axisLabel": {"color": palette.muted, "fontSize": 12},
    }


def _loss_axis(curve: LossCurve, exponent: int, palette: Palette, log: bool) -> dict[str, Any]:
    low, high = (end / 10.0**exponent for end in _extent(curve, log))
    return {
        "type": "log" if log else "value",
        "logBase": 2,
        "min": low,
        "max": high,
        "splitNumber": 4,
        "splitLine": {"lineStyle": {"color": palette.border, "opacity": 0.6}},
        "axisLine": {"show": True, "lineStyle": {"color": palette.border}},
        "axisLabel": {
            "color": palette.muted,
            "fontSize": 12,
            "showMinLabel": False,
            "showMaxLabel": False,
            "formatter": f"{{value}}e{exponent}" if exponent else "{value}",
        },
    }


def _extent(curve: LossCurve, log: bool) -> tuple[float, float]:
    """Ends of the vertical axis: powers of 2 where it is logarithmic, so that it rarely moves."""
    values = [value for value in curve.values if value > 0] if log else curve.values
    low, high = min(values, default=0.0), max(values, default=1.0)
    if log and low > 0:
        bottom = 2.0 ** math.floor(math.log2(low * 0.9))
        return bottom, max(2.0 ** math.ceil(math.log2(high * 1.1)), 2**LEAST_DOUBLINGS * bottom)
    if not curve.losses:  # nothing but a floor: some room above it
        high = max(high, low + 1)
    margin = MARGIN * ((high - low) or abs(high) or 1)
    return low - margin, high + margin
