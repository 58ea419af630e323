"""The cause of a bad run: evidence from the training takes precedence over checks of settings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from core.diagnostics import rate_checks, remedies
from core.diagnostics.compatibility import label
from core.diagnostics.findings import Finding
from core.diagnostics.preflight import findings
from core.diagnostics.verdict_case import VerdictCase
from core.layer_widths import bottleneck
from core.text import formats

# Codes of findings about the training, in order of precedence.
TRAINING_CAUSES = (
    *("rate_too_large", "saturated_layers", "rate_too_small", "hidden_sigmoids"),
    *("hidden_softmax", "noisy_target", "strong_noise", "strong_penalty"),
    *("narrow_bottleneck", "few_steps", "large_batch"),
)
# A layer with more than this share of dead or saturated units carries no information.
NEARLY_ALL = 0.9
# The loss has stopped falling if the last fifth of the steps has less than this share of its
# decrease.
PLATEAU = 0.005
# Warnings about output and loss that do not prevent good reconstructions. All others are repaired
# with the cause.
HARMLESS = {"dead_pixels"}

Suspects = Mapping[str, Finding]


def of_case(case: VerdictCase, likeliest: Sequence[str]) -> Finding | None:
    """The finding that explains a bad run, with a remedy for everything that must be changed.

    Args:
        case: the run.
        likeliest: codes of the findings that explain its verdict, most likely first.

    Returns:
        A fault of output, loss and normalization; else a finding about the training; else a
        warning; None if the run has no evidence.
    """
    if not case.is_measured:
        return None
    found = findings(case.run.variant, case.run.evidence)
    suspects = {f.code: f for f in found if f.severity in ("fault", "warning")}
    has_fault = any(finding.severity == "fault" for finding in suspects.values())
    by_training = None if has_fault else _of_training(case, suspects)
    finding = by_training or _likeliest(suspects, likeliest) or _of_curve(case)
    return _with_remedy(case, finding, suspects)


def with_cause(found: Sequence[Finding], cause: Finding | None) -> list[Finding]:
    """The preflight findings with the cause, which replaces the same finding or comes first."""
    if cause is None:
        return list(found)
    if cause.code not in {finding.code for finding in found}:
        return [cause, *found]
    return [cause if finding.code == cause.code else finding for finding in found]


def _likeliest(suspects: Suspects, likeliest: Sequence[str]) -> Finding | None:
    codes = (*likeliest, *suspects)
    return next((suspects[code] for code in codes if code in suspects), None)


def _of_training(case: VerdictCase, suspects: Suspects) -> Finding | None:
    """A warning of the training checks; else what the run itself shows."""
    is_explained = "rate_too_large" in suspects or "saturated_layers" in suspects
    overshot = None if is_explained else rate_checks.overshot(case)
    if overshot:
        return replace(overshot, remedy=remedies.slower(case.run.variant))
    known = next((code for code in TRAINING_CAUSES if code in suspects), None)
    return suspects[known] if known else _dead_units(case)


def _of_curve(case: VerdictCase) -> Finding:
    return _overfitted(case) or _plateau(case) or _unfinished(case)


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
    if case.deadest is None or case.dead_share <= NEARLY_ALL:
        return None
    variant = case.run.variant
    is_code = case.deadest.layer == bottleneck(variant.layers)
    setting = "hidden_activation"
    better = "tanh" if variant.hidden_activation == "relu" else "relu"
    if is_code and variant.bottleneck_activation != "same":
        setting, better = "bottleneck_activation", "linear"
    return Finding(
        code="dead_units",
        severity="warning",
        title="Dead units",
        sentence=f"**{formats.share(case.dead_share)}** of a hidden layer's units give the same"
        " output for every image and carry no information about it.",
        value=case.dead_share,
        setting=setting,
        remedy={setting: better},
    )


def _plateau(case: VerdictCase) -> Finding | None:
    if case.slope >= PLATEAU:
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
    unfit = {code for code in suspects if code not in remedies.TRAINING_REPAIRS} - HARMLESS
    first: Mapping[str, Any] = finding.remedy or {}
    if not first and finding.setting:  # another finding has the same remedy
        first = remedies.of_finding(finding, variant, known)
    if finding.code == "hidden_logits":
        first = {}  # the run would also fail with the loss from the outputs
    remedy = remedies.complete(variant, known, first, unfit=bool(unfit))
    if finding.code == "overfitting":
        remedy |= first  # measured, while the training checks only estimate
    if not remedy:
        return replace(finding, remedy=None, remedy_label=None)
    return replace(finding, remedy=remedy, remedy_label=label(remedy))
