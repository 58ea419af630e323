"""Finding and Verdict: the results of diagnostics before and after a training."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Literal, get_args

from core.variant import Variant

Severity = Literal["fault", "warning", "note", "fit"]
Tone = Literal["good", "bad", "warning", "neutral"]


@dataclass(frozen=True, kw_only=True)
class Finding:
    """A statement about settings, known before training.

    Attributes:
        code: its stable name.
        severity: "fault": reconstructions cannot be correct; "warning": they are worse than
            possible, or a number is misleading; "note": information; "fit": nothing is wrong.
        title: one or two words for a badge.
        sentence: cause, number and consequence; the number is bold in Markdown.
        value: the number in the sentence.
        setting: the field of `Variant` that causes it.
        remedy: new values of fields of `Variant`: the nearest settings without the fault.
        remedy_label: the label of a button that applies the remedy.
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
        """As a JSON object, with the sentence without Markdown."""
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
    """The result of a run, in one sentence.

    Attributes:
        code: its stable name.
        tone: whether the result is good.
        word: the first words, such as "Black."
        sentence: the evidence, in one or two short sentences.
        cause: the code of the finding that explains it; None if there is none.
        remedy: new values of fields of `Variant` that repair it; None if nothing needs repair.
    """

    code: str
    tone: Tone
    word: str
    sentence: str
    cause: str | None = None
    remedy: Mapping[str, Any] | None = None

    def to_dict(self) -> dict[str, Any]:
        """As a JSON object."""
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
        """The inverse of `to_dict`; earlier versions wrote `guilty` for `cause` and no remedy.

        Raises:
            ValueError, TypeError: a value is invalid; the text says which.
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
            # Raises for unknown settings and for values that are not allowed.
            Variant.from_dict(named["remedy"])
        return cls(**named)


def plain(sentence: str) -> str:
    """A sentence without Markdown's asterisks."""
    return sentence.replace("**", "")
