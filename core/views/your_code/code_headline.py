"""The headline about a script: what will happen to loss and images."""

from __future__ import annotations

from collections.abc import Set

from core.code_reader import Reading
from core.diagnostics import Tone
from core.objectives.losses import OWN_ACTIVATION
from core.variant import Variant

# Codes of faults at which Python, Keras or PyTorch raises an error.
ERRORS = (
    "misspelt_argument",
    "misspelt_name",
    "undefined_name",
    "missing_import",
    "wrong_module",
    "shape_clash",
    "input_shape",
    "output_width",
    "outside_of_bce",
)
# Most important first; the headline is about the first fault that the code has.
FAULT_HEADLINES = {
    "labels_as_target": "The network learns labels, not images.",
    "different_scaling": "Inputs and targets are scaled differently.",
    "integer_division": "Integer division makes the images black.",
    "normalize_channels": "The images have one channel and are normalized for three.",
    "scaled_twice": "The images are divided twice and almost black.",
    "unused_scaling": "The images are scaled, but training uses the unscaled ones.",
    "unused_transform": "Training uses the images without their transform.",
    "noisy_target": "The network learns to reproduce the noise.",
    "bypassed_layer": "A layer of the network is bypassed.",
    "unused_activation": "An activation is never applied.",
    "activation_twice": "An activation is applied twice.",
    "sigmoid_twice": "The sigmoid is applied twice, and your images will be black.",
    "cross_entropy_reconstruction": "This loss is for classification and ignores brightness.",
    "lost_logits": "Keras can no longer find the logits.",
    "adadelta_rate": "Your network will hardly learn.",
    "accuracy_metric": "Accuracy says nothing about your images.",
    "no_zero_grad": "The gradients accumulate over all steps.",
    "no_step": "The weights never change.",
}
FINDING_HEADLINES = {
    "no_lower_bound": "Your loss will fall without bound.",
    "wrong_minimum": "Your loss has its minimum in the wrong place.",
    "wrong_gradient": "Learning will stop early, and your images will be wrong.",
    "out_of_range": "Your network cannot output some of the pixel values.",
    "logits_shown": "Your images will show logits, not pixels.",
    "no_gradient": "Half of your pixels will learn late or not at all.",
    "no_distributions": "Your loss will fall below 0 and your images will be white.",
    "no_distribution": "Your loss will fall and your images will be noise.",
    "any_brightness": "Your images may have any brightness.",
    "hidden_logits": "Your loss says nothing about your images.",
    "dead_pixels": "Some pixels may stay black.",
    "median": "Your images may stay black or lose their faint parts.",
    "tiny_targets": "Your loss will look perfect from the start.",
    "rate_too_large": "Your learning rate will make the steps overshoot.",
    "rate_too_small": "Your network will hardly learn.",
    "few_steps": "Your network will stop before it has learned much.",
    "large_batch": "Your network will take one step per epoch.",
    "saturated_layers": "Your hidden layers will saturate.",
    "hidden_sigmoids": "Your first layers will learn slowly.",
    "hidden_softmax": "Your hidden softmax lets little of an image through.",
    "noisy_target": "Your network will learn to reproduce the noise.",
    "strong_noise": "Your noise will hide the images.",
    "strong_penalty": "Your penalty will outweigh the reconstruction loss.",
    "narrow_bottleneck": "Your bottleneck lets little of an image through.",
}
# Normalizations with which a softmax output near 0 is displayed as grey.
GREY_AT_ZERO = ("symmetric", "standardized")


def code_headline(reading: Reading) -> tuple[str, str, Tone]:
    """The headline of a reading: its first sentence, the rest, and the tone."""
    rest = _repair(reading)
    stops = next((fault for fault in reading.faults if fault.code in ERRORS), None)
    if stops is not None:
        return f"Your code will stop with an error at line {stops.line}.", rest, "bad"
    if reading.variant is not None:
        first, tone = of_settings(reading.variant, reading)
        if tone == "bad" or not reading.faults:
            return first, rest, tone
    if reading.faults:
        return _of_faults({fault.code for fault in reading.faults}), rest, "bad"
    return "The lab cannot train this code.", "What was read is shown below.", "warning"


def _of_faults(codes: Set[str]) -> str:
    known = (first for code, first in FAULT_HEADLINES.items() if code in codes)
    return next(known, "Your code has a fault.")


def of_settings(variant: Variant, reading: Reading) -> tuple[str, Tone]:
    """The headline about the findings: what they mean for loss and images."""
    codes = [f.code for f in reading.findings if f.severity == "fault"]
    if "softmax_sum" in codes:
        shade = "grey" if variant.normalization in GREY_AT_ZERO else "black"
        if "no_lower_bound" in codes:
            return f"Your loss will fall without bound and your images will be {shade}.", "bad"
        if any(finding.code == "hidden_logits" for finding in reading.findings):
            return f"Your loss will look fine and your images will be {shade}.", "bad"
        return f"Your images will be {shade}.", "bad"
    is_twice = OWN_ACTIVATION.get(variant.loss) == variant.activation == "sigmoid"
    if codes[:1] == ["logits_shown"] and is_twice:
        return FAULT_HEADLINES["sigmoid_twice"], "bad"
    if codes:
        return FINDING_HEADLINES[codes[0]], "bad"
    warnings = [f.code for f in reading.findings if f.severity == "warning"]
    if warnings:
        return FINDING_HEADLINES[warnings[0]], "warning"
    return "Your settings are compatible.", "good"


def _repair(reading: Reading) -> str:
    if reading.corrected is None:
        return ""
    count = sum(max(len(change.before), len(change.after)) for change in reading.changes)
    return "Changing one line fixes it." if count == 1 else f"Changing {count} lines fixes it."
