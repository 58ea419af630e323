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
from core.variant import Variant

# Values that `Variant` may not have yet, where naming those it has would explain nothing.
ABSENT = {
    "loss_from=logits": "The lab cannot take a loss from the outputs as logits yet.",
}


def to_variant(settings: Mapping[str, Setting]) -> tuple[Variant | None, list[Remark]]:
    """The variant that trains with these settings; None, and why, where there is none."""
    values = {name: setting.value for name, setting in settings.items()}
    refused: list[Remark] = []
    _logits_with_sigmoid(values)
    values.pop("displayed", None)
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
    if values.get("loss_from") != "logits":
        return
    is_binary = values.get("loss") == "binary_crossentropy"
    if is_binary and values.pop("displayed", "raw") == "sigmoid":
        values["activation"], values["loss_from"] = "sigmoid", "keras"


def _refusal(setting: Setting, sentence: str) -> Remark:
    return Remark(setting.line or 0, sentence)
