"""The preflight check: what will go wrong, known before training."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from core.diagnostics import loss_checks, output_checks, rate_checks, remedies, training_checks
from core.diagnostics.compatibility import label
from core.diagnostics.findings import Finding, Severity
from core.diagnostics.setting_facts import Facts, facts
from core.metrics.dataset_stats import DatasetStats
from core.variant import Variant

# In order of importance.
CHECKS: tuple[Callable[[Variant, Facts], Finding | None], ...] = (
    output_checks.softmax_sum,
    loss_checks.no_lower_bound,
    loss_checks.wrong_minimum,
    loss_checks.no_distributions,
    loss_checks.wrong_gradient,
    loss_checks.logits_shown,
    output_checks.out_of_range,
    output_checks.no_gradient,
    loss_checks.no_distribution,
    loss_checks.any_brightness,
    loss_checks.hidden_logits,
    output_checks.dead_pixels,
    loss_checks.median,
    loss_checks.tiny_targets,
    output_checks.better_activation,
    output_checks.greys_lost,
)
TRAINING_CHECKS: tuple[Callable[[Variant, Facts], Finding | None], ...] = (
    rate_checks.rate_too_large,
    rate_checks.rate_too_small,
    training_checks.few_steps,
    training_checks.large_batch,
    training_checks.saturated_layers,
    training_checks.hidden_sigmoids,
    training_checks.hidden_softmax,
    training_checks.noisy_target,
    training_checks.strong_noise,
    training_checks.faint_noise,
    training_checks.strong_penalty,
    training_checks.narrow_bottleneck,
)
ORDER: tuple[Severity, ...] = ("fault", "warning", "fit", "note")


def preflight(variant: Variant, statistics: DatasetStats) -> list[Finding]:
    """What will go wrong with these settings, and what to change.

    Nothing is trained, and no image is read.

    Args:
        variant: the settings.
        statistics: statistics of its data set.

    Returns:
        Findings, most important first. If output, loss and normalization are compatible, one is
        "fits", after the faults and warnings about the training.
    """
    return findings(variant, facts(variant, statistics))


def findings(variant: Variant, known: Facts) -> list[Finding]:
    """`preflight` from known facts, such as the evidence of a run."""
    found = [finding for check in CHECKS if (finding := check(variant, known))]
    if not any(finding.severity in ("fault", "warning") for finding in found):
        found = [output_checks.fits(variant, known), *found]
    found += [finding for check in TRAINING_CHECKS if (finding := check(variant, known))]
    return _with_remedies(variant, known, sorted(found, key=lambda f: ORDER.index(f.severity)))


def _with_remedies(variant: Variant, known: Facts, found: Sequence[Finding]) -> list[Finding]:
    """Add the remedy to each finding, unless another finding has the same remedy."""
    offered: list[dict[str, Any]] = []
    finished = []
    for finding in found:
        remedy = finding.remedy
        if finding.setting and remedy is None and finding.severity != "note":
            remedy = remedies.of_finding(finding, variant, known)
        if remedy and remedy not in offered:
            offered.append(dict(remedy))
            words = finding.remedy_label or label(remedy)
            finding = replace(finding, remedy=remedy, remedy_label=words)
        else:
            finding = replace(finding, remedy=None, remedy_label=None)
        finished.append(finding)
    return finished
