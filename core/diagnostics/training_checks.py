"""Checks of the training: steps, batch size, hidden layers, penalties and noise.

Each is a rule of thumb about settings. If a run with these settings is bad, `causes` names the same
finding as its cause.
"""

from __future__ import annotations

import math

from core.data.image_sets import info_of
from core.diagnostics.findings import Finding
from core.diagnostics.rate_checks import (
    ENOUGH_STEPS,
    SPANS,
    glorot_deviation,
    steps,
    steps_in_words,
    steps_per_epoch,
)
from core.diagnostics.setting_facts import Facts
from core.layer_widths import bottleneck
from core.objectives.losses import LOSSES
from core.text import formats
from core.variant import Variant

# Networks with this many hidden sigmoid layers, each of which passes at most a quarter of the
# gradient, do not distinguish digits.
DEEP = 3
# In a bottleneck this narrow, all relu units are often dead from the start.
FEW_RELUS = 3
# The mean image's loss minus the floor on the sample, for pixels from 0 to 1 or, for losses of
# distributions, targets that sum to 1.
LEARNABLE = {
    "binary_crossentropy": 0.20,
    "mean_squared_error": 0.066,
    "mean_absolute_error": 0.15,
    "huber": 0.033,
    "log_cosh": 0.032,
    "categorical_crossentropy": 1.0,
    "kl_divergence": 1.0,
}
# An L1 penalty of this share of `LEARNABLE` is strong. With the question's network and 30 epochs,
# 0.5 % works (BCE 0.001 and MSE 0.0003: 39 % and 40 % of the mean image's error), while 0.9 % gives
# a blur (log-cosh 0.0003: 49 %), and more is worse (MSE 0.001: 69 %).
STRONG_L1 = 0.009
# Weight decay competes with the steps, which are as small as the gradient with sgd (0.0001 works
# with a rate of 10, 0.001 gives the mean image), and about 1 with other optimizers (1 gives 0.027).
STRONG_DECAY_OF_SGD = 0.0005
STRONG_DECAY = 0.5
# After 30 epochs on the sample, the error of the question's network is 29 % of the mean image's
# without noise; 58 % and 77 % with a standard deviation of once and twice the range of the pixels;
# 50 %, 76 % and 90 % with 50 %, 70 % and 80 % of the pixels masked.
STRONG_NOISE = {"gaussian": 2.0, "masking": 0.7}
FAINT_NOISE = 0.01
USUAL_NOISE = 0.3
# The hidden activations that are flat at both ends.
BOUNDED = ("tanh", "sigmoid")
# Beyond sums of this size, tanh and sigmoid pass on less than a thousandth of the gradient. Pixels
# divided by 255 start with sums of 0.4, standardized ones with 1.4, raw ones with 110.
FLAT_FROM = 10.0
# The squares of a digit's pixels, divided by white's, sum to about 88 in the sample.
WHITE_PIXELS = 88
LARGE_BATCH = 256
USUAL_BATCH = 100
# Nonlinear networks need about three fifths of the width of PCA, which is stored for each data set
# since verdicts on stored runs are computed without the data.
NONLINEAR_SHARE = 0.6
WIDE_ENOUGH = 32


def few_steps(variant: Variant, known: Facts) -> Finding | None:
    """Too few steps, even for the usual rate."""
    count = steps(variant)
    if count >= ENOUGH_STEPS:
        return None
    is_batch = variant.batch_size > LARGE_BATCH
    return Finding(
        code="few_steps",
        severity="warning",
        title="Few steps",
        sentence=f"{formats.epochs(variant.epochs)} of {steps_in_words(steps_per_epoch(variant))}:"
        f" **{count:,}** in total; about {ENOUGH_STEPS} are needed to distinguish images.",
        value=count,
        setting="batch_size" if is_batch else "epochs",
    )


def large_batch(variant: Variant, known: Facts) -> Finding | None:
    """The batch is larger than the training set."""
    count = info_of(variant.dataset).training_count
    if variant.batch_size <= count:
        return None
    return Finding(
        code="large_batch",
        severity="warning",
        title="One batch",
        sentence=f"A batch of {variant.batch_size:,} contains all **{count:,}** training images:"
        " one step per epoch.",
        value=count,
        setting="batch_size",
    )


def saturated_layers(variant: Variant, known: Facts) -> Finding | None:
    """Large inputs drive tanh and sigmoid to where they are flat."""
    bounded = next((name for name in variant.activations[:-1] if name in BOUNDED), None)
    white = SPANS[variant.normalization]
    weight = glorot_deviation(variant)
    size = white * weight * math.sqrt(WHITE_PIXELS)
    if bounded is None or size < FLAT_FROM:
        return None
    return Finding(
        code="saturated_layers",
        severity="warning",
        title="Saturated layers",
        sentence=f"White is **{white:g}** and the initial weights are about {weight:.2f}: the sums"
        f" of the first layer are about {size:.0f}. There {bounded} is flat and has no gradient.",
        value=size,
        setting="normalization",
    )


def hidden_sigmoids(variant: Variant, known: Facts) -> Finding | None:
    """The gradient shrinks in each hidden sigmoid."""
    depth = len(variant.layers)
    if variant.hidden_activation != "sigmoid" or depth < DEEP:
        return None
    return Finding(
        code="hidden_sigmoids",
        severity="warning",
        title="Hidden sigmoids",
        sentence=f"A sigmoid passes on at most a quarter of the gradient, {depth} of them"
        f" **1/{4**depth:,}**: the first layers learn late, and until then every image gets the"
        " same reconstruction.",
        value=0.25**depth,
        setting="hidden_activation",
    )


def narrow_bottleneck(variant: Variant, known: Facts) -> Finding | None:
    """The bottleneck has fewer units than the images have important components."""
    width, linear = min(variant.layers), info_of(variant.dataset).pca_width
    needed = math.ceil(NONLINEAR_SHARE * linear)
    is_relu = variant.activations[bottleneck(variant.layers)] == "relu"
    has_few_relus = width <= FEW_RELUS and is_relu
    if width >= needed and not has_few_relus:
        return None
    units = "1 unit" if width == 1 else f"{width} units"
    dead = ""
    if has_few_relus:
        dead = (
            " Relu units are often 0 for half or all of the images, and then carry no information."
        )
    return Finding(
        code="narrow_bottleneck",
        severity="warning",
        title="Narrow",
        sentence=f"**{units}** in the bottleneck: at least {needed} are needed to distinguish"
        f" images; PCA needs {linear}.{dead}",
        value=width,
        setting="layers",
    )


def hidden_softmax(variant: Variant, known: Facts) -> Finding | None:
    """The activations of a hidden softmax layer sum to 1."""
    hidden = variant.activations[:-1]
    if "softmax" not in hidden:
        return None
    width = min(w for w, name in zip(variant.layers, hidden, strict=True) if name == "softmax")
    is_own = variant.bottleneck_activation == "softmax"
    return Finding(
        code="hidden_softmax",
        severity="warning",
        title="Hidden softmax",
        sentence=f"A hidden softmax makes {width} units sum to **1**: each is"
        f" {formats.pixel(1 / width)} on average, and little of the image gets through.",
        value=1 / width,
        setting="bottleneck_activation" if is_own else "hidden_activation",
    )


def noisy_target(variant: Variant, known: Facts) -> Finding | None:
    """The targets are noisy too."""
    if variant.noise_target != "noisy":
        return None
    return Finding(
        code="noisy_target",
        severity="warning",
        title="Noisy target",
        sentence="The targets have the same noise as the inputs"
        f" (**{variant.noise_level:.3g}**): the network learns to reproduce it.",
        value=variant.noise_level,
        setting="noise_target",
    )


def noise_share(variant: Variant) -> float:
    """The noise's deviation divided by the range of the pixels, or the share of masked pixels."""
    if variant.noise == "gaussian":
        return variant.noise_level / SPANS[variant.normalization]
    return variant.noise_level if variant.noise == "masking" else 0.0


def strong_noise(variant: Variant, known: Facts) -> Finding | None:
    """Noise that leaves little of an image."""
    share = noise_share(variant)
    if variant.noise == "none" or share < STRONG_NOISE[variant.noise]:
        return None
    what = f"**{formats.share(share)}** of the pixels are masked"
    if variant.noise == "gaussian":
        span = f"{SPANS[variant.normalization]:g}"
        what = (
            f"Its standard deviation of {variant.noise_level:.3g} is **{formats.factor(share)}"
            f" times** the range of the pixels ({span}), and most become black or white"
        )
    return Finding(
        code="strong_noise",
        severity="warning",
        title="Strong noise",
        sentence=f"The noise hides the images. {what}: too little is left to distinguish them.",
        value=share,
        setting="noise_level",
    )


def faint_noise(variant: Variant, known: Facts) -> Finding | None:
    """Noise that is not visible."""
    share = noise_share(variant)
    if variant.noise == "none" or share >= FAINT_NOISE:
        return None
    what = f"{formats.share(share)} of the pixels are masked"
    if variant.noise == "gaussian":
        what = (
            f"a standard deviation of {variant.noise_level:.3g} is **{formats.share(share)}** of"
            f" the range of the pixels ({SPANS[variant.normalization]:g})"
        )
    return Finding(
        code="faint_noise",
        severity="note",
        title="Faint noise",
        sentence=f"The noise changes almost nothing: {what}.",
        value=share,
        setting="noise_level",
    )


def strong_decay(variant: Variant) -> float:
    """The weight decay from which weights shrink faster than they learn."""
    return STRONG_DECAY_OF_SGD if variant.optimizer == "sgd" else STRONG_DECAY


def strong_l1(variant: Variant) -> float:
    """The L1 penalty from which it outweighs the reconstruction loss."""
    span, loss = SPANS[variant.normalization], LOSSES[variant.loss]
    if not loss.is_distance:
        return STRONG_L1 * LEARNABLE[variant.loss]
    # Codes grow with the range of the pixels, and the loss with its square or in proportion.
    return STRONG_L1 * LEARNABLE[variant.loss] * (1 if span > loss.linear_from else span)


def strong_penalty(variant: Variant, known: Facts) -> Finding | None:
    """A penalty that outweighs the reconstruction loss."""
    if variant.code_l1 >= strong_l1(variant):
        name, value, setting = "L1 penalty on the code", variant.code_l1, "code_l1"
        consequence = "The code shrinks to 0, and every image gets the same reconstruction."
    elif variant.weight_decay >= strong_decay(variant):
        name, value, setting = "weight decay", variant.weight_decay, "weight_decay"
        consequence = "The weights shrink faster than they learn."
    else:
        return None
    return Finding(
        code="strong_penalty",
        severity="warning",
        title="Strong penalty",
        sentence=f"A {name} of **{value:g}** outweighs the reconstruction loss. {consequence}",
        value=value,
        setting=setting,
    )
