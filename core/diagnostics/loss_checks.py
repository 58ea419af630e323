"""Checks of the loss: its minimum, what it measures, and what its value means."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

from core.diagnostics.compatibility import fits, label
from core.diagnostics.findings import Finding
from core.diagnostics.setting_facts import Facts
from core.objectives.activations import ACTIVATIONS
from core.objectives.losses import (
    LOSSES,
    OWN_ACTIVATION,
    takes_outputs_as_logits,
    trains_on_hidden_logits,
    trains_on_logits,
)
from core.text import formats
from core.variant import Variant

# Squared errors of targets below this are displayed as almost 0.
TINY_TARGET = 0.1
# Huber and log-cosh are close to MAE if the range of the targets is more than this multiple of the
# error from which they are linear.
WIDE_SPAN = 10.0
# The share of pixels that are black in most images. It is 82 % for digits, which lose strokes with
# MAE, and 47 % for Fashion-MNIST, where MAE works.
MOSTLY_BLACK = 0.5
# The sigmoid of a logit of 1.
GREY_SHOWN_AS_1 = 1 / (1 + math.exp(-1))


def no_lower_bound(variant: Variant, known: Facts) -> Finding | None:
    """A cross-entropy from logits with targets outside [0, 1] is unbounded below."""
    if known["floor"] is not None:
        return None
    value, sentence = _outside(variant, known)
    return Finding(
        code="no_lower_bound",
        severity="fault",
        title="No floor",
        sentence=f"{sentence} The loss has no lower bound and goes to minus infinity.",
        value=value,
        setting="normalization",
    )


def wrong_minimum(variant: Variant, known: Facts) -> Finding | None:
    """A cross-entropy of clipped outputs is bounded, but its minimum may not be at the target."""
    floor = known["floor"]
    if floor is None or floor >= 0 or variant.loss == "kl_divergence":
        return None
    _, sentence = _outside(variant, known)
    return Finding(
        code="wrong_minimum",
        severity="fault",
        title="Wrong minimum",
        sentence=f"{sentence} The minimum of the loss is where Keras clips, not at the target: it"
        f" can fall to **{formats.loss(floor)}**.",
        value=floor,
        setting="normalization",
    )


def no_distributions(variant: Variant, known: Facts) -> Finding | None:
    """KL divergence of outputs with an arbitrary sum has its minimum where all of them are 1."""
    floor = known["floor"]
    if variant.loss != "kl_divergence" or floor is None or floor >= 0:
        return None
    return Finding(
        code="no_distributions",
        severity="fault",
        title="Every pixel white",
        sentence="KL divergence compares distributions, whose values sum to 1. With"
        f" {ACTIVATIONS[variant.activation].label} nothing fixes the sum of the outputs, and the"
        " minimum of the loss is where all of them are 1: it can fall to"
        f" **{formats.loss(floor)}**.",
        value=floor,
        setting="loss",
    )


def _outside(variant: Variant, known: Facts) -> tuple[float, str]:
    """A target outside the range of a cross-entropy, and a sentence about it."""
    lowest, highest = known["lowest"] or 0.0, known["highest"] or 0.0
    title = LOSSES[variant.loss].title
    if lowest < 0:
        wanted = "0 to 1" if math.isfinite(LOSSES[variant.loss].targets[1]) else "0 or more"
        return lowest, f"Targets go down to **{lowest:.3g}**, but {title} needs {wanted}."
    return highest, f"Targets reach **{highest:.3g}**, but {title} needs 0 to 1."


def wrong_gradient(variant: Variant, known: Facts) -> Finding | None:
    """TensorFlow's gradient of categorical cross-entropy is wrong unless targets sum to 1."""
    on_logits = trains_on_logits(variant.activation, variant.loss, variant.loss_from)
    if variant.loss != "categorical_crossentropy" or not on_logits or not known["sum_missed"]:
        return None
    return Finding(
        code="wrong_gradient",
        severity="fault",
        title="Wrong gradient",
        sentence="From logits, TensorFlow assumes that an image's targets sum to 1;"
        f" these sum to about **{formats.total(known['target_sum'])}**. Its gradient, softmax minus"
        f" target, then never vanishes, and {_where_to(variant)}.",
        value=known["target_sum"],
        setting="normalization",
    )


def _where_to(variant: Variant) -> str:
    """What happens to the logits if the gradient never vanishes."""
    as_logits = takes_outputs_as_logits(variant.loss, variant.loss_from)
    if as_logits and math.isfinite(ACTIVATIONS[variant.activation].high):
        return "the outputs move to an end of their range"
    return "the logits grow without bound"


def no_distribution(variant: Variant, known: Facts) -> Finding | None:
    """Categorical cross-entropy divides by the sum of outputs, which must have one sign."""
    if not _takes_shares(variant) or not _has_both_signs(variant):
        return None
    name = ACTIVATIONS[variant.activation].label
    return Finding(
        code="no_distribution",
        severity="fault",
        title="No distribution",
        sentence="Categorical cross-entropy first divides the outputs by their sum, and those of"
        f" {name} have both signs. Shares below 0 offset shares above 1: the loss can fall to"
        f" **{formats.loss(known['floor'])}** while the image is noise.",
        value=known["floor"],
        setting="loss",
    )


def any_brightness(variant: Variant, known: Facts) -> Finding | None:
    """Categorical cross-entropy does not determine the brightness of the outputs."""
    if not _takes_shares(variant) or variant.activation == "softmax" or _has_both_signs(variant):
        return None
    return Finding(
        code="any_brightness",
        severity="warning",
        title="Any brightness",
        sentence="Categorical cross-entropy first divides the outputs by their sum: an image ten"
        " times too bright has the same loss. The targets' sum, about"
        f" **{formats.total(known['target_sum'])}**, is not learned.",
        value=known["target_sum"],
        setting="loss",
    )


def _takes_shares(variant: Variant) -> bool:
    on_logits = trains_on_logits(variant.activation, variant.loss, variant.loss_from)
    return LOSSES[variant.loss].divides_by_sum and not on_logits


def _has_both_signs(variant: Variant) -> bool:
    return ACTIVATIONS[variant.activation].low < 0


def hidden_logits(variant: Variant, known: Facts) -> Finding | None:
    """The loss is computed from hidden logits, as if the output had another activation."""
    hidden = trains_on_hidden_logits(variant.activation, variant.loss, variant.loss_from)
    if not hidden or OWN_ACTIVATION[variant.loss] == variant.activation:
        return None
    floor = known["floor"]
    consequence = "It says nothing about the images."
    if floor is not None and variant.loss == "binary_crossentropy":
        least = formats.loss(floor)
        consequence = f"It can fall to its floor of **{least}** whatever the images look like."
    return Finding(
        code="hidden_logits",
        severity="warning",
        title="Loss misleads",
        sentence="Keras computes this loss from hidden logits, as if"
        f" {OWN_ACTIVATION[variant.loss]} were the output activation, not from the pixels shown."
        f" {consequence}",
        value=floor,
        setting="loss_from",
        remedy={"loss_from": "outputs"},
        remedy_label="Train on the outputs",
    )


def logits_shown(variant: Variant, known: Facts) -> Finding | None:
    """The loss takes the outputs as logits, but they are displayed without an activation."""
    if not takes_outputs_as_logits(variant.loss, variant.loss_from):
        return None
    own, name = OWN_ACTIVATION[variant.loss], ACTIVATIONS[variant.activation].label
    is_binary, is_twice = own == "sigmoid", own == variant.activation
    shown = "they need not sum to **1**"
    if is_binary:
        shown = f"a target of 0.5 appears as 0, and one of **{GREY_SHOWN_AS_1:.2f}** as 1"
    as_keras: dict[str, Any] = {"activation": own, "loss_from": "keras"}
    remedy = {name: value for name, value in as_keras.items() if getattr(variant, name) != value}
    is_enough = fits(replace(variant, **as_keras)) is not None
    more = ""
    if is_twice:
        more = f" {name.capitalize()} is applied twice."
        if is_binary:
            more += (
                " Even a black output is 0.5 to the loss: nearly every pixel is pushed to black,"
            )
            more += " where sigmoid has no gradient."
    elif variant.activation == "linear":
        more = f" With {own} as the output and the loss as Keras computes it, the weights become"
        more += " the same."
    return Finding(
        code="logits_shown",
        severity="fault",
        title=f"{name.capitalize()} twice" if is_twice else "Logits shown",
        sentence=f"The loss takes the outputs as logits: their {own} is trained to be the target."
        f" Yet the outputs themselves are shown, and {shown}.{more}",
        value=GREY_SHOWN_AS_1 if is_binary else 1.0,
        setting="loss_from" if is_twice else "activation",
        remedy=remedy if is_enough else None,
        remedy_label=label(remedy) if is_enough else None,
    )


def median(variant: Variant, known: Facts) -> Finding | None:
    """MAE and losses close to it have their minimum at the median."""
    span = (known["highest"] or 0.0) - (known["lowest"] or 0.0)
    loss = LOSSES[variant.loss]
    is_wide = loss.aims_at == "mean" and span > WIDE_SPAN * loss.linear_from
    if loss.aims_at != "median" and not is_wide:
        return None
    name = f"Over such a range {loss.label} is close to MAE, which" if is_wide else loss.label
    black = known["black_median"] or 0.0
    return Finding(
        code="median",
        severity="warning" if black > MOSTLY_BLACK else "note",
        title="Aims at median",
        sentence=f"{name} aims at the median, and **{formats.share(black)}** of the"
        " pixel positions are black in most images. When uncertain, it outputs black.",
        value=black,
        setting="loss",
    )


def tiny_targets(variant: Variant, known: Facts) -> Finding | None:
    """The targets are so small that the loss is close to 0 for any output."""
    highest = known["highest"] or 0.0
    if highest > TINY_TARGET or LOSSES[variant.loss].unit == "per image":
        return None
    return Finding(
        code="tiny_targets",
        severity="warning",
        title="Tiny targets",
        sentence=f"No target is above **{highest:.2g}**, so {LOSSES[variant.loss].label} is"
        " close to its minimum for any dark image, and its small gradients make learning slow.",
        value=highest,
        setting="loss",
    )
