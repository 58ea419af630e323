"""The questions asked before a step of the story shows its outcome."""

from __future__ import annotations

from dataclasses import dataclass

from core.store.shipped import Gallery
from core.variant import Variant
from core.views.predictions import Question, question
from core.views.story.story_steps import (
    AT_MEDIAN,
    BINARIZED,
    MISFIT,
    OTHERS,
    RAW,
    SIGMOID,
    SOFTMAX,
    WHEN,
)

DIGITS = (0, 2, 3, 5)
# The wrong candidates, in order of preference.
NOISE = Variant(activation="linear", loss="categorical_crossentropy")
CANDIDATES = (SIGMOID, SOFTMAX, OTHERS[MISFIT], NOISE, OTHERS[AT_MEDIAN])


@dataclass(frozen=True, kw_only=True)
class _Asked:
    variant: Variant
    setup: str
    why: str


_QUESTIONS = {
    1: _Asked(
        variant=RAW,
        setup="Softmax out, binary cross-entropy, and pixels from 0 to 255, as in the question.",
        why="Softmax outputs sum to 1, and for targets above 1 the loss falls whatever the image.",
    ),
    2: _Asked(
        variant=SOFTMAX,
        setup="The pixels are divided by 255, and the loss falls from 0.69 to about 0.11.",
        why="784 outputs that sum to 1 cannot draw a digit that needs about 100.",
    ),
    3: _Asked(
        variant=SIGMOID,
        setup="Sigmoid takes the place of softmax, and the loss curve stays the same.",
        why="Sigmoid gives each pixel a value of its own from 0 to 1, the range of the targets.",
    ),
    4: _Asked(
        variant=BINARIZED,
        setup="The pixels become 0 or 1, and the lowest possible loss 0. Sigmoid and binary"
        " cross-entropy stay.",
        why="A sigmoid reaches both values: the floor of the loss changes, the digits remain.",
    ),
    5: _Asked(
        variant=OTHERS[MISFIT],
        setup="Sigmoid out, mean squared error, and pixels scaled to the range from -1 to 1.",
        why="Sigmoid never outputs less than 0, which is grey on a scale from -1 to 1.",
    ),
    6: _Asked(
        variant=WHEN,
        setup="Softmax again, with categorical cross-entropy, on images divided by their sum.",
        why="Such an image is a distribution over its pixels, which is what softmax outputs.",
    ),
}


def step_question(number: int, gallery: Gallery) -> Question | None:
    """The question before a step; None if its runs are not shipped.

    Args:
        number: a key of `core.views.story.story_state.STEPS`.
        gallery: the shipped runs.
    """
    asked = _QUESTIONS[number]
    run = gallery.get(asked.variant.key, with_weights=False)
    if run is None:
        return None
    others = (
        gallery.get(variant.key, with_weights=False)
        for variant in CANDIDATES
        if variant != asked.variant
    )
    shipped = (other for other in others if other is not None)
    return question(run, shipped, DIGITS, setup=asked.setup, why=asked.why)
