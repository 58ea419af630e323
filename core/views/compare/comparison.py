"""Comparison: which runs are compared, how they are shown, and its link.

A link names runs by their settings, not by ids of one machine: `a=activation.softmax` is run A,
with defaults for all other settings. Neither "." between setting and value nor "~" between settings
is escaped in a URL.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from core.charts.metric_chart import MSE, SSIM, Metric
from core.charts.palette import LETTERS
from core.errors import InvalidVariant
from core.text.labels import SETTING_TITLES, value_label
from core.variant import FIELDS, Variant, differing
from core.views.url_codec import (
    SWITCH,
    changed_parameters,
    choice,
    number,
    parse_parameters,
    unknown,
    whole,
)

MAX_RUNS = len(LETTERS)
# In a link, a run whose settings all have their defaults.
DEFAULT = "default"
BETWEEN_SETTINGS = "~"
BETWEEN_NAME_AND_VALUE = "."
MEASURES: dict[str, Metric] = {"mse": MSE, "ssim": SSIM}


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """The state of the Compare page, as in its link.

    Attributes:
        variants: the variants of the runs A to F, all distinct.
        epoch: position of the replay; None for the end.
        digit: index of the enlarged digit, 0-9; None for none.
        measure: the metric in the chart, a key of `MEASURES`.
        present: whether it is shown on a projector: large, without navigation.
    """

    variants: tuple[Variant, ...] = ()
    epoch: float | None = None
    digit: int | None = None
    measure: str = "mse"
    present: bool = False

    @property
    def last_epoch(self) -> int:
        """The last epoch of the replay."""
        return max((variant.epochs for variant in self.variants), default=1)

    def to_query(self) -> dict[str, str]:
        """The parameters of the URL's query, without those at their defaults."""
        return link_query(self.variants) | changed_parameters(self, _PARAMETERS)

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> tuple[Comparison, list[InvalidVariant]]:
        """Read a URL's query; invalid parts are omitted.

        Args:
            query: values of the parameters a to f, "epoch", "digit", "measure" and
                "present".

        Returns:
            The comparison, and one error for each part that was ignored.
        """
        variants, problems = _variants(query)
        values, refused = parse_parameters(_PARAMETERS, query)
        problems += [*refused, *unknown(query, (*LETTERS.lower(), *_PARAMETERS))]
        return cls(variants=tuple(variants), **values), problems


_PARAMETERS = {
    "epoch": number(0, 1000),
    "digit": whole(0, 9),
    "measure": choice(MEASURES),
    "present": SWITCH,
}


def link_query(variants: Iterable[Variant]) -> dict[str, str]:
    """The query of a link that compares the first six distinct variants."""
    different = list(dict.fromkeys(variants))[:MAX_RUNS]
    return {
        letter: _text(variant) for letter, variant in zip(LETTERS.lower(), different, strict=False)
    }


def settings_table(variants: Sequence[Variant]) -> dict[str, list[str]]:
    """The settings that differ: the values in each run, by the setting's title."""
    return {
        SETTING_TITLES[field]: [value_label(field, getattr(variant, field)) for variant in variants]
        for field in differing(variants)
    }


def _text(variant: Variant) -> str:
    texts = variant.to_query()
    parts = [f"{field}{BETWEEN_NAME_AND_VALUE}{texts[field]}" for field in variant.changed]
    return BETWEEN_SETTINGS.join(parts) or DEFAULT


def _variants(query: Mapping[str, str]) -> tuple[list[Variant], list[InvalidVariant]]:
    variants: list[Variant] = []
    problems: list[InvalidVariant] = []
    for letter in LETTERS:
        text = query.get(letter.lower())
        if text is None:
            continue
        variant, found = _variant(text)
        problems += [InvalidVariant(p.field, f"Run {letter}: {p}") for p in found]
        if variant in variants:
            same = LETTERS[variants.index(variant)]
            problems.append(
                InvalidVariant(letter, f"Run {letter} has the same settings as run {same}.")
            )
        elif variant is not None:
            variants.append(variant)
    return variants, problems


def _variant(text: str) -> tuple[Variant | None, list[InvalidVariant]]:
    """The variant of one run in a link; None if none of its settings is valid."""
    if text == DEFAULT:
        return Variant(), []
    pairs = (part.partition(BETWEEN_NAME_AND_VALUE) for part in text.split(BETWEEN_SETTINGS))
    named = {name: value for name, _, value in pairs}
    variant, problems = Variant.from_query(named)
    problems += unknown(named, FIELDS)
    return (variant if len(problems) < len(named) else None), problems
