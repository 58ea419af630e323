"""View: how a run is shown, which does not affect the run itself.

A link to the lab consists of a `Variant` and a `View`, which have no names in common.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from core.errors import InvalidVariant
from core.metrics.image_metrics import MEAN_IMAGE
from core.metrics.landmarks import ALL_GREY, PCA
from core.progress import Frame, History
from core.variant import FIELDS, Variant
from core.views.url_codec import (
    SWITCH,
    LinkState,
    Parameter,
    choice,
    number,
    parse_parameters,
    unknown,
    whole,
)

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
class View(LinkState):
    """How a run is shown.

    Attributes:
        digits: which held-out images, a key of `DIGIT_CHOICES`.
        digit_class: the class for "class", 0-9.
        shuffle: seed of the random choice for "shuffle".
        difference: whether there is a row with signed differences.
        own_scale: whether each image is rescaled to its own range.
        axis: the axis of the loss, a key of `AXES`.
        smoothing: points in the moving mean of the loss, a key of `SMOOTHINGS`.
        level_floor, level_mean, level_grey, level_pca: whether the loss curve shows these levels.
        epoch: position of the replay; None for the end.
        digit: index of the enlarged image, 0-9; None for none.
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

    parameters: ClassVar[Mapping[str, Parameter]] = {
        "digits": choice(DIGIT_CHOICES),
        "digit_class": whole(0, 9),
        "shuffle": whole(0, LARGEST_SHUFFLE),
        "difference": SWITCH,
        "own_scale": SWITCH,
        "axis": choice(AXES),
        "smoothing": choice(SMOOTHINGS),
        **dict.fromkeys(LEVELS, SWITCH),
        "epoch": number(0, 1000),
        "digit": whole(0, 9),
    }


VIEW_FIELDS: tuple[str, ...] = tuple(View.parameters)


@dataclass(frozen=True, kw_only=True)
class LabState:
    """The state of the Lab page, as in its link: the settings, and how their run is shown."""

    variant: Variant = field(default_factory=Variant)
    view: View = View()

    def to_query(self) -> dict[str, str]:
        """The parameters of the URL's query: settings, and the view where it is not the default."""
        return self.variant.to_query() | self.view.to_query()

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> tuple[LabState, list[InvalidVariant]]:
        """Read a URL's query; invalid parameters get their defaults.

        Returns:
            The state, and one error for each part that was ignored.
        """
        variant, problems = Variant.from_query(query)
        values, more = parse_parameters(View.parameters, query)
        problems += [*more, *unknown(query, (*FIELDS, *VIEW_FIELDS))]
        return cls(variant=variant, view=View(**values)), problems


def frame_at(history: History, epoch: float) -> Frame:
    """The last frame at or before `epoch`, otherwise the first frame.

    Args:
        history: a history with at least one frame.
        epoch: the number of epochs, from 0, with its fraction.
    """
    # With a tolerance, since a slider's 0.1 is not exactly one tenth.
    last_step = epoch * max(history.steps_per_epoch, 1) + 1e-6
    until_then = [frame for frame in history.frames if frame.step <= last_step]
    return until_then[-1] if until_then else history.frames[0]
