"""What was read: settings with their lines, what was assumed, ignored, and what is wrong."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from core.code_reader.network import Remark
from core.code_reader.repairs import Repair
from core.diagnostics import Finding
from core.variant import Variant


@dataclass(frozen=True, kw_only=True)
class Setting:
    """One setting.

    Attributes:
        name: the field of `Variant`, today's or one to come.
        value: in JSON's types, or a tuple.
        line: where the code says so; None where it was assumed.
        reason: why it was assumed; "" where the code says so.
    """

    name: str
    value: Any
    line: int | None = None
    reason: str = ""

    @property
    def is_assumed(self) -> bool:
        """Whether the code leaves it open."""
        return bool(self.reason)


@dataclass(frozen=True, kw_only=True)
class Edit:
    """A change of the text: what stands from `start` to before `end` becomes `text`.

    Attributes:
        start, end: offsets in characters.
        reason: why, in a sentence.
    """

    start: int
    end: int
    text: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class Fault:
    """A mistake in the code.

    Attributes:
        code: its name.
        line: where.
        sentence: what is wrong and what follows from it.
        edits: what repairs it; empty where nobody but the visitor can.
    """

    code: str
    line: int
    sentence: str
    edits: tuple[Edit, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Change:
    """One place where the corrected code differs.

    Attributes:
        line: of the visitor's code; for an insertion the line before which it stands.
        before, after: the lines, without the rest.
        reasons: why.
    """

    line: int
    before: tuple[str, ...]
    after: tuple[str, ...]
    reasons: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Reading:
    """One autoencoder of a text, as it was read.

    Attributes:
        settings: everything that training it takes, by name.
        unsupported: what the lab cannot do.
        variant: the settings as the lab trains them; None where it cannot.
        findings: what will go wrong with them.
        statistics: the data set that the findings come from, where it is not the variant's own.
        corrected: the text with the smallest change that repairs it; None where nothing is wrong or
            no change is known.
        changes: in what the corrected text differs.
        candidates: how many autoencoders there are in the text.
        candidate_lines: where each is trained.
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
        """The settings that the code leaves open, and what the findings take for granted."""
        found = [setting for setting in self.settings.values() if setting.is_assumed]
        return (*found, self.statistics) if self.statistics else tuple(found)

    def to_dict(self) -> dict[str, Any]:
        """In JSON's types, as `python -m core explain --json` prints it."""
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
