"""The usual learning rates, and checks of the rate by settings and by the losses of a run."""

from __future__ import annotations

import math

from core.data.datasets import PIXELS
from core.data.image_sets import info_of
from core.data.normalization import NORMALIZATIONS
from core.diagnostics.findings import Finding
from core.diagnostics.setting_facts import Facts
from core.diagnostics.verdict_case import VerdictCase
from core.objectives.losses import LOSSES
from core.optimizers import OPTIMIZERS, Rates
from core.text import formats
from core.variant import Variant

ADAPTIVE: dict[str, Rates] = {
    name: optimizer.rates for name, optimizer in OPTIMIZERS.items() if optimizer.rates
}
# A rate above this multiple of the usual rate counts as higher than usual.
FASTER = 2.0
# SGD with this rate learns pixels in [0, 1] from a loss that is a mean over 784 of them.
USUAL_SGD = 1.0
# Above this multiple of the usual rate, SGD overshoots.
OVERSHOOTS = 20.0
# The same for a sum over pixels of targets that sum to 1. With a softmax output, 0.3 learns slowly,
# 0.8, the usual rate by its gradient, ends at the mean image, 1.5 kills relus and 8 may diverge.
OVERSHOOTS_ON_DISTRIBUTIONS = 1.0
# A bad run with at least this many times the usual learning rate may have been too fast.
FAST = 3.0
# Of relus, a third are dead after a training at the usual rate, and a half at ten times that where
# it works; with more, that rate has killed them.
MAX_DEAD_SHARE = 0.65
# With fewer steps at the usual rate, even correct settings give a blurred image. At other rates,
# the number of steps times the relative rate counts.
ENOUGH_STEPS = 400
SPANS = {name: normalization.span for name, normalization in NORMALIZATIONS.items()}


def relative_rate(variant: Variant) -> float:
    """The learning rate divided by the usual one."""
    return variant.learning_rate / usual_rate(variant)


def usual_rate(variant: Variant) -> float:
    """The learning rate that usually trains such a network with this optimizer.

    For sgd it depends on loss and range of the targets: the gradient of a squared error is
    proportional to the range of inputs and of errors, that of an absolute error to that of inputs
    only; a sum over the pixels is 784 times their mean.
    """
    if variant.optimizer in ADAPTIVE:
        return ADAPTIVE[variant.optimizer].usual
    span, loss = SPANS[variant.normalization], LOSSES[variant.loss]
    size = span ** (1 if span > loss.linear_from else 2)
    sums = PIXELS if loss.unit == "per image" else 1
    # Momentum multiplies steps in one direction by 1 / (1 - momentum).
    return USUAL_SGD * (1 - variant.momentum) / (size * sums)


def steps(variant: Variant) -> int:
    """The number of steps of the whole training."""
    return variant.epochs * steps_per_epoch(variant)


def steps_per_epoch(variant: Variant) -> int:
    """The number of steps per epoch; the last one may have fewer images."""
    return math.ceil(info_of(variant.dataset).training_count / variant.batch_size)


def steps_in_words(count: int) -> str:
    """A number of steps: "1 step", "3,015 steps"."""
    return f"{count:,} step" + ("" if count == 1 else "s")


def rate_too_small(variant: Variant, known: Facts) -> Finding | None:
    """The rate is too small for the number of steps, for which the usual rate would work."""
    relative = relative_rate(variant)
    if relative >= 0.5 or relative * steps(variant) >= ENOUGH_STEPS:
        return None
    usual, count = usual_rate(variant), steps_in_words(steps(variant))
    return Finding(
        code="rate_too_small",
        severity="warning",
        title="Rate too small",
        sentence=f"With {variant.optimizer} and this loss about **{usual:.2g}** is usual;"
        f" {count} of {variant.learning_rate:.2g} hardly move the weights.",
        value=relative,
        setting="learning_rate",
    )


def rate_too_large(variant: Variant, known: Facts) -> Finding | None:
    """The rate is so large that the first steps overshoot."""
    if variant.optimizer in ADAPTIVE:
        return _adaptive_rate_too_large(variant)
    relative = relative_rate(variant)
    is_sum = LOSSES[variant.loss].unit == "per image"
    is_distribution = variant.normalization == "sum_to_one"
    if relative <= (OVERSHOOTS_ON_DISTRIBUTIONS if is_sum and is_distribution else OVERSHOOTS):
        return None
    return _too_large(
        f"The gradient of this loss on these targets allows {variant.optimizer} about"
        f" {usual_rate(variant):.2g}; this rate is **{formats.factor(relative)} times"
        " that**, and the steps overshoot.",
        relative,
    )


def _adaptive_rate_too_large(variant: Variant) -> Finding | None:
    if variant.learning_rate <= ADAPTIVE[variant.optimizer].highest:
        return None
    share = variant.learning_rate / glorot_deviation(variant)
    size = f"{formats.share(share)} of" if share < 1 else f"{formats.factor(share)} times"
    return _too_large(
        f"Each step of {variant.optimizer} moves a weight by about the rate, here"
        f" **{size}** its initial size: units die or saturate in the first steps.",
        share,
    )


def glorot_deviation(variant: Variant) -> float:
    """The standard deviation of the first layer's initial weights (Glorot and Bengio 2010)."""
    return math.sqrt(2 / (PIXELS + variant.layers[0]))


def overshot(case: VerdictCase) -> Finding | None:
    """The losses or dead units of a run show that its rate was too large."""
    is_fast = relative_rate(case.run.variant) > FAST
    has_died = case.dead_share > MAX_DEAD_SHARE
    has_diverged = case.run.status == "diverged" or case.runaway_epoch is not None
    if not has_diverged and not (is_fast and (case.has_spiked or has_died)):
        return None
    losses = case.run.history.losses
    highest = formats.loss(max(losses, key=abs)) if losses else "–"
    sentence = f"The loss started at {formats.loss(losses[0] if losses else None)} and jumped to"
    sentence += f" **{highest}**: at this rate the steps overshoot."
    if not case.has_spiked and has_died:
        sentence = (
            f"At the end **{formats.share(case.dead_share)}** of a hidden layer's units are dead or"
            " saturated: the first steps went too far."
        )
    return _too_large(sentence, relative_rate(case.run.variant))


def _too_large(sentence: str, value: float) -> Finding:
    return Finding(
        code="rate_too_large",
        severity="warning",
        title="Rate too large",
        sentence=sentence,
        value=value,
        setting="learning_rate",
    )
