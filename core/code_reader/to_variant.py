"""Conversion of settings to a `Variant`."""

from __future__ import annotations

from collections.abc import Mapping

from core.code_reader.network import Remark
from core.code_reader.reading import Setting
from core.errors import InvalidVariant
from core.variant import Variant


def to_variant(settings: Mapping[str, Setting]) -> tuple[Variant | None, list[Remark]]:
    """The variant with these settings; None, with remarks, if a setting is not supported."""
    values = {name: setting.value for name, setting in settings.items()}
    refused: list[Remark] = []
    displayed = values.pop("displayed", "raw")
    if displayed != "raw":
        # In Keras, an output with the loss's own activation trains on the same logits.
        values["activation"], values["loss_from"] = displayed, "keras"
    for name, value in values.items():
        if value == "":  # unknown; the network has a remark about it
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
