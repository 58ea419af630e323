"""Orders of the library's list: one for each column, in both directions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from core.store.run_summary import RunSummary
from core.text.labels import SETTING_TITLES, run_name, value_text
from core.variant import FIELDS

DEFAULT_SORT = "used"
# In a link, the prefix of a reversed order.
REVERSED = "-"


@dataclass(frozen=True, kw_only=True)
class Sort:
    """An order of the list, and its reverse.

    Attributes:
        label, reversed_label: the labels of both directions.
        key: returns the sort key of a run; None and NaN come last in both directions.
        descending: whether the largest comes first, unless reversed.
    """

    label: str
    reversed_label: str
    key: Callable[[RunSummary], Any]
    descending: bool = False


def _by_setting(field: str) -> Sort:
    title = SETTING_TITLES[field]
    return Sort(
        label=f"{title}, ascending",
        reversed_label=f"{title}, descending",
        key=lambda one: _setting(one, field),
    )


def _setting(one: RunSummary, field: str) -> Any:
    """Sort key of a setting: text as displayed, numbers by size."""
    value = getattr(one.variant, field)
    return value_text(field, value) if isinstance(value, str) else value


def _loss_in_its_unit(one: RunSummary) -> tuple[str, str, str, float] | None:
    loss = one.trained_loss.held_out
    if loss is None or loss != loss:
        return None
    variant = one.variant
    return variant.loss, variant.normalization, variant.dataset, loss


SORTS: dict[str, Sort] = {
    "used": Sort(
        label="Last used first",
        reversed_label="Last used last",
        key=lambda one: one.used,
        descending=True,
    ),
    "created": Sort(
        label="Newest first",
        reversed_label="Oldest first",
        key=lambda one: one.created,
        descending=True,
    ),
    "mse": Sort(
        label="Smallest pixel error first",
        reversed_label="Largest pixel error first",
        key=lambda one: one.scores.mse,
    ),
    "ssim": Sort(
        label="Highest SSIM first",
        reversed_label="Lowest SSIM first",
        key=lambda one: one.scores.ssim,
        descending=True,
    ),
    # Losses of different units are not compared: they are sorted within groups.
    "trained_loss": Sort(
        label="Smallest loss of each kind first",
        reversed_label="Largest loss of each kind first",
        key=_loss_in_its_unit,
    ),
    "verdict": Sort(
        label="Verdict, A to Z",
        reversed_label="Verdict, Z to A",
        key=lambda one: one.verdict.word if one.verdict else None,
    ),
    "name": Sort(
        label="Name, A to Z",
        reversed_label="Name, Z to A",
        key=lambda one: run_name(one.variant),
    ),
    "origin": Sort(
        label="Shipped first",
        reversed_label="Trained here first",
        key=lambda one: one.shipped,
        descending=True,
    ),
    "seconds": Sort(
        label="Shortest training first",
        reversed_label="Longest training first",
        key=lambda one: one.seconds,
    ),
    "bytes": Sort(
        label="Largest on disk first",
        reversed_label="Smallest on disk first",
        key=lambda one: one.bytes,
        descending=True,
    ),
    **{field: _by_setting(field) for field in FIELDS},
}
# All orders that a link may have.
ORDERS = (*SORTS, *(f"{REVERSED}{name}" for name in SORTS))


def order_label(order: str) -> str:
    """The label of one of `ORDERS`."""
    sort = SORTS[order.removeprefix(REVERSED)]
    return sort.reversed_label if order.startswith(REVERSED) else sort.label


def is_descending(order: str) -> bool:
    """Whether the largest comes first."""
    return SORTS[order.removeprefix(REVERSED)].descending != order.startswith(REVERSED)


def in_order(summaries: Sequence[RunSummary], order: str) -> list[RunSummary]:
    """Runs sorted by one of `ORDERS`."""
    key = SORTS[order.removeprefix(REVERSED)].key
    entries = [(key(one), one) for one in summaries]
    last = [one for value, one in entries if value is None or value != value]
    first = [(value, one) for value, one in entries if value is not None and value == value]
    first.sort(key=lambda pair: pair[0], reverse=is_descending(order))
    return [*(one for _, one in first), *last]
