"""The state of the Inside page, kept in its link."""

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
# The centre of the map, without moved sliders or chosen images.
DEFAULT_LOCATION: dict[str, Any] = {
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
    INSIDE.change(variant=variant, **DEFAULT_LOCATION, epoch=None, layer=0, unit=0, off=NONE)


def reset_location(**changes: Any) -> None:
    """Return to the centre of the map and the last epoch, since the axes change; a callback."""
    INSIDE.change(**DEFAULT_LOCATION, epoch=None, **changes)
