"""Checks of the output activation: its range, and where it has a gradient."""

from __future__ import annotations

from core.diagnostics.compatibility import ERRORS
from core.diagnostics.findings import Finding
from core.diagnostics.setting_facts import Facts
from core.objectives.activations import ACTIVATIONS
from core.objectives.losses import LOSSES, takes_outputs_as_logits
from core.text import formats
from core.variant import Variant

# A clearly visible pixel MSE: that of noise with a standard deviation of 0.14 on every pixel.
VISIBLE_MSE = 0.02
# Pixel MSE of the question's network on the sample after 67 epochs with the loss MSE and pixels in
# [0, 1], by output activation.
ERRORS_ON_SAMPLE = {"linear": 0.0172, "tanh": 0.0182, "sigmoid": 0.0150}


def softmax_sum(variant: Variant, known: Facts) -> Finding | None:
    """Softmax outputs sum to 1, and the targets do not."""
    if variant.activation != "softmax" or not known["sum_missed"]:
        return None
    shown_as = known["zero_pixel"] or 0.0
    consequence = "No pixel can become white."
    if known["highest"] == 1:
        consequence = "At most one pixel could become white."
    if shown_as > 0.1:
        consequence = f"Nearly every pixel stays grey, at {formats.pixel(shown_as)}."
    on_screen = ""
    if variant.normalization == "raw":  # white is 255 there, and 1 on screen
        on_screen = f" ({formats.total(1 / 255)} in pixel values)"
    return Finding(
        code="softmax_sum",
        severity="fault",
        title="Wrong sum",
        sentence=f"Softmax outputs sum to **1**{on_screen}; the targets of an image sum to about"
        f" **{formats.total(known['target_sum'])}**. {consequence}",
        value=known["target_sum"],
        setting="activation",
    )


def out_of_range(variant: Variant, known: Facts) -> Finding | None:
    """Some targets are outside the range of the activation."""
    if not known["unreachable"] or (variant.activation == "softmax" and known["sum_missed"]):
        return None
    best = known["best_mse"] or 0.0
    activation = ACTIVATIONS[variant.activation]
    name, share = activation.label, formats.share(known["unreachable"])
    return Finding(
        code="out_of_range",
        severity="fault" if best > VISIBLE_MSE else "warning",
        title="Out of reach",
        sentence=f"{name.capitalize()} outputs {activation.range_text}; **{share}** of the"
        " targets lie outside. Even a perfect network would have an error of"
        f" {formats.loss(best)} (pixel MSE).",
        value=known["unreachable"],
        setting="activation",
    )


def no_gradient(variant: Variant, known: Facts) -> Finding | None:
    """Keras clips outputs before the logarithm; clipped outputs have no gradient."""
    as_logits = takes_outputs_as_logits(variant.loss, variant.loss_from)
    activation, clips = ACTIVATIONS[variant.activation], LOSSES[variant.loss].clips_outputs
    if not clips or as_logits or activation.leaves_logits:
        return None
    name = activation.label
    return Finding(
        code="no_gradient",
        severity="fault",
        title="No gradient",
        sentence=f"Keras clips {name} outputs to 0–1 before the logarithm. Outside there is no"
        " gradient, and about **half** of the outputs start there: they learn late or not at all.",
        value=0.5,
        setting="activation",
    )


def dead_pixels(variant: Variant, known: Facts) -> Finding | None:
    """A relu output may be stuck at 0."""
    if variant.activation != "relu":
        return None
    return Finding(
        code="dead_pixels",
        severity="warning",
        title="Dead pixels",
        sentence="Where its logit is below 0, relu outputs 0 and has no gradient, and about"
        " **half** of the logits start there. A pixel whose logit is negative for every image"
        " is stuck.",
        value=0.5,
        setting="activation",
    )


def better_activation(variant: Variant, known: Facts) -> Finding | None:
    """The activation is compatible, but can output values that no target has."""
    if variant.normalization != "unit" or variant.activation not in ("linear", "tanh"):
        return None
    if variant.loss not in ERRORS:
        return None
    name = ACTIVATIONS[variant.activation].label.capitalize()
    error = ERRORS_ON_SAMPLE[variant.activation]
    better = ERRORS_ON_SAMPLE["sigmoid"]
    return Finding(
        code="better_activation",
        severity="note",
        title="Sigmoid is usually better",
        sentence=f"{name} works here; sigmoid, which cannot leave 0 to 1, usually works better. The"
        " question's network with MSE has a pixel error of"
        f" **{formats.loss(better)}** instead of {formats.loss(error)} on the sample.",
        value=better,
        setting="activation",
        remedy={"activation": "sigmoid"},
        remedy_label="Use sigmoid",
    )


def greys_lost(variant: Variant, known: Facts) -> Finding | None:
    """Binarized targets have no greys, so even a perfect copy differs from the original."""
    best = known["best_mse"] or 0.0
    if variant.normalization != "binarized" or known["unreachable"]:
        return None
    return Finding(
        code="greys_lost",
        severity="note",
        title="Greys lost",
        sentence="The network sees only black and white: a perfect copy still differs from the"
        f" grey originals by **{formats.loss(best)}** (pixel MSE).",
        value=best,
        setting="normalization",
    )


def fits(variant: Variant, known: Facts) -> Finding:
    """Output activation, loss and normalization are compatible, and why."""
    name = ACTIVATIONS[variant.activation].label
    ends = f"{known['lowest'] or 0.0:.3g} to {known['highest'] or 0.0:.3g}"
    loss, floor = LOSSES[variant.loss], known["floor"] or 0.0
    least = f"has its minimum at p = y: **{formats.loss(floor)}** here, not 0."
    if floor < 1e-6:
        least = "is 0 where output and target agree."
    return Finding(
        code="fits",
        severity="fit",
        title="Output, loss and pixels fit together",
        sentence=f"All targets ({ends}) lie in the range of {name}, and {loss.title} {least}",
        value=floor,
    )
