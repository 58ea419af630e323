"""Labels of settings, values and runs on screen, in exports and in file names.

The name of a run lists what differs from the defaults: "sigmoid + BCE", "softmax + BCE, raw 0–255".
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

from core.data.datasets import DATASETS
from core.data.image_sets import info_of, is_image_set
from core.data.normalization import NORMALIZATIONS
from core.objectives.activations import ACTIVATIONS, SAME
from core.objectives.losses import LOSSES
from core.variant import FIELDS, FIRST_FIELDS, LOSS_FROM, Variant, differing, format_value

SETTING_TITLES = {
    "dataset": "Data set",
    "normalization": "Pixels scaled to",
    "layers": "Hidden layers",
    "hidden_activation": "Hidden activation",
    "activation": "Output activation",
    "loss": "Loss",
    "loss_from": "The loss is computed",
    "optimizer": "Optimizer",
    "learning_rate": "Learning rate",
    "batch_size": "Batch",
    "epochs": "Epochs",
    "seed": "Seed",
    "bottleneck_activation": "Bottleneck activation",
    "momentum": "Momentum",
    "weight_decay": "Weight decay",
    "code_l1": "L1 penalty on the code",
    "noise": "Noise on the input",
    "noise_level": "Amount of noise",
    "noise_target": "Target beside noise",
}
# Names of settings within a sentence: "Only the learning rate differs."
SETTING_NOUNS = {
    "dataset": "data set",
    "normalization": "pixel scaling",
    "layers": "network",
    "hidden_activation": "hidden activation",
    "activation": "output activation",
    "loss": "loss",
    "loss_from": "source of the loss",
    "optimizer": "optimizer",
    "learning_rate": "learning rate",
    "batch_size": "batch size",
    "epochs": "number of epochs",
    "seed": "seed",
    "bottleneck_activation": "bottleneck activation",
    "momentum": "momentum",
    "weight_decay": "weight decay",
    "code_l1": "L1 penalty on the code",
    "noise": "noise on the input",
    "noise_level": "amount of noise",
    "noise_target": "target beside the noise",
}
VALUE_LABELS: dict[str, Mapping[str, str]] = {
    "dataset": {name: info.label for name, info in DATASETS.items()},
    "normalization": {name: entry.label for name, entry in NORMALIZATIONS.items()},
    "activation": {name: entry.label for name, entry in ACTIVATIONS.items()},
    "loss": {name: entry.label for name, entry in LOSSES.items()},
    "loss_from": LOSS_FROM,
    "bottleneck_activation": {SAME: "as hidden"},
}
NUMBERED = {
    "learning_rate": "rate {:g}",
    "batch_size": "batch {}",
    "epochs": "{} epochs",
    "seed": "seed {}",
    "momentum": "momentum {:g}",
    "weight_decay": "weight decay {:g}",
    "code_l1": "code L1 {:g}",
    "noise_level": "noise level {:g}",
}
# Settings whose values need the name of the setting.
IN_A_NAME = {
    "layers": "layers {}",
    "hidden_activation": "hidden {}",
    "loss_from": "loss {}",
    "bottleneck_activation": "bottleneck {}",
    "noise": "noise {}",
    "noise_target": "{} target",
}
# The name of every run begins with these settings.
ALWAYS_NAMED = ("activation", "loss")
IN_EVERY_FILE_NAME = (*ALWAYS_NAMED, "normalization", "dataset", "epochs")
LONGEST_STEM = 80


def value_label(field: str, value: Any) -> str:
    """The label of a value on a button or in a row."""
    if field in NUMBERED:
        return NUMBERED[field].format(value)
    return value_text(field, value)


def value_text(field: str, value: Any) -> str:
    """The label of a value beside its setting's title, where a number needs no name."""
    text = format_value(value)
    if field == "dataset" and is_image_set(text):
        return info_of(text).label
    return VALUE_LABELS.get(field, {}).get(text, text)


def named_value(field: str, value: Any) -> str:
    """A value within a run's name or a sentence: "hidden tanh", "loss from the outputs"."""
    return IN_A_NAME.get(field, "{}").format(value_label(field, value))


def loss_sources(variant: Variant) -> dict[str, str]:
    """The options for what the loss is computed from, with labels; logits only if that differs."""
    as_logits = replace(variant, loss_from="logits").loss_from
    return {
        name: label for name, label in LOSS_FROM.items() if name in ("keras", "outputs", as_logits)
    }


def run_name(variant: Variant) -> str:
    """The name of a run: output activation, loss, and all settings not at their defaults."""
    return _name(variant, variant.changed, info_of(variant.dataset).label)


def run_names(variants: Sequence[Variant]) -> list[str]:
    """The names of runs shown together, with the settings in which they differ."""
    apart = differing(variants)
    return [
        _name(
            variant,
            tuple(f for f in FIELDS if f in apart or f in variant.changed),
            info_of(variant.dataset).label,
        )
        for variant in variants
    ]


def file_stem(variant: Variant) -> str:
    """A file name without extension, in ASCII, different for each variant.

    Output activation, loss, pixel scaling, data set and epochs, then all other settings that are
    not at their defaults: "sigmoid-bce-unit-mnist-20ep-seed-3". A name that is too long is
    truncated and ends with the variant's key.
    """
    parts = [value_label(field, getattr(variant, field)) for field in ALWAYS_NAMED]
    parts += [variant.normalization, variant.dataset, f"{variant.epochs}ep"]
    for field in variant.changed:
        if field not in IN_EVERY_FILE_NAME:
            parts += [field, format_value(getattr(variant, field))]
    stem = re.sub(r"[^a-z0-9.]+", "-", "-".join(parts).lower())
    if len(stem) <= LONGEST_STEM:
        return stem
    return f"{stem[:LONGEST_STEM].rstrip('-.')}-{variant.key}"


# Cached, since lists name the same thousands of runs again and again; an image set can be renamed.
@lru_cache(maxsize=10_000)
def _name(variant: Variant, named: tuple[str, ...], dataset: str) -> str:
    pair = " + ".join(value_label(field, getattr(variant, field)) for field in ALWAYS_NAMED)
    others = (
        named_value(field, getattr(variant, field)) for field in named if field not in ALWAYS_NAMED
    )
    return ", ".join([pair, *others])


def other_settings(variant: Variant) -> str:
    """The settings other than activation, loss and normalization, in one line of Markdown."""
    widths = "-".join(map(str, variant.widths))
    parts = [
        f"**{info_of(variant.dataset).label}**",
        f"{widths} {variant.hidden_activation}",
        f"{variant.optimizer} {variant.learning_rate:g}",
        f"batch {variant.batch_size}",
        f"{variant.epochs} epochs",
        f"seed {variant.seed}",
    ]
    if variant.loss_from != "keras":
        parts.append(named_value("loss_from", variant.loss_from))
    return " · ".join([*parts, *rare_settings(variant)])


def rare_settings(variant: Variant) -> list[str]:
    """The less common settings (those added after the first version) that are not at defaults."""
    changed = [field for field in variant.changed if field not in FIRST_FIELDS]
    return [named_value(field, getattr(variant, field)) for field in changed]


def best_label(normalization: str) -> str:
    """The label of the reconstruction closest to the targets that an activation can produce.

    For binarized images it is not a bound: reconstructions are measured against the greys, to which
    outputs between 0 and 1 can be closer.
    """
    return "Nearest to targets" if normalization == "binarized" else "Best possible"


def best_in_words(normalization: str) -> str:
    """`best_label` within a sentence."""
    if normalization == "binarized":
        return "the reconstruction nearest to the targets"
    return "the best reconstruction these settings allow"
