"""The state of the Compare page in its link; other pages can add runs to it."""

from __future__ import annotations

from core.variant import Variant
from core.views.compare.comparison import MAX_RUNS, Comparison, link_query
from pages.components.common.url_state import UrlState

COMPARISON = UrlState("Compare", Comparison, prefix="compare-")


def query_with(variant: Variant) -> dict[str, str]:
    """The query of a link to the Compare page: the last comparison, with one more run."""
    others = [other for other in COMPARISON.now.variants if other != variant]
    return link_query([*others[: MAX_RUNS - 1], variant])


def add(*variants: Variant) -> None:
    """Add runs that are not in the comparison, as far as there is room."""
    joined = dict.fromkeys([*COMPARISON.now.variants, *variants])
    COMPARISON.change(variants=tuple(joined)[:MAX_RUNS])


def remove(variant: Variant) -> None:
    """Remove a run from the comparison."""
    variants = COMPARISON.now.variants
    COMPARISON.change(variants=tuple(other for other in variants if other != variant))
