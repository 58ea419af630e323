"""What advice consists of: findings before a training, a verdict after it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Literal, get_args

from core.variant import Variant

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
    remedy: Mapping[str, Any] | None = None
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
        cause: the code of the finding that explains it; None where none does.
        remedy: fields of `Variant` with the values that repair it; None where nothing is to repair.
    """

    code: str
    tone: Tone
    word: str
    sentence: str
    cause: str | None = None
    remedy: Mapping[str, Any] | None = None

    def to_dict(self) -> dict[str, Any]:
        """In JSON's types."""
        return {
            "code": self.code,
            "tone": self.tone,
            "word": self.word,
            "sentence": self.sentence,
            "cause": self.cause,
            "remedy": None if self.remedy is None else dict(self.remedy),
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Verdict:
        """The inverse of `to_dict`; earlier versions had `guilty` for `cause`, and no remedy.

        Raises:
            ValueError, TypeError: a value is none of a verdict's; the text says which.
        """
        if not isinstance(values, Mapping):
            raise TypeError(f"{values!r:.60} is no verdict")
        named = {"cause" if name == "guilty" else name: values[name] for name in values}
        missing = {"code", "tone", "word", "sentence"} - named.keys()
        unknown = named.keys() - {field.name for field in fields(cls)}
        if missing or unknown:
            raise ValueError(f"{list(values)!r:.60} are not the fields of a verdict")
        if named["tone"] not in get_args(Tone):
            raise ValueError(f"{named['tone']!r:.60} is not a tone")
        texts = [named["code"], named["word"], named["sentence"], named.get("cause") or ""]
        if not all(isinstance(text, str) for text in texts):
            raise TypeError("a verdict's texts are not all text")
        if not isinstance(named.get("remedy") or {}, Mapping):
            raise TypeError(f"{named['remedy']!r:.60} is not a remedy")
        if named.get("remedy") is not None:
            # Refuses what is no setting, and values that a setting cannot have.
            Variant.from_dict(named["remedy"])
        return cls(**named)


def plain(sentence: str) -> str:
    """A sentence without Markdown's asterisks."""
    return sentence.replace("**", "")
