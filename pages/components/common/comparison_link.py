"""The compared runs in the link of the Compare page; other pages add a run to it."""

from __future__ import annotations

from core.variant import Variant
from core.views.compare.comparison import MOST_RUNS, Comparison, link_query
from pages.components.common.url_state import UrlState

COMPARISON = UrlState("Compare", Comparison, prefix="compare-")


def query_with(variant: Variant) -> dict[str, str]:
    """The link of another page to this one: the last comparison and one more run."""
    others = [other for other in COMPARISON.now.variants if other != variant]
    return link_query([*others[: MOST_RUNS - 1], variant])


def add(*variants: Variant) -> None:
    """Let more runs join, as far as there is room; none of them twice."""
    joined = dict.fromkeys([*COMPARISON.now.variants, *variants])
    COMPARISON.change(variants=tuple(joined)[:MOST_RUNS])


def remove(variant: Variant) -> None:
    """Take a run away."""
    variants = COMPARISON.now.variants
    COMPARISON.change(variants=tuple(other for other in variants if other != variant))
