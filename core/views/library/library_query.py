"""The library as a list: searched, filtered, sorted and paginated, from summaries only.

The query is also the link: `?search=black&activation=softmax~tanh&sort=mse&page=2`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

from core.data.image_sets import clean_label
from core.diagnostics import WORDS
from core.errors import InvalidVariant
from core.setting_values import checked
from core.store.run_summary import RunSummary
from core.text.labels import VALUE_LABELS, value_label, value_text
from core.variant import FIELDS, Variant, format_value, parse_value
from core.views.library.library_order import DEFAULT_SORT, ORDERS, REVERSED, SORTS, in_order
from core.views.url_codec import (
    BETWEEN_VALUES,
    Parameter,
    changed_parameters,
    parse_parameters,
    refusal,
    unknown,
    whole,
)

PAGE = 50
# Filters that are not settings.
ORIGIN, VERDICT = "origin", "verdict"
HERE, SHIPPED = "trained here", "shipped"
NO_VERDICT = "not judged"
VERDICTS = (*sorted({word.rstrip(".") for word in WORDS}), NO_VERDICT)
FILTERS = (*FIELDS, VERDICT, ORIGIN)
MAX_SEARCH_LENGTH = 200
LAST_PAGE = 10_000


@dataclass(frozen=True, kw_only=True)
class Query:
    """The runs to list, and how.

    Attributes:
        search: words that must all occur in a run's `search_text`, ignoring case; a number matches
            only as a whole.
        filters: allowed texts by setting, "origin" or "verdict"; empty for all.
        sort: one of `ORDERS`.
        page: the page of the list, from 1.
    """

    search: str = ""
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sort: str = DEFAULT_SORT
    page: int = 1

    def to_query(self) -> dict[str, str]:
        """The parameters of the URL's query, without those at their defaults."""
        query = changed_parameters(self, ["search"])
        for name in FILTERS:
            if values := self.filters.get(name):
                texts = {label: text for text, label in VALUE_LABELS.get(name, {}).items()}
                query[name] = BETWEEN_VALUES.join(texts.get(value, value) for value in values)
        return query | changed_parameters(self, ["sort", "page"])

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> tuple[Query, list[InvalidVariant]]:
        """Read a URL's query; invalid parts are omitted.

        Args:
            query: values of "search", "sort", "page" and the filters.

        Returns:
            The query, and one error for each part that was ignored.
        """
        problems = unknown(query, (*_PARAMETERS, *FILTERS), "filter")
        filters: dict[str, tuple[str, ...]] = {}
        for name in [name for name in FILTERS if name in query]:
            read = [_filter(name, text) for text in query[name].split(BETWEEN_VALUES)]
            problems += [summary for summary in read if isinstance(summary, InvalidVariant)]
            if values := [summary for summary in read if isinstance(summary, str)]:
                filters[name] = tuple(dict.fromkeys(values))
        others, refused = parse_parameters(_PARAMETERS, query)
        return cls(filters=filters, **others), [*problems, *refused]


_PARAMETERS = {
    "search": Parameter(lambda text: text[:MAX_SEARCH_LENGTH], ""),
    "sort": Parameter(
        {order: order for order in ORDERS}.__getitem__,
        f"{', '.join(SORTS)}, each also with {REVERSED} before it",
    ),
    "page": whole(1, LAST_PAGE),
}


def select(summaries: Iterable[RunSummary], query: Query) -> list[RunSummary]:
    """The runs that match a query, in its order."""
    # Otherwise 12 would find every layer of 128.
    words = [f" {word} " if word.isdigit() else word for word in query.search.casefold().split()]
    chosen = {name: set(values) for name, values in query.filters.items() if values}
    found = [
        summary
        for summary in summaries
        if all(filter_text(summary, name) in values for name, values in chosen.items())
        and (not words or all(word in search_text(summary) for word in words))
    ]
    return in_order(found, query.sort)


def sorted_by(query: Query, name: str) -> Query:
    """The query sorted by a key of `SORTS`; reversed if it is sorted by it already."""
    return replace(query, sort=f"{REVERSED}{name}" if query.sort == name else name, page=1)


def choices(summaries: Iterable[RunSummary]) -> dict[str, list[str]]:
    """The choices of each filter: settings in which runs differ, origin and verdict.

    Settings are in `Variant`'s order, values as in `filter_text`, sorted by size if numbers.
    """
    every = list(summaries)
    found: dict[str, list[str]] = {}
    for name in FIELDS:
        values = {getattr(summary.variant, name) for summary in every}
        if len(values) > 1:
            found[name] = [value_text(name, value) for value in sorted(values)]
    for name in (VERDICT, ORIGIN):
        texts = {filter_text(summary, name) for summary in every}
        if len(texts) > 1:
            found[name] = sorted(texts)
    return found


def page_of(found: Sequence[RunSummary], page: int) -> Sequence[RunSummary]:
    """One page of a list, counted from 1."""
    return found[(page - 1) * PAGE : page * PAGE]


def pages(count: int) -> int:
    """The number of pages of a list, at least 1."""
    return max(1, -(-count // PAGE))


def filter_text(summary: RunSummary, name: str) -> str:
    """The text of a run that a filter compares: a setting, its origin, or its verdict's word."""
    if name == ORIGIN:
        return SHIPPED if summary.shipped else HERE
    if name == VERDICT:
        return summary.verdict.word.rstrip(".") if summary.verdict else NO_VERDICT
    return value_text(name, getattr(summary.variant, name))


def search_text(summary: RunSummary) -> str:
    """The text of a run that `search` applies to, in lower case."""
    verdict = (
        f"{summary.verdict.word} {summary.verdict.sentence}" if summary.verdict else NO_VERDICT
    )
    settings, origin = _settings(summary.variant), filter_text(summary, ORIGIN)
    return f" {settings} {origin} {summary.status} {verdict} ".casefold()


@lru_cache(maxsize=10_000)
def _settings(variant: Variant) -> str:
    texts = [format_value(getattr(variant, name)) for name in FIELDS]
    labels = [value_label(name, getattr(variant, name)) for name in FIELDS]
    return " ".join([variant.key, *texts, *labels])


def _filter(name: str, text: str) -> str | InvalidVariant:
    """The value of a filter in a link, or an error if no run could match it."""
    if name == ORIGIN:
        return text if text in (HERE, SHIPPED) else refusal(name, text, f"{HERE}, {SHIPPED}")
    if name == VERDICT:
        return text if text in VERDICTS else refusal(name, text, ", ".join(VERDICTS))
    try:
        return value_text(name, checked(name, parse_value(name, text)))
    except InvalidVariant as problem:
        # Image sets are chosen by their labels, which a link keeps.
        is_label = name == "dataset" and text == clean_label(text)
        return text if is_label else problem
