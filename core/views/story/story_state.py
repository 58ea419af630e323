"""Place: where a visitor is in the story; all that a link to it holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.errors import InvalidVariant

STEPS = {1: "Raw", 2: "Softmax", 3: "Sigmoid", 4: "Floor", 5: "Others", 6: "When"}


@dataclass(frozen=True, kw_only=True)
class StoryState:
    """Where a visitor is in the story.

    Attributes:
        step: a key of `STEPS`.
        present: whether it is shown to a room: large, without navigation.
    """

    step: int = 1
    present: bool = False

    def to_query(self) -> dict[str, str]:
        """As text for a URL's query."""
        return {"step": str(self.step), **({"present": "1"} if self.present else {})}

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> tuple[StoryState, list[InvalidVariant]]:
        """Read a URL's query; what cannot be understood is named and takes its default."""
        allowed: dict[str, dict[str, Any]] = {
            "step": {str(step): step for step in STEPS},
            "present": {"0": False, "1": True},
        }
        accepted: dict[str, Any] = {}
        problems = []
        for field, text in query.items():
            if field not in allowed:
                problems.append(InvalidVariant(field, f"There is no setting {field[:40]!r}."))
            elif text not in allowed[field]:
                names = ", ".join(allowed[field])
                sentence = f"{field} cannot be {text[:40]!r}; allowed are {names}."
                problems.append(InvalidVariant(field, sentence))
            else:
                accepted[field] = allowed[field][text]
        return cls(**accepted), problems
