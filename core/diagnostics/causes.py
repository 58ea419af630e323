"""The cause of a bad run: what the training shows comes before what the settings suggest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from core.diagnostics import remedies
from core.diagnostics import training_checks as checks
from core.diagnostics.compatibility import label
from core.diagnostics.findings import Finding
from core.diagnostics.preflight import findings
from core.diagnostics.verdict_case import VerdictCase
from core.text import formats

# Of the training, in the order in which they outrank each other.
OF_TRAINING = (
    *("rate_too_large", "rate_too_small", "hidden_sigmoids"),
    *("hidden_softmax", "noisy_target", "strong_penalty"),
    *("narrow_bottleneck", "few_steps", "large_batch"),
)
# From so many times the usual rate on, a run that went wrong is suspected to have gone too fast.
FAST = 3.0
# A layer with so few living units passes nothing on.
NEARLY_ALL = 0.9
# A loss that came less of its way than this in the last fifth of the steps is at rest.
AT_REST = 0.005
# Warnings on output and loss with which a well-trained network still draws better than an
# untrained one; the others must be repaired too.
HARMLESS = {"dead_pixels", "median"}

Suspects = Mapping[str, Finding]


def cause(case: VerdictCase, likeliest: Sequence[str]) -> Finding | None:
    """The finding that explains a bad run, with the remedy for all that stands in the way.

    Args:
        case: the run.
        likeliest: codes of the findings that explain this verdict, the likeliest first.

    Returns:
        A fault of output, loss and pixels; else what the training shows; else a warning; None
        where the run has no evidence.
    """
    if not case.is_measured:
        return None
    found = findings(case.run.variant, case.run.evidence)
    suspects = {f.code: f for f in found if f.severity in ("fault", "warning")}
    has_fault = any(finding.severity == "fault" for finding in suspects.values())
    named = next((code for code in (*likeliest, *suspects) if code in suspects), None)
    finding = None if has_fault else _of_training(case, suspects)
    finding = finding or (suspects[named] if named else _of_curve(case))
    return _with_remedy(case, finding, suspects)


def with_cause(found: Sequence[Finding], cause: Finding | None) -> list[Finding]:
    """Findings of before a training with the cause of what became of it: in its place, or first."""
    if cause is None:
        return list(found)
    if cause.code not in {finding.code for finding in found}:
        return [cause, *found]
    return [cause if finding.code == cause.code else finding for finding in found]


def _of_training(case: VerdictCase, suspects: Suspects) -> Finding | None:
    """What the checks of the training warned of, or what the run shows of it without them."""
    if "rate_too_large" not in suspects and _was_too_fast(case):
        return _too_fast(case)
    known = next((code for code in OF_TRAINING if code in suspects), None)
    return suspects[known] if known else _dead_units(case)


def _of_curve(case: VerdictCase) -> Finding:
    return _overfitted(case) or _at_rest(case) or _unfinished(case)


def _was_too_fast(case: VerdictCase) -> bool:
    if case.run.status == "diverged" or case.runaway_epoch is not None:
        return True
    is_fast = checks.relative_rate(case.run.variant) > FAST
    return is_fast and (case.has_spiked or case.dead_share > NEARLY_ALL)


def _too_fast(case: VerdictCase) -> Finding:
    losses = case.run.history.losses
    highest = formats.loss(max(losses, key=abs)) if losses else "–"
    sentence = f"The loss started at {formats.loss(losses[0] if losses else None)} and jumped to"
    sentence += f" **{highest}**: at this rate the steps overshoot."
    if not case.has_spiked and case.dead_share > NEARLY_ALL:
        sentence = (
            f"At the end **{formats.share(case.dead_share)}** of a hidden layer's units are dead or"
            " saturated: the first steps went too far."
        )
    variant = case.run.variant
    return Finding(
        code="rate_too_large",
        severity="warning",
        title="Rate too large",
        sentence=sentence,
        value=checks.relative_rate(variant),
        setting="learning_rate",
        remedy=remedies.slower(variant),
    )


def _overfitted(case: VerdictCase) -> Finding | None:
    best = case.better_epoch
    if best is None:
        return None
    lowest = min(scores.mse for scores in case.run.history.epochs)
    return Finding(
        code="overfitting",
        severity="warning",
        title="Trained too long",
        sentence=f"The held-out error was lowest after epoch **{best}**, {formats.loss(lowest)},"
        f" and is {formats.loss(case.run.scores.mse)} at the end.",
        value=float(best),
        setting="epochs",
        remedy={"epochs": best},
    )


def _dead_units(case: VerdictCase) -> Finding | None:
    if case.dead_share <= NEARLY_ALL:
        return None
    is_relu = case.run.variant.hidden_activation == "relu"
    return Finding(
        code="dead_units",
        severity="warning",
        title="Dead units",
        sentence=f"**{formats.share(case.dead_share)}** of a hidden layer's units give the same"
        " output for every image and carry no information about it.",
        value=case.dead_share,
        setting="hidden_activation",
        remedy={"hidden_activation": "tanh" if is_relu else "relu"},
    )


def _at_rest(case: VerdictCase) -> Finding | None:
    if case.slope >= AT_REST:
        return None
    remedy = remedies.usual_training(case.run.variant)
    if not remedy:
        return None
    return Finding(
        code="plateau",
        severity="warning",
        title="Plateau",
        sentence=f"The loss has stopped falling at **{formats.loss(case.loss)}**: no check"
        " explains why, and more epochs would not help. Try the usual training settings.",
        value=case.loss,
        setting=next(iter(remedy)),
        remedy=remedy,
    )


def _unfinished(case: VerdictCase) -> Finding:
    epochs = formats.epochs(case.run.variant.epochs)
    slope = max(case.slope, 0.0)
    return Finding(
        code="few_epochs",
        severity="warning",
        title="Few epochs",
        sentence=f"After {epochs} the loss is still falling: **{formats.share(slope)}** of its"
        " decrease came in the last fifth of the steps.",
        value=slope,
        setting="epochs",
        remedy=remedies.longer(case.run.variant),
    )


def _with_remedy(case: VerdictCase, finding: Finding, suspects: Suspects) -> Finding:
    variant, known = case.run.variant, case.run.evidence
    unfit = {code for code in suspects if code not in remedies.OF_TRAINING} - HARMLESS
    first: Mapping[str, Any] = finding.remedy or {}
    if not first and finding.setting:  # another finding has the same remedy
        first = remedies.of_finding(finding, variant, known)
    if finding.code == "hidden_logits":
        first = {}  # from the outputs it would fail too
    remedy = remedies.complete(variant, known, first, unfit=bool(unfit))
    if finding.code == "overfitting":
        remedy |= first  # measured, where the checks of steps only estimate
    if not remedy:
        return replace(finding, remedy=None, remedy_label=None)
    return replace(finding, remedy=remedy, remedy_label=label(remedy))
