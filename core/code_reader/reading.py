"""Reading: the settings, assumptions, remarks and faults of a script."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from core.code_reader.network import Remark
from core.code_reader.text_repairs import Repair
from core.diagnostics import Finding
from core.variant import Variant


@dataclass(frozen=True, kw_only=True)
class Setting:
    """One setting.

    Attributes:
        name: a field of `Variant`, or a setting that `Variant` does not have.
        value: a JSON value or a tuple.
        line: the line that states it; None if it was assumed.
        reason: why it was assumed; "" if the code states it.
    """

    name: str
    value: Any
    line: int | None = None
    reason: str = ""

    @property
    def is_assumed(self) -> bool:
        """Whether the code does not state it."""
        return bool(self.reason)


class Settings:
    """The settings of a script while they are collected.

    Attributes:
        by_name: the settings so far.
    """

    def __init__(self) -> None:
        self.by_name: dict[str, Setting] = {}

    def read(self, name: str, value: Any, line: int) -> None:
        """Add a setting that the code states in a line."""
        self.by_name[name] = Setting(name=name, value=value, line=line)

    def assume(self, name: str, value: Any, reason: str, line: int | None = None) -> None:
        """Add a setting that the code does not state, or not clearly, with the reason."""
        self.by_name[name] = Setting(name=name, value=value, line=line, reason=reason)


@dataclass(frozen=True, kw_only=True)
class Edit:
    """A change of the text: the range [start, end) is replaced by `text`.

    Attributes:
        start, end: offsets in characters.
        reason: why, as a sentence.
    """

    start: int
    end: int
    text: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class Fault:
    """A mistake in the code.

    Attributes:
        code: its stable name.
        line: its line in the script.
        sentence: what is wrong, and its consequence.
        edits: the repair; empty if there is no automatic one.
    """

    code: str
    line: int
    sentence: str
    edits: tuple[Edit, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Change:
    """A group of lines that differ in the corrected code.

    Attributes:
        line: in the original code; for an insertion the line after it.
        before, after: the differing lines.
        reasons: why they were changed, as sentences.
    """

    line: int
    before: tuple[str, ...]
    after: tuple[str, ...]
    reasons: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Reading:
    """The result of reading one autoencoder in a text.

    Attributes:
        settings: all settings of the training, by name.
        ignored: remarks about code that the lab ignores.
        unsupported: remarks about code that the lab does not support.
        repairs: of the text, before it was parsed.
        variant: the settings for the lab; None if it does not support them.
        findings: the preflight findings about the variant.
        statistics: the data set whose statistics the findings use, if it is not the variant's.
        text: the script, after repairs.
        corrected: the script with all faults repaired; None if nothing is wrong or no repair is
            known.
        corrected_variant: the settings of the corrected script.
        changes: between the script and the corrected script.
        candidates: number of autoencoders in the text.
        candidate_lines: the line of the training of each.
    """

    settings: dict[str, Setting]
    ignored: tuple[Remark, ...] = ()
    unsupported: tuple[Remark, ...] = ()
    faults: tuple[Fault, ...] = ()
    repairs: tuple[Repair, ...] = ()
    variant: Variant | None = None
    findings: tuple[Finding, ...] = ()
    statistics: Setting | None = None
    text: str = ""
    corrected: str | None = None
    corrected_variant: Variant | None = None
    changes: tuple[Change, ...] = ()
    candidates: int = 1
    candidate_lines: tuple[int, ...] = field(default=())

    @property
    def assumed(self) -> tuple[Setting, ...]:
        """The settings that the code does not state, and the assumptions of the findings."""
        found = [setting for setting in self.settings.values() if setting.is_assumed]
        return (*found, self.statistics) if self.statistics else tuple(found)

    def to_dict(self) -> dict[str, Any]:
        """As a JSON object; `python -m core explain --json` prints it."""
        return {
            "variant": None if self.variant is None else self.variant.to_dict(),
            "settings": [
                {"setting": s.name, "value": _plain(s.value), "line": s.line}
                for s in self.settings.values()
            ],
            "assumed": [
                {"setting": s.name, "value": _plain(s.value), "reason": s.reason}
                for s in self.assumed
            ],
            "ignored": [{"line": r.line, "sentence": r.sentence} for r in self.ignored],
            "unsupported": [{"line": r.line, "sentence": r.sentence} for r in self.unsupported],
            "faults": [
                {"code": f.code, "line": f.line, "sentence": f.sentence} for f in self.faults
            ],
            "repairs": [
                {"code": r.code, "line": r.line, "sentence": r.sentence} for r in self.repairs
            ],
            "findings": [finding.to_dict() for finding in self.findings],
            "corrected": self.corrected,
            "candidates": self.candidates,
            "layers": _plain(self.settings["layers"].value) if "layers" in self.settings else None,
        }


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value
