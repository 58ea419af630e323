"""The effect of the differences between runs: a headline, compared with the effect of the seed.

The headline states the errors of all runs. Only two runs that differ in a single setting show its
effect; the details are about the pair of such runs whose errors differ most.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from core.charts.palette import LETTERS
from core.metrics import image_metrics
from core.run import Run
from core.store.run_summary import RunSummary
from core.text import formats
from core.text.labels import SETTING_NOUNS, named_value
from core.variant import FIELDS, RANGES, Variant, differing

COUNTS = ("No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine")
# Pixel errors within this factor are called about equal.
MIN_FACTOR = 1.1

OtherSeeds = Mapping[str, Sequence[float]]


@dataclass(frozen=True, kw_only=True)
class Difference:
    """The differences between runs, as text.

    Attributes:
        first, rest: the headline.
        details: sentences below it.
        pair: indices of two runs that differ in exactly one setting, the better one first: of such
            pairs, the one whose errors differ most; None if there is none.
        is_spread_known: whether both runs of the pair were also trained with another seed.
    """

    first: str
    rest: str
    details: tuple[str, ...] = ()
    pair: tuple[int, int] | None = None
    is_spread_known: bool = False


def difference(runs: Sequence[Run], other_seeds: OtherSeeds) -> Difference:
    """The differences between runs.

    Args:
        runs: at least two, named A to F in this order.
        other_seeds: for each run's key, pixel MSEs of runs that differ from it only in the seed.
    """
    fields = differing([run.variant for run in runs])
    if fields == ("seed",):
        return _seeds(runs)
    pair = _pair_with_largest_effect(runs)
    return Difference(
        first=_what_differs(fields),
        rest=_errors(runs, fields, pair, other_seeds),
        details=() if pair is None else _about_pair(runs, pair, other_seeds),
        pair=pair,
        is_spread_known=pair is not None and _spread(runs, pair, other_seeds) is not None,
    )


def other_seeds(variant: Variant, summaries: Iterable[RunSummary]) -> list[float]:
    """Pixel MSEs of the finished runs that differ from a variant only in the seed."""
    return [
        summary.scores.mse
        for summary in summaries
        if summary.status == "finished" and differ_only_in_seed(variant, summary.variant)
    ]


def differ_only_in_seed(variant: Variant, other: Variant) -> bool:
    """Whether two variants differ only in the seed."""
    return variant.seed != other.seed and all(
        getattr(variant, field) == getattr(other, field) for field in FIELDS if field != "seed"
    )


def second_seed(variant: Variant) -> Variant:
    """The same settings with the next seed."""
    return replace(variant, seed=(variant.seed + 1) % int(RANGES["seed"][1]))


def _seeds(runs: Sequence[Run]) -> Difference:
    errors = [run.scores.mse for run in runs]
    spread = formats.loss(max(errors) - min(errors))
    return Difference(
        first="Only the seed differs.",
        rest=f"Pixel errors span {spread}: the effect of chance alone.",
    )


def _what_differs(fields: Sequence[str]) -> str:
    if len(fields) == 1:
        return f"Only the {SETTING_NOUNS[fields[0]]} differs."
    return f"{COUNTS[min(len(fields), 9)]} settings differ."


def _errors(
    runs: Sequence[Run],
    fields: Sequence[str],
    pair: tuple[int, int] | None,
    other_seeds: OtherSeeds,
) -> str:
    """The errors of all runs in one sentence."""
    if "dataset" in fields:
        return "Errors on different images cannot be compared."
    what, error_of, unit = "Error", _share, " of the mean image's"
    if any(math.isnan(image_metrics.share_of_mean_image(run)) for run in runs):
        what, error_of, unit = "Pixel error", _pixel_error, ""
    if runs[2:]:
        ranked = sorted(range(len(runs)), key=lambda index: runs[index].scores.mse)
        errors = ", ".join(f"{LETTERS[index]} {error_of(runs[index])}" for index in ranked)
        return f"{what}, best first: {errors}{unit}."
    if pair is None:
        return (
            f"{what} {error_of(runs[0])}{unit} in A, {error_of(runs[1])} in B."
            " Change one setting at a time to see which matters."
        )
    spread = _spread(runs, pair, other_seeds)
    if spread is not None and _effect(runs, pair, other_seeds) <= spread:
        return "The effect is no larger than that of another seed."
    better, worse = (runs[index] for index in pair)
    names = _named(runs, pair)
    if _ratio(better, worse) < MIN_FACTOR:
        return f"About the same error with {names[0]} and {names[1]}."
    return f"{what} {error_of(better)}{unit} with {names[0]}, {error_of(worse)} with {names[1]}."


def _pair_with_largest_effect(runs: Sequence[Run]) -> tuple[int, int] | None:
    """The pair with a single difference and the largest effect, better run first."""
    pairs = [
        (one, other) if runs[one].scores.mse <= runs[other].scores.mse else (other, one)
        for one, other in combinations(range(len(runs)), 2)
        if _only_difference(runs[one], runs[other]) not in (None, "dataset", "seed")
    ]
    return max(pairs, key=lambda pair: _ratio(runs[pair[0]], runs[pair[1]]), default=None)


def _only_difference(one: Run, other: Run) -> str | None:
    fields = differing([one.variant, other.variant])
    return fields[0] if len(fields) == 1 else None


def _about_pair(
    runs: Sequence[Run], pair: tuple[int, int], other_seeds: OtherSeeds
) -> tuple[str, ...]:
    found = [*_same_loss(runs, pair), _about_seeds(runs, pair, other_seeds)]
    if runs[2:]:
        field = differing([runs[index].variant for index in pair])[0]
        names = " to ".join(_named(runs, pair))
        found.insert(0, f"Largest effect of one setting: the {SETTING_NOUNS[field]}, from {names}.")
    return tuple(found)


def _named(runs: Sequence[Run], pair: tuple[int, int]) -> list[str]:
    """The values in which two runs differ, with their letters: "sigmoid (A)"."""
    field = differing([runs[index].variant for index in pair])[0]
    return [
        f"{named_value(field, getattr(runs[index].variant, field))} ({LETTERS[index]})"
        for index in pair
    ]


def _same_loss(runs: Sequence[Run], pair: tuple[int, int]) -> tuple[str, ...]:
    """A sentence if the losses are the same although the images differ."""
    better, worse = (runs[index] for index in pair)
    curves = [list(map(formats.loss, run.history.losses)) for run in (better, worse)]
    if not curves[0] or curves[0] != curves[1] or _ratio(better, worse) < MIN_FACTOR:
        return ()
    sums = [formats.total(_mean_sum(run)) for run in (better, worse)]
    letters = [LETTERS[index] for index in pair]
    return (
        "Both losses are the same to every decimal shown, yet the pixels of an image sum to"
        f" {sums[0]} in {letters[0]} and to {sums[1]} in {letters[1]}.",
    )


def _about_seeds(runs: Sequence[Run], pair: tuple[int, int], other_seeds: OtherSeeds) -> str:
    effect, spread = _effect(runs, pair, other_seeds), _spread(runs, pair, other_seeds)
    if spread is None:
        return "With one seed each, the effect of chance is unknown."
    sizes = f"seeds change the pixel error by up to {formats.loss(spread)}"
    if effect > spread:
        return f"More than chance: {sizes}, this setting by {formats.loss(effect)}."
    return f"Possibly chance: {sizes}, this setting by {formats.loss(effect)}."


def _effect(runs: Sequence[Run], pair: tuple[int, int], other_seeds: OtherSeeds) -> float:
    """The difference between the mean errors of two settings."""
    better, worse = (_errors_of_all_seeds(runs[index], other_seeds) for index in pair)
    return abs(sum(better) / len(better) - sum(worse) / len(worse))


def _spread(runs: Sequence[Run], pair: tuple[int, int], other_seeds: OtherSeeds) -> float | None:
    """The largest range of errors over the seeds of one setting; None if one has a single seed."""
    groups = [_errors_of_all_seeds(runs[index], other_seeds) for index in pair]
    if any(len(errors) == 1 for errors in groups):
        return None
    return max(max(errors) - min(errors) for errors in groups)


def _errors_of_all_seeds(run: Run, other_seeds: OtherSeeds) -> list[float]:
    return [run.scores.mse, *other_seeds.get(run.variant.key, ())]


def _ratio(better: Run, worse: Run) -> float:
    if better.scores.mse == worse.scores.mse:
        return 1.0
    return worse.scores.mse / better.scores.mse if better.scores.mse else float("inf")


def _share(run: Run) -> str:
    return formats.share(image_metrics.share_of_mean_image(run))


def _pixel_error(run: Run) -> str:
    return formats.loss(run.scores.mse)


def _mean_sum(run: Run) -> float:
    if not run.history.frames:
        return float("nan")
    return float(image_metrics.displayed(run.history.frames[-1].pixels).sum(axis=1).mean())
