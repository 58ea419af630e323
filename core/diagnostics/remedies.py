"""Remedies: the changes of settings that solve all known problems."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from core.data.image_sets import info_of
from core.diagnostics import rate_checks
from core.diagnostics import training_checks as checks
from core.diagnostics.compatibility import fits, nearest
from core.diagnostics.findings import Finding
from core.diagnostics.setting_facts import Facts
from core.variant import RANGES, Variant, changes_between

# Three times the necessary steps and at least the data set's default epochs, but no more epochs
# than a public lab allows.
STEPS = 3 * rate_checks.ENOUGH_STEPS
MAX_EPOCHS = 100
BEST_OPTIMIZER = "adam"

Changes = dict[str, Any]
Check = Callable[[Variant, Facts], Finding | None]
Repair = Callable[[Variant, Facts], Changes]


def rate(variant: Variant, known: Facts) -> Changes:
    """The optimizer's usual rate; slow optimizers are replaced with Adam."""
    usual = rate_checks.ADAPTIVE[BEST_OPTIMIZER].usual
    known_rates = rate_checks.ADAPTIVE.get(variant.optimizer)
    if known_rates and not known_rates.is_slow:
        return {"learning_rate": known_rates.usual}
    return {"optimizer": BEST_OPTIMIZER, "learning_rate": usual}


def slower(variant: Variant) -> Changes:
    """The usual rate if that is lower, else a tenth of the current one."""
    usual = rate_checks.ADAPTIVE.get(variant.optimizer)
    if usual and not usual.is_slow and variant.learning_rate > rate_checks.FASTER * usual.usual:
        return {"learning_rate": usual.usual}
    if usual and not usual.is_slow:
        low = RANGES["learning_rate"][0]
        return {"learning_rate": max(float(f"{variant.learning_rate / 10:.2g}"), low)}
    return {
        "optimizer": BEST_OPTIMIZER,
        "learning_rate": rate_checks.ADAPTIVE[BEST_OPTIMIZER].usual,
    }


def more_steps(variant: Variant, known: Facts) -> Changes:
    """Smaller batches if they are large, and more epochs if that is not enough."""
    changes: Changes = {}
    if variant.batch_size > checks.LARGE_BATCH:
        changes["batch_size"] = checks.USUAL_BATCH
    smaller = replace(variant, **changes)
    if rate_checks.steps(smaller) < STEPS:
        epochs = max(_enough_epochs(smaller), variant.epochs)
        changes |= {"epochs": epochs} if epochs > variant.epochs else {}
    return changes


def longer(variant: Variant) -> Changes:
    """Four times as many epochs, and enough steps."""
    most = min(max(MAX_EPOCHS, 2 * variant.epochs), int(RANGES["epochs"][1]))
    return {"epochs": min(max(4 * variant.epochs, _enough_epochs(variant)), most)}


def _enough_epochs(variant: Variant) -> int:
    needed = math.ceil(STEPS / rate_checks.steps_per_epoch(variant))
    return min(max(needed, info_of(variant.dataset).default_epochs), MAX_EPOCHS)


def usual_training(variant: Variant) -> Changes:
    """The usual optimizer, rate, batch size, hidden layers and epochs."""
    epochs = _enough_epochs(replace(variant, batch_size=checks.USUAL_BATCH))
    usual: Changes = {
        "optimizer": BEST_OPTIMIZER,
        "learning_rate": rate_checks.ADAPTIVE[BEST_OPTIMIZER].usual,
        "batch_size": checks.USUAL_BATCH,
        "hidden_activation": "relu",
        "layers": [max(width, checks.WIDE_ENOUGH) for width in variant.layers],
        "epochs": max(epochs, variant.epochs),
    }
    given = variant.to_dict()
    return {name: value for name, value in usual.items() if value != given[name]}


def wider(variant: Variant, known: Facts) -> Changes:
    """A wide enough bottleneck, with all layers at least as wide."""
    return {"layers": [max(width, checks.WIDE_ENOUGH) for width in variant.layers]}


def smaller_batch(variant: Variant, known: Facts) -> Changes:
    """The usual batch size."""
    return {"batch_size": checks.USUAL_BATCH}


def divided_by_255(variant: Variant, known: Facts) -> Changes:
    """Pixels from 0 to 1."""
    return {"normalization": "unit"}


def relus(variant: Variant, known: Facts) -> Changes:
    """Relu in the hidden layers."""
    return {"hidden_activation": "relu"}


def no_softmax(variant: Variant, known: Facts) -> Changes:
    """Relu in place of softmax in hidden layers."""
    names = ("hidden_activation", "bottleneck_activation")
    return {name: "relu" for name in names if getattr(variant, name) == "softmax"}


def clean_target(variant: Variant, known: Facts) -> Changes:
    """The clean images as targets."""
    return {"noise_target": "clean"}


def usual_noise(variant: Variant, known: Facts) -> Changes:
    """Noise with a standard deviation of 0.3 times the pixels' range, or on 30 % of the pixels."""
    span = rate_checks.SPANS[variant.normalization] if variant.noise == "gaussian" else 1.0
    return {"noise_level": float(f"{checks.USUAL_NOISE * span:.3g}")}


def no_penalty(variant: Variant, known: Facts) -> Changes:
    """No weight decay and no L1 penalty, where these are strong."""
    limits = {"code_l1": checks.strong_l1(variant), "weight_decay": checks.strong_decay(variant)}
    return {name: 0.0 for name, limit in limits.items() if getattr(variant, name) >= limit}


# In order: each check is applied to the variant with the previous repairs.
TRAINING_REPAIRS: dict[str, tuple[Check, Repair]] = {
    "saturated_layers": (checks.saturated_layers, divided_by_255),
    "hidden_sigmoids": (checks.hidden_sigmoids, relus),
    "hidden_softmax": (checks.hidden_softmax, no_softmax),
    "noisy_target": (checks.noisy_target, clean_target),
    "strong_noise": (checks.strong_noise, usual_noise),
    "strong_penalty": (checks.strong_penalty, no_penalty),
    "narrow_bottleneck": (checks.narrow_bottleneck, wider),
    "rate_too_large": (rate_checks.rate_too_large, rate),
    "rate_too_small": (rate_checks.rate_too_small, rate),
    "large_batch": (checks.large_batch, smaller_batch),
    "few_steps": (checks.few_steps, more_steps),
}


def of_finding(finding: Finding, variant: Variant, known: Facts) -> Changes:
    """The changes for a finding: its training repair, or the nearest compatible choice."""
    if finding.code not in TRAINING_REPAIRS:
        return dict(nearest(variant, finding.setting or ""))
    _, repair = TRAINING_REPAIRS[finding.code]
    return repair(variant, known)


def complete(variant: Variant, known: Facts, first: Mapping[str, Any], *, unfit: bool) -> Changes:
    """A change together with all others that a working run needs.

    Args:
        variant: the variant of the run.
        known: its facts.
        first: the changes for its cause.
        unfit: whether output, loss and normalization must be made compatible too.

    Returns:
        The new values by field, without unchanged ones; may be empty.
    """
    changed = replace(variant, **first)
    if unfit and fits(changed) is None:
        fitting: Changes = dict(nearest(changed, "activation"))
        changed = replace(changed, **fitting)
    for check, repair in TRAINING_REPAIRS.values():
        if check(changed, known):
            changed = replace(changed, **repair(changed, known))
    values = changed.to_dict()
    return {field: values[field] for field in changes_between(variant, changed)}
