"""StoryState: the state of the Story page, as in its link."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from core.views.url_codec import SWITCH, LinkState, Parameter, choice

STEPS = {1: "Raw", 2: "Softmax", 3: "Sigmoid", 4: "Floor", 5: "Others", 6: "When"}


@dataclass(frozen=True, kw_only=True)
class StoryState(LinkState):
    """The state of the Story page.

    Attributes:
        step: a key of `STEPS`.
        present: whether it is shown on a projector: large, without navigation.
        predict: whether each step asks for its outcome before it shows it.
    """

    step: int = 1
    present: bool = False
    predict: bool = False

    parameters: ClassVar[Mapping[str, Parameter]] = {
        "step": choice(STEPS),
        "present": SWITCH,
        "predict": SWITCH,
    }

    def to_query(self) -> dict[str, str]:
        """The parameters of the URL's query, always with the step."""
        return {"step": str(self.step), **super().to_query()}
