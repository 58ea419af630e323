"""The state of the Inside page in its link."""

from __future__ import annotations

from typing import Any

from core.variant import Variant
from core.views.inside.inside_view import NONE, InsideState
from pages.components.common.setting_notes import Note, completed, refusals
from pages.components.common.url_state import UrlState

PREFIX = "inside-"


class _Inside(UrlState[InsideState]):
    def _understood(self, query: dict[str, str]) -> tuple[InsideState, list[Note]]:
        query, added = completed(query)
        state, problems = InsideState.from_query(query)
        return state, [*added, *refusals(problems, state.variant, word="Ignored")]


WIDGETS = ("part", "axes", "draw", "layer", "unit", "off", "input_noise", "measure")
# Of the centre of the map, where no slider was moved and no other two images were chosen.
NO_PLACE: dict[str, Any] = {
    "x": None,
    "y": None,
    "sliders": (),
    "position": None,
    "first": 0,
    "second": 1,
}
INSIDE = _Inside("Inside", InsideState, WIDGETS, prefix=PREFIX)


def open_run(variant: Variant) -> None:
    """Show another run; a callback."""
    INSIDE.change(variant=variant, **NO_PLACE, epoch=None, layer=0, unit=0, off=NONE)


def forget_point(**changes: Any) -> None:
    """Return to the centre of the map, whose axes have changed, and the last epoch; a callback."""
    INSIDE.change(**NO_PLACE, epoch=None, **changes)
