"""LossesView: the state of the Losses page, as in its link."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from core.data.datasets import DATASETS, SAMPLE
from core.data.image_sets import is_image_set
from core.data.normalization import NORMALIZATIONS
from core.objectives.activations import ACTIVATIONS
from core.variant import LOSS_FROM
from core.views.losses.one_pixel import PIXEL_LOSSES
from core.views.url_codec import SWITCH, LinkState, Parameter, choice, number, whole

SECTIONS = {
    "pixel": "One pixel",
    "gradient": "Through the activation",
    "image": "One image",
    "data": "The data",
    "reading": "Reading the numbers",
    "terms": "Terms",
}
# Losses that binary cross-entropy can be compared with.
OTHER_LOSSES = PIXEL_LOSSES[1:]
# Clipping is visible at 16; beyond 18 tanh is exactly 1 in floating point.
EXTENTS = {8: "±8", 18: "±18"}
LARGEST_LOGIT = 18.0
SMALLEST_SCALE, LARGEST_SCALE = 0.1, 20.0
MAX_SEARCH_LENGTH = 40


def _dataset(text: str) -> str:
    if text not in DATASETS and not is_image_set(text):
        raise ValueError(text)
    return text


def _search(text: str) -> str:
    if len(text) > MAX_SEARCH_LENGTH:
        raise ValueError(text)
    return text


@dataclass(frozen=True, kw_only=True)
class LossesView(LinkState):
    """The state of the Losses page.

    Attributes:
        section: a key of `SECTIONS`.
        y: the target of one pixel, 0 to 1.
        raw: whether the target is a raw grey value instead.
        grey: that grey value, 0 to 255.
        x: a logit, -18 to 18.
        extent: half the range of the logit axis, a key of `EXTENTS`.
        loss_from: a key of `LOSS_FROM`.
        other: the loss compared with binary cross-entropy, one of `OTHER_LOSSES`.
        digit: index of the pinned image.
        scale: factor from pixels in [-1, 1] to logits.
        dataset, normalization, activation: names in their tables.
        find: text to search for in the glossary.
    """

    section: str = "pixel"
    y: float = 0.3
    raw: bool = False
    grey: int = 200
    x: float = -6.0
    extent: int = 8
    loss_from: str = "keras"
    other: str = "mean_squared_error"
    digit: int = 3
    scale: float = 5.0
    dataset: str = SAMPLE
    normalization: str = "unit"
    activation: str = "sigmoid"
    find: str = ""

    parameters: ClassVar[Mapping[str, Parameter]] = {
        "section": choice(SECTIONS),
        "y": number(0, 1),
        "raw": SWITCH,
        "grey": whole(0, 255),
        "x": number(-LARGEST_LOGIT, LARGEST_LOGIT),
        "extent": choice(EXTENTS),
        "loss_from": choice(LOSS_FROM),
        "other": choice(OTHER_LOSSES),
        "digit": whole(0, 9),
        "scale": number(SMALLEST_SCALE, LARGEST_SCALE),
        "dataset": Parameter(_dataset, ", ".join(DATASETS)),
        "normalization": choice(NORMALIZATIONS),
        "activation": choice(ACTIVATIONS),
        "find": Parameter(_search, f"up to {MAX_SEARCH_LENGTH} letters"),
    }
