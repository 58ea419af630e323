"""The verdict on a run: the first rule of a table that applies."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from core.data.datasets import PIXELS
from core.diagnostics import causes
from core.diagnostics.findings import Finding, Tone, Verdict
from core.diagnostics.verdict_case import VerdictCase
from core.diagnostics.verdict_numbers import against_pca, sentence
from core.metrics.baselines import has_pca
from core.run import Run

# Below this share of the mean image's error, most images are recognizable: a classifier with an
# accuracy of 93.0 % on original digits has 79.4 % on PCA's reconstructions with an error of 43.7 %
# (`tools.check_recognition`).
WORKS = 0.45
# Images with less than this share of the originals' brightness look black.
BLACK = 0.05
# The share of saturated outputs above which the run counts as saturated.
SATURATED = 0.2
# Distance from a baseline, as a share of the mean image's error, and variance over the images, as a
# share of the originals', below which all reconstructions count as the same image.
SAME_AS_BASELINE = 0.15
HARDLY_VARIES = 0.09
NEVER_VARIES = 0.05
# Brightness, as a share of the originals', beyond which images are visibly too bright or too dark.
TOO_BRIGHT = 1.3
TOO_DARK = 0.85
# The shares of constant pixels, among those that should vary, above which digits have visible
# holes, and above which they are full of holes, even if recognizable.
STUCK = 0.05
FULL_OF_HOLES = 0.3
# An image whose brightest pixel is below this looks grey.
DIM = 0.7
# A floor above this is mentioned.
FLOOR = 1e-6


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A rule for a verdict.

    Attributes:
        code, tone, word: fields of the verdict.
        applies: whether the rule applies to a run.
        template: the verdict's sentence, with names of `NUMBERS` in braces.
        causes: codes of the findings that explain it, most likely first; see
            `core.diagnostics.causes`.
    """

    code: str
    tone: Tone
    word: str
    applies: Callable[[VerdictCase], bool]
    template: str
    causes: tuple[str, ...] = ()


def verdict(run: Run) -> Verdict:
    """The verdict on a run.

    Args:
        run: a run; without evidence the verdict states only its error.

    Returns:
        The verdict of the first rule that applies; one applies to every run.
    """
    case = VerdictCase(run)
    rule = _rule(case)
    found = _cause(rule, case)
    return Verdict(
        code=rule.code,
        # An error above the mean image's is always bad.
        tone="bad" if rule.tone == "warning" and case.error >= 1 else rule.tone,
        word=rule.word,
        sentence=sentence(rule.template, case) + _about_bottleneck(rule, case),
        cause=None if found is None else found.code,
        remedy=None if found is None else found.remedy,
    )


def cause(run: Run) -> Finding | None:
    """The finding that is the cause of the verdict on a run; None if there is none."""
    case = VerdictCase(run)
    return _cause(_rule(case), case)


def _rule(case: VerdictCase) -> Rule:
    return next(rule for rule in RULES if rule.applies(case))


def _cause(rule: Rule, case: VerdictCase) -> Finding | None:
    return causes.of_case(case, rule.causes) if rule.tone in ("bad", "warning") else None


def _about_bottleneck(rule: Rule, case: VerdictCase) -> str:
    is_about_images = rule.tone != "neutral" and rule.word != "Diverged."
    if rule.tone == "good" and not has_pca(case.run.variant):
        return f" Nothing is compressed: no layer is narrower than the image's {PIXELS} pixels."
    return against_pca(rule.template, case) if is_about_images else ""


RULES: tuple[Rule, ...] = (
    Rule(
        code="stopped",
        tone="neutral",
        word="Stopped.",
        applies=lambda case: case.run.status == "stopped",
        template="It ended in epoch {epoch}; the weights from before the stop are kept.",
    ),
    Rule(
        code="diverged",
        tone="bad",
        word="Diverged.",
        applies=lambda case: case.run.status == "diverged",
        template="In epoch {epoch} the loss became infinite or NaN; the last finite state is"
        " shown.",
        causes=("no_lower_bound", "no_distribution", "wrong_gradient"),
    ),
    Rule(
        code="unmeasured",
        tone="neutral",
        word="Trained.",
        applies=lambda case: not case.is_measured,
        template="Pixel error {error} on held-out images.",
    ),
    Rule(
        code="runaway",
        tone="bad",
        word="Diverged.",
        applies=lambda case: case.runaway_epoch is not None,
        template="From epoch {runaway_epoch} on, the loss diverges, reaching {loss}{better_epoch}.",
        causes=("no_lower_bound", "wrong_gradient"),
    ),
    Rule(
        code="no_yardstick",
        tone="neutral",
        word="Trained.",
        applies=lambda case: not case.has_mean_image_error,
        template="Pixel error {error}; the held-out images are equal, so the mean image has no"
        " error to compare it with.",
    ),
    Rule(
        code="misleads_black",
        tone="bad",
        word="Black.",
        applies=lambda case: case.looks_fine and case.brightness < BLACK,
        template="The loss looks fine ({loss}), but an image's brightest pixel is {largest} on"
        " average.",
        causes=("softmax_sum", "hidden_logits"),
    ),
    Rule(
        code="black",
        tone="bad",
        word="Black.",
        applies=lambda case: case.brightness < BLACK,
        template="The pixels of an image sum to {sum} instead of {original_sum}.",
        causes=("softmax_sum", "out_of_range", "median", "tiny_targets"),
    ),
    Rule(
        code="saturated",
        tone="bad",
        word="Saturated.",
        applies=lambda case: case.get("saturated") > SATURATED,
        template="{saturated} of outputs are at an end of the range of {activation}"
        "{black_becomes}.",
        causes=("out_of_range", "wrong_minimum"),
    ),
    Rule(
        code="stuck_pixels",
        tone="warning",
        word="Stuck pixels.",
        applies=lambda case: _is_full_of_holes(case),
        template="{stuck} of the pixels that should vary never do.",
        causes=("no_gradient", "dead_pixels"),
    ),
    Rule(
        code="works_above_floor",
        tone="good",
        word="It works.",
        applies=lambda case: case.error < WORKS and (case.floor or 0.0) > FLOOR,
        template="Error {error_share} of the mean image's; loss {excess} above its floor {floor}.",
    ),
    Rule(
        code="works",
        tone="good",
        word="It works.",
        applies=lambda case: case.error < WORKS,
        template="Error {error_share} of the mean image's{best_possible}.",
    ),
    Rule(
        code="median_image",
        tone="bad",
        word="Median image.",
        applies=lambda case: _is_one_image(case, "median_image"),
        template="The same output for every image: only {variation} of the originals' variance.",
        causes=("median", "tiny_targets"),
    ),
    Rule(
        code="mean_image",
        tone="bad",
        word="Mean image.",
        applies=lambda case: _is_one_image(case, "mean_image"),
        template="The same output for every image: only {variation} of the originals' variance.",
        causes=("tiny_targets",),
    ),
    Rule(
        code="one_picture",
        tone="bad",
        word="One image.",
        applies=lambda case: case.get("variation") < NEVER_VARIES,
        template="The same output for every image: only {variation} of the originals' variance.",
        causes=("softmax_sum", "tiny_targets", "median"),
    ),
    Rule(
        code="misleads",
        tone="bad",
        word="Misleads.",
        applies=lambda case: case.looks_fine and case.error >= 1,
        template="The loss looks fine ({loss}), but the error is {times_mean_image} times the mean"
        " image's.",
        causes=("hidden_logits",),
    ),
    Rule(
        code="dim",
        tone="warning",
        word="Dim.",
        applies=lambda case: case.get("largest") < DIM and case.error < 1,
        template="The brightest pixel of an image is {largest} on average.",
        causes=("out_of_range",),
    ),
    Rule(
        code="thin_strokes",
        tone="warning",
        word="Too dark.",
        applies=lambda case: case.brightness < TOO_DARK,
        template="Only {brightness} of the originals' brightness.",
        causes=("median",),
    ),
    Rule(
        code="noise",
        tone="bad",
        word="Noise.",
        applies=lambda case: min(case.error, case.own_scale_error) > 1,
        template="{times_mean_image} times the mean image's error.",
        causes=("no_distribution", "wrong_minimum"),
    ),
    Rule(
        code="too_bright",
        tone="bad",
        word="Too bright.",
        applies=lambda case: case.brightness > TOO_BRIGHT,
        template="{times_brightness} times the brightness of the originals.",
        causes=("any_brightness", "no_distribution"),
    ),
    Rule(
        code="stuck_pixels",
        tone="warning",
        word="Stuck pixels.",
        applies=lambda case: case.get("stuck") > STUCK,
        template="{stuck} of the pixels that should vary never do.",
        causes=("no_gradient", "dead_pixels"),
    ),
    Rule(
        code="blurred",
        tone="warning",
        word="Blurred.",
        applies=lambda case: case.error < 1,
        template="Error {error_share} of the mean image's.",
    ),
    Rule(
        code="wrong",
        tone="bad",
        word="Wrong.",
        applies=lambda case: True,
        template="{times_mean_image} times the mean image's error.",
    ),
)

# The first words of all verdicts.
WORDS = frozenset(rule.word for rule in RULES)


def _is_one_image(case: VerdictCase, baseline: str) -> bool:
    return case.get("variation") < HARDLY_VARIES and case.distance(baseline) < SAME_AS_BASELINE


def _is_full_of_holes(case: VerdictCase) -> bool:
    return case.error < WORKS and case.get("stuck") > FULL_OF_HOLES
