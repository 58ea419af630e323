"""What advice consists of: findings before a training, a verdict after it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Severity = Literal["fault", "warning", "note", "fit"]
Tone = Literal["good", "bad", "warning", "neutral"]


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing that is known of a choice of settings before anything is trained.

    Attributes:
        code: its name, the same wherever it is found.
        severity: "fault": the pictures cannot come out right; "warning": they come out worse than
            they could, or a number misleads; "note": worth knowing; "fit": nothing is wrong.
        title: one or two words for a badge.
        sentence: cause, number, consequence; the number bold in Markdown.
        value: the number behind it.
        setting: the field of `Variant` that is to blame.
        remedy: fields of `Variant` with other values: the nearest combination without a fault.
        remedy_label: what a button says that applies the remedy.
    """

    code: str
    severity: Severity
    title: str
    sentence: str
    value: float | None = None
    setting: str | None = None
    remedy: Mapping[str, str] | None = None
    remedy_label: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """In JSON's types, the sentence without Markdown."""
        return {
            "code": self.code,
            "severity": self.severity,
            "title": self.title,
            "sentence": plain(self.sentence),
            "value": self.value,
            "setting": self.setting,
            "remedy": None if self.remedy is None else dict(self.remedy),
        }


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What became of a run, in one sentence.

    Attributes:
        code: its name.
        tone: whether that is good.
        word: the first words, such as "Black."
        sentence: the proof, one or two short sentences.
        guilty: the code of the finding that is the cause; None where no finding is.
    """

    code: str
    tone: Tone
    word: str
    sentence: str
    guilty: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """In JSON's types."""
        return {
            "code": self.code,
            "tone": self.tone,
            "word": self.word,
            "sentence": self.sentence,
            "guilty": self.guilty,
        }


def plain(sentence: str) -> str:
    """A sentence without Markdown's asterisks."""
    return sentence.replace("**", "")
