"""Settings that were read -> the lab's `Variant`, and in a sentence what it cannot be."""

from __future__ import annotations

from collections.abc import Mapping

from core.code_reader.network import Remark
from core.code_reader.reading import Setting
from core.errors import InvalidVariant
from core.variant import Variant


def to_variant(settings: Mapping[str, Setting]) -> tuple[Variant | None, list[Remark]]:
    """The variant that trains with these settings; None, and why, where there is none."""
    values = {name: setting.value for name, setting in settings.items()}
    refused: list[Remark] = []
    displayed = values.pop("displayed", "raw")
    if displayed != "raw":
        # Logits displayed through the loss's own activation: what that trains on in Keras.
        values["activation"], values["loss_from"] = displayed, "keras"
    for name, value in values.items():
        if value == "":  # it cannot be determined, which the network's remarks say
            return None, []
        try:
            Variant(**{name: value})
        except InvalidVariant as problem:
            sentence = str(problem)
            line = settings[name].line or 0
            refused.append(Remark(line, sentence[:1].upper() + sentence[1:]))
    if refused:
        return None, refused
    return Variant(**values), []
