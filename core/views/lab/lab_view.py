"""View: how a run is looked at, which changes nothing about the run itself.

Together with a `Variant` it is all that a link to the lab holds; the two share no names.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import Any

from core.errors import InvalidVariant
from core.metrics.image_metrics import MEAN_IMAGE
from core.metrics.landmarks import ALL_GREY, PCA
from core.progress import Frame, History

DIGIT_CHOICES = {
    "each": "One of each",
    "class": "One class",
    "best": "Best",
    "worst": "Worst",
    "shuffle": "Shuffle",
}
AXES = {"log": "logarithmic", "linear": "linear"}
# The levels of the loss curve that can be switched off, by field of `View`.
LEVELS = {
    "level_floor": "floor",
    "level_mean": MEAN_IMAGE,
    "level_grey": ALL_GREY,
    "level_pca": PCA,
}
SMOOTHINGS = {1: "off", 9: "9 points", 25: "25 points"}
LARGEST_SHUFFLE = 999_999


@dataclass(frozen=True, kw_only=True)
class View:
    """What is shown of a run.

    Attributes:
        digits: which held-out images, a key of `DIGIT_CHOICES`.
        digit_class: the class that "class" shows, 0-9.
        shuffle: which of the random drafts "shuffle" shows.
        difference: whether the signed difference has a row.
        own_scale: whether every image is stretched to its own range.
        axis: of the loss, a key of `AXES`.
        smoothing: points in the moving mean of the loss, a key of `SMOOTHINGS`.
        level_floor, level_mean, level_grey, level_pca: which levels the loss curve shows.
        epoch: where the replay stands; None is the end.
        digit: place of the image that is enlarged, 0-9; None for none.
    """

    digits: str = "each"
    digit_class: int = 0
    shuffle: int = 0
    difference: bool = False
    own_scale: bool = False
    axis: str = "log"
    smoothing: int = 1
    level_floor: bool = True
    level_mean: bool = True
    level_grey: bool = True
    level_pca: bool = True
    epoch: float | None = None
    digit: int | None = None

    def to_query(self) -> dict[str, str]:
        """As text for a URL's query, without what is as it is by default."""
        default = View()
        return {
            f.name: _text(getattr(self, f.name))
            for f in fields(self)
            if getattr(self, f.name) != getattr(default, f.name)
        }

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> tuple[View, list[InvalidVariant]]:
        """Read a URL's query; what cannot be understood is named and takes its default.

        Args:
            query: field names to text; other names are left alone.

        Returns:
            The view, and one error for each field that was ignored.
        """
        accepted: dict[str, Any] = {}
        problems: list[InvalidVariant] = []
        for field, (parse, allowed) in _PARSERS.items():
            if field in query:
                try:
                    accepted[field] = parse(query[field])
                except (ValueError, KeyError):
                    text = f"{field} cannot be {query[field][:40]!r}; allowed are {allowed}."
                    problems.append(InvalidVariant(field, text))
        return cls(**accepted), problems


def frame_at(history: History, epoch: float) -> Frame:
    """The latest frame that is not after `epoch`; the first one where there is none.

    Args:
        history: with at least one frame.
        epoch: passes over the training images, from 0; fractions are allowed.
    """
    # Room for rounding: a slider's 0.1 is not exactly a tenth.
    last_step = epoch * max(history.steps_per_epoch, 1) + 1e-6
    until_then = [frame for frame in history.frames if frame.step <= last_step]
    return until_then[-1] if until_then else history.frames[0]


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(int(value))
    return f"{value:g}" if isinstance(value, float) else str(value)


def _one_of(names: Mapping[str, str]) -> Callable[[str], str]:
    def parse(text: str) -> str:
        names[text]
        return text

    return parse


def _whole(low: int, high: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        value = int(text)
        if not low <= value <= high:
            raise ValueError(text)
        return value

    return parse


def _smoothing(text: str) -> int:
    SMOOTHINGS[int(text)]
    return int(text)


def _switch(text: str) -> bool:
    return {"1": True, "0": False}[text]


def _epoch(text: str) -> float:
    value = float(text)
    if not (math.isfinite(value) and 0 <= value <= 1000):
        raise ValueError(text)
    return value


_PARSERS: dict[str, tuple[Callable[[str], Any], str]] = {
    "digits": (_one_of(DIGIT_CHOICES), ", ".join(DIGIT_CHOICES)),
    "digit_class": (_whole(0, 9), "whole numbers from 0 to 9"),
    "shuffle": (_whole(0, LARGEST_SHUFFLE), f"whole numbers from 0 to {LARGEST_SHUFFLE}"),
    "difference": (_switch, "0 and 1"),
    "own_scale": (_switch, "0 and 1"),
    "axis": (_one_of(AXES), ", ".join(AXES)),
    "smoothing": (_smoothing, ", ".join(map(str, SMOOTHINGS))),
    "level_floor": (_switch, "0 and 1"),
    "level_mean": (_switch, "0 and 1"),
    "level_grey": (_switch, "0 and 1"),
    "level_pca": (_switch, "0 and 1"),
    "epoch": (_epoch, "numbers from 0 to 1000"),
    "digit": (_whole(0, 9), "whole numbers from 0 to 9"),
}
VIEW_FIELDS: tuple[str, ...] = tuple(_PARSERS)
