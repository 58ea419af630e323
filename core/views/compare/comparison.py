"""A comparison: which runs stand beside each other, how they are looked at, and its link.

Runs are named in a link by their settings, not by an id of one machine: `a=activation.softmax` is
run A, with every setting that is not named as it is by default. Neither "." between a setting and
its value nor "~" between two settings is escaped in a URL.
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
    changed_parameters,
    choice,
    number,
    parse_parameters,
    unknown,
    whole,
)

MOST_RUNS = len(LETTERS)
# What stands in a link for a run all of whose settings are the default ones.
DEFAULT = "default"
BETWEEN_SETTINGS = "~"
BETWEEN_NAME_AND_VALUE = "."
MEASURES: dict[str, Metric] = {"mse": MSE, "ssim": SSIM}


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """What is compared, and how it is looked at; all that a link to the page holds.

    Attributes:
        variants: of the runs A to F, each another.
        epoch: where the replay stands; None is the end.
        digit: place of the pinned digit that is enlarged, 0-9; None for none.
        measure: on the yardstick, a key of `MEASURES`.
    """

    variants: tuple[Variant, ...] = ()
    epoch: float | None = None
    digit: int | None = None
    measure: str = "mse"

    @property
    def last_epoch(self) -> int:
        """The right end of the epochs that are replayed."""
        return max((variant.epochs for variant in self.variants), default=1)

    def to_query(self) -> dict[str, str]:
        """As text for a URL's query, without what is as it is by default."""
        return link_query(self.variants) | changed_parameters(self, _PARAMETERS)

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> tuple[Comparison, list[InvalidVariant]]:
        """Read a URL's query; what cannot be understood is named and left out.

        Args:
            query: the letters a to f, "epoch", "digit" and "measure" to text.

        Returns:
            The comparison, and one error for each part that was ignored.
        """
        variants, problems = _variants(query)
        values, refused = parse_parameters(_PARAMETERS, query)
        problems += [*refused, *unknown(query, (*LETTERS.lower(), *_PARAMETERS))]
        return cls(variants=tuple(variants), **values), problems


_PARAMETERS = {"epoch": number(0, 1000), "digit": whole(0, 9), "measure": choice(MEASURES)}


def link_query(variants: Iterable[Variant]) -> dict[str, str]:
    """The query of a link that compares these, the first six of them, each once."""
    different = list(dict.fromkeys(variants))[:MOST_RUNS]
    return {
        letter: _text(variant) for letter, variant in zip(LETTERS.lower(), different, strict=False)
    }


def settings_table(variants: Sequence[Variant]) -> dict[str, list[str]]:
    """Of the settings those that differ: the setting's name to its value in each run."""
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
    """One run of a link; None where not one of its settings was understood."""
    if text == DEFAULT:
        return Variant(), []
    pairs = (part.partition(BETWEEN_NAME_AND_VALUE) for part in text.split(BETWEEN_SETTINGS))
    named = {name: value for name, _, value in pairs}
    variant, problems = Variant.from_query(named)
    problems += unknown(named, FIELDS)
    return (variant if len(problems) < len(named) else None), problems
