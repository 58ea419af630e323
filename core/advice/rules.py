"""The verdict: a table of rules, the first of which that applies says what became of a run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from core import formats
from core.advice.cases import Case
from core.advice.checks import findings
from core.advice.findings import Tone, Verdict
from core.objectives import ACTIVATIONS
from core.runs import Run

# Below this share of the mean image's error nearly every digit is recognized.
WORKS = 0.4
# With less of the originals' light than this a picture is black to the eye.
BLACK = 0.05
# Outputs that are stuck at an end of their range, as a share of all.
SATURATED = 0.1
# Distance from a rival, as a share of the mean image's error, and variance over the images, as a
# share of the originals', below which there is in effect one picture for all.
SAME_AS_RIVAL = 0.15
HARDLY_VARIES = 0.12
NEVER_VARIES = 0.05
# Light, as a share of the originals', beyond which strokes are visibly too thick or too thin.
TOO_BRIGHT = 1.3
TOO_THIN = 0.85
# Share of the pixel places that should vary and do not: from here on digits have holes.
STUCK = 0.05
# A floor or a best error above these is worth a word.
FLOOR = 1e-6
BEST = 0.01


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One line of the table.

    Attributes:
        code, tone, word: of the verdict.
        applies: whether this is what became of the run.
        proof: the verdict's sentence.
        causes: codes of the findings that explain it, the likeliest first; where none of them was
            found, the first fault or warning is to blame.
    """

    code: str
    tone: Tone
    word: str
    applies: Callable[[Case], bool]
    proof: Callable[[Case], str]
    causes: tuple[str, ...] = ()


def verdict(run: Run) -> Verdict:
    """What became of a run, in one sentence, and the finding that is to blame.

    Args:
        run: with its evidence; without it no more than its error is told.

    Returns:
        By the first rule that applies; one does for every run.
    """
    case = Case(run)
    rule = next(rule for rule in RULES if rule.applies(case))
    return Verdict(
        code=rule.code,
        tone=rule.tone,
        word=rule.word,
        sentence=rule.proof(case),
        guilty=_guilty(case, rule.causes) if rule.tone in ("bad", "warning") else None,
    )


def _guilty(case: Case, causes: tuple[str, ...]) -> str | None:
    if not case.is_measured:
        return None
    found = findings(case.run.variant, case.run.evidence)
    suspects = [finding.code for finding in found if finding.severity in ("fault", "warning")]
    return next((code for code in (*causes, *suspects) if code in suspects), None)


def _stopped(case: Case) -> str:
    return f"It ended in epoch {case.last_epoch}; what it learned until then is kept."


def _not_a_number(case: Case) -> str:
    return f"In epoch {case.last_epoch} the loss was no longer a number; the last good is shown."


def _unmeasured(case: Case) -> str:
    return f"Pixel error {formats.loss(case.run.scores.mse)} on held-out images."


def _runaway(case: Case) -> str:
    return f"Since epoch {case.runaway_epoch} the loss runs away, to {formats.loss(case.loss)}."


def _black_but_fine(case: Case) -> str:
    brightest = formats.pixel(case.get("largest"))
    return f"The loss looks fine ({formats.loss(case.loss)}), but no pixel is above {brightest}."


def _wrong_but_fine(case: Case) -> str:
    return (
        f"The loss looks fine ({formats.loss(case.loss)}), the pictures do not: {_compared(case)}"
    )


def _black(case: Case) -> str:
    shown, original = formats.total(case.get("sum")), formats.total(case.get("original_sum"))
    return f"The pixels of an image sum to {shown} instead of {original}."


def _saturated(case: Case) -> str:
    name = ACTIVATIONS[case.run.variant.activation].label
    stuck = f"{formats.share(case.get('saturated'))} of the outputs are stuck at an end of {name}"
    if case.black_is_shown_as > BLACK:
        return f"{stuck}; black is shown as {formats.pixel(case.black_is_shown_as)}."
    return f"{stuck}'s range."


def _works(case: Case) -> str:
    closer = f"{formats.factor(1 / case.error)} times closer than the mean image"
    if case.best > BEST:
        return f"{closer}; the best possible is {formats.factor(1 / case.best)} times."
    return f"{closer}."


def _works_above_floor(case: Case) -> str:
    excess = (case.loss or 0.0) - (case.floor or 0.0)
    return (
        f"{formats.factor(1 / case.error)} times closer than the mean image. The loss is"
        f" {formats.loss(excess)} above its floor of {formats.loss(case.floor)}."
    )


def _one_picture(case: Case) -> str:
    varies = formats.share(case.get("variation"))
    return f"The same for every image: what it draws varies by {varies} of the originals."


def _too_bright(case: Case) -> str:
    return f"{formats.factor(case.light)} times the light of the originals."


def _thin(case: Case) -> str:
    return f"Only {formats.share(case.light)} of the originals' light is there."


def _stuck(case: Case) -> str:
    return f"{formats.share(case.get('stuck'))} of the pixel places that should vary never do."


def _compared(case: Case) -> str:
    if case.error < 1:
        return f"Only {formats.factor(1 / case.error)} times closer than the mean image."
    return f"{formats.factor(case.error)} times farther off than the mean image."


RULES: tuple[Rule, ...] = (
    Rule(
        code="stopped",
        tone="neutral",
        word="Stopped.",
        applies=lambda case: case.run.status == "stopped",
        proof=_stopped,
    ),
    Rule(
        code="diverged",
        tone="bad",
        word="Diverged.",
        applies=lambda case: case.run.status == "diverged",
        proof=_not_a_number,
        causes=("no_lower_bound", "no_distribution", "wrong_gradient"),
    ),
    Rule(
        code="unmeasured",
        tone="neutral",
        word="Trained.",
        applies=lambda case: not case.is_measured,
        proof=_unmeasured,
    ),
    Rule(
        code="runaway",
        tone="bad",
        word="Diverged.",
        applies=lambda case: case.runaway_epoch is not None,
        proof=_runaway,
        causes=("no_lower_bound", "wrong_gradient"),
    ),
    Rule(
        code="misleads_black",
        tone="bad",
        word="Black.",
        applies=lambda case: case.looks_fine and case.light < BLACK,
        proof=_black_but_fine,
        causes=("softmax_sum", "hidden_logits"),
    ),
    Rule(
        code="black",
        tone="bad",
        word="Black.",
        applies=lambda case: case.light < BLACK,
        proof=_black,
        causes=("softmax_sum", "out_of_range", "median", "tiny_targets"),
    ),
    Rule(
        code="saturated",
        tone="bad",
        word="Saturated.",
        applies=lambda case: case.get("saturated") > SATURATED,
        proof=_saturated,
        causes=("out_of_range", "wrong_minimum"),
    ),
    Rule(
        code="works_above_floor",
        tone="good",
        word="It works.",
        applies=lambda case: case.error < WORKS and (case.floor or 0.0) > FLOOR,
        proof=_works_above_floor,
    ),
    Rule(
        code="works",
        tone="good",
        word="It works.",
        applies=lambda case: case.error < WORKS,
        proof=_works,
    ),
    Rule(
        code="median_image",
        tone="bad",
        word="Median image.",
        applies=lambda case: _is_one_picture(case, "median_image"),
        proof=_one_picture,
        causes=("median", "tiny_targets"),
    ),
    Rule(
        code="mean_image",
        tone="bad",
        word="Mean image.",
        applies=lambda case: _is_one_picture(case, "mean_image"),
        proof=_one_picture,
        causes=("tiny_targets",),
    ),
    Rule(
        code="one_picture",
        tone="bad",
        word="One picture.",
        applies=lambda case: case.get("variation") < NEVER_VARIES,
        proof=_one_picture,
        causes=("softmax_sum", "tiny_targets", "median"),
    ),
    Rule(
        code="misleads",
        tone="bad",
        word="Misleads.",
        applies=lambda case: case.looks_fine and case.error >= 1,
        proof=_wrong_but_fine,
        causes=("hidden_logits",),
    ),
    Rule(
        code="too_bright",
        tone="bad",
        word="Too bright.",
        applies=lambda case: case.light > TOO_BRIGHT,
        proof=_too_bright,
        causes=("any_brightness", "no_distribution"),
    ),
    Rule(
        code="thin_strokes",
        tone="warning",
        word="Thin strokes.",
        applies=lambda case: case.light < TOO_THIN,
        proof=_thin,
        causes=("median",),
    ),
    Rule(
        code="stuck_pixels",
        tone="warning",
        word="Stuck pixels.",
        applies=lambda case: case.get("stuck") > STUCK,
        proof=_stuck,
        causes=("no_gradient", "dead_pixels"),
    ),
    Rule(
        code="blurred",
        tone="warning",
        word="Blurred.",
        applies=lambda case: case.error < 1,
        proof=_compared,
    ),
    Rule(
        code="wrong",
        tone="bad",
        word="Wrong.",
        applies=lambda case: True,
        proof=_compared,
    ),
)


def _is_one_picture(case: Case, rival: str) -> bool:
    return case.get("variation") < HARDLY_VARIES and case.distance(rival) < SAME_AS_RIVAL
