"""The corrected code: the script with the edits that remove all faults."""

from __future__ import annotations

import difflib
from dataclasses import replace

from core.code_reader.budget import Budget
from core.code_reader.findings import without_faults
from core.code_reader.reader import Examination, examine
from core.code_reader.reading import Change, Edit, Reading
from core.code_reader.setting_edits import (
    set_activation,
    set_loss,
    set_loss_without_logits,
    set_normalization,
)
from core.code_reader.source import parse
from core.code_reader.text import apply
from core.diagnostics import fits
from core.diagnostics.remedies import TRAINING_REPAIRS
from core.errors import UnreadableCode
from core.variant import Variant

ROUNDS = 6
SERIOUS = ("fault", "warning")
ALWAYS_COMPATIBLE = {
    "activation": "sigmoid",
    "loss": "binary_crossentropy",
    "normalization": "unit",
}


def setting_edits(examined: Examination) -> list[Edit]:
    """The edits for the first finding whose remedy can be applied; else for compatible defaults."""
    reading = examined.reading
    if reading.variant is None or without_faults(reading.findings):
        return []
    remedies = [
        dict(finding.remedy)
        for finding in reading.findings
        if finding.remedy and finding.severity in SERIOUS and finding.code not in TRAINING_REPAIRS
    ]
    settings = reading.variant.to_dict()
    fitting = {name: value for name, value in ALWAYS_COMPATIBLE.items() if settings[name] != value}
    if reading.variant.loss_from == "logits":
        fitting["loss_from"] = "keras"
    remedies.append(fitting)
    for remedy in remedies:
        edits = _remedied(examined, reading.variant, remedy)
        if edits:
            return edits
    return []


def _remedied(examined: Examination, variant: Variant, remedy: dict[str, str]) -> list[Edit]:
    state, network, text = examined.state, examined.network, examined.text
    fit = fits(Variant.from_dict({**variant.to_dict(), **remedy}))
    reason = fit.reason if fit else "The settings are then compatible."
    edits: list[Edit] = []
    for name, value in remedy.items():
        if name == "activation":
            found = set_activation(state, network, value, text, reason)
        elif name == "loss":
            found = set_loss(network, value, text, reason)
        elif name == "loss_from" and "loss" in remedy:
            continue  # follows from the change of the loss
        elif name == "loss_from":
            found = set_loss_without_logits(network, text, reason)
        elif name == "normalization":
            current = variant.normalization
            found = set_normalization(state, network, current, value, text, reason)
        else:
            found = []
        if not found:
            return []
        edits += found
    return edits


def is_clean(reading: Reading) -> bool:
    """Whether neither the code nor its settings have a fault."""
    return not reading.faults and without_faults(reading.findings)


def changes(before: str, after: str, reasons: dict[int, list[str]]) -> tuple[Change, ...]:
    """The groups of lines that differ.

    Args:
        before, after: the texts.
        reasons: sentences by the index of a line in `before`.
    """
    old, new = before.split("\n"), after.split("\n")
    found: list[Change] = []
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    for tag, start, end, new_start, new_end in matcher.get_opcodes():
        if tag == "equal":
            continue
        touched = range(start - (tag == "insert"), max(end, start + 1))
        why = [reason for line in touched for reason in reasons.get(line, [])]
        found.append(
            Change(
                line=start + 1,
                before=tuple(old[start:end]),
                after=tuple(new[new_start:new_end]),
                reasons=tuple(dict.fromkeys(why)),
            )
        )
    return tuple(found)


def correct(first: Examination, chosen: int, budget: Budget) -> Reading:
    """Add the corrected code to a reading, unless nothing is wrong or no repair is known."""
    reading, current = first.reading, first
    origins = list(range(len(reading.text.split("\n"))))
    reasons: dict[int, list[str]] = {}
    for _ in range(ROUNDS):
        if is_clean(current.reading) or budget.is_exhausted:
            break
        edits = [edit for fault in current.reading.faults for edit in fault.edits]
        edits = edits or setting_edits(current)
        before = current.reading.text
        after = apply(before, edits)
        if after == before:
            break
        for edit in edits:
            line = origins[current.text.line_at(edit.start) - 1]
            reasons.setdefault(line, []).append(edit.reason)
        origins = _origins(before, after, origins)
        try:
            current = examine(parse(after), chosen, budget.renewed())
        except UnreadableCode:
            break
    text = current.reading.text
    is_unsupported = reading.variant is not None and current.reading.variant is None
    if not is_clean(current.reading) or is_unsupported or text == reading.text:
        return reading
    return replace(
        reading,
        corrected=text,
        corrected_variant=current.reading.variant,
        changes=changes(reading.text, text, reasons),
    )


def _origins(before: str, after: str, origins: list[int]) -> list[int]:
    """The index of the original line from which each line after an edit comes."""
    old, new = before.split("\n"), after.split("\n")
    found = [0] * len(new)
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    for _, start, end, new_start, new_end in matcher.get_opcodes():
        for index in range(new_start, new_end):
            at = min(start + index - new_start, max(end - 1, start), len(old) - 1)
            found[index] = origins[at]
    return found
