"""Settings that were read -> the lab's `Variant`, and in a sentence what it cannot be yet.

This is the one place that knows which settings `Variant` has: a field that it gets later is passed
on as soon as it is there.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.code_reader.network import Remark
from core.code_reader.reading import Setting
from core.errors import InvalidVariant
from core.variant import FIELDS, Variant

# Of a setting that `Variant` may not have yet: what it means where it is absent.
NEUTRAL: dict[str, Any] = {
    "weight_decay": 0.0,
    "code_l1": 0.0,
    "noise": "none",
    "noise_level": 0.0,
    "noise_target": "clean",
}
NAMES = {
    "weight_decay": "weight decay",
    "code_l1": "L1 penalty on the code",
    "noise": "noise on the input",
    "noise_level": "noise on the input",
    "noise_target": "noise on the target",
    "displayed": "display of logits as they are",
}

# Values that `Variant` may not have yet, where naming those it has would explain nothing.
ABSENT = {
    "loss_from=logits": "The lab cannot take a loss from the outputs as logits yet.",
}


def to_variant(settings: Mapping[str, Setting]) -> tuple[Variant | None, list[Remark]]:
    """The variant that trains with these settings; None, and why, where there is none."""
    values = {name: setting.value for name, setting in settings.items()}
    refused: list[Remark] = []
    _logits_with_sigmoid(values)
    for name in list(values):
        if name in FIELDS:
            continue
        value = values.pop(name)
        if value != NEUTRAL.get(name, object()) and not (name.startswith("noise_")):
            refused.append(_refusal(settings[name], f"The lab has no {_name(name)} yet."))
    for name, value in values.items():
        try:
            Variant(**{name: value})
        except InvalidVariant as problem:
            sentence = ABSENT.get(f"{name}={value}") or str(problem)
            refused.append(_refusal(settings[name], sentence[:1].upper() + sentence[1:]))
    if refused:
        return None, refused
    return Variant(**values), []


def _logits_with_sigmoid(values: dict[str, Any]) -> None:
    """Logits that are displayed through a sigmoid are what sigmoid with hidden logits trains on."""
    if "displayed" in FIELDS or values.get("loss_from") != "logits":
        return
    is_binary = values.get("loss") == "binary_crossentropy"
    if is_binary and values.pop("displayed", "raw") == "sigmoid":
        values["activation"], values["loss_from"] = "sigmoid", "keras"


def _name(name: str) -> str:
    return NAMES.get(name, name)


def _refusal(setting: Setting, sentence: str) -> Remark:
    return Remark(setting.line or 0, sentence)
