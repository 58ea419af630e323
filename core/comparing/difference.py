"""What the difference between runs did: one sentence, and whether a seed would do as much.

Runs can only be told apart by one setting where they share all others, so the sentence is about the
pair of runs with exactly one difference whose pixel errors lie farthest apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from core import formats, scores
from core.drawing.palette import LETTERS
from core.labels import SETTING_NOUNS, value_label
from core.runs import Run
from core.store.run_summary import RunSummary
from core.variant import FIELDS, RANGES, Variant, differing

COUNTS = ("No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine")
# Pixel errors with a smaller ratio are called about equal.
LEAST_FACTOR = 1.1

OtherSeeds = Mapping[str, Sequence[float]]


@dataclass(frozen=True, kw_only=True)
class Difference:
    """What there is to say about some runs.

    Attributes:
        first, rest: the headline.
        details: sentences below it.
        pair: places of the two runs that it is about, the closer one first; None where no two of
            them differ in exactly one setting.
        is_spread_known: whether another seed of both of the pair is trained.
    """

    first: str
    rest: str
    details: tuple[str, ...] = ()
    pair: tuple[int, int] | None = None
    is_spread_known: bool = False


def difference(runs: Sequence[Run], other_seeds: OtherSeeds) -> Difference:
    """What the difference between runs did.

    Args:
        runs: at least two, named A to F in this order.
        other_seeds: for each run's key, pixel MSE of runs that differ from it only in their seed.
    """
    fields = differing([run.variant for run in runs])
    if fields == ("seed",):
        return _seeds(runs)
    pair = _telling_pair(runs)
    if pair is not None:
        return _one_change(runs, pair, fields, other_seeds)
    if "dataset" in fields:
        return Difference(
            first="Different images.",
            rest="Numbers of different data sets cannot be compared.",
        )
    closer, farther = _ends(runs)
    times = _times(runs[closer], runs[farther])
    return Difference(
        first=f"{COUNTS[min(len(fields), 9)]} settings differ.",
        rest=f"{LETTERS[closer]} is {times} times closer than {LETTERS[farther]};"
        " which one did it is open.",
    )


def other_seeds(variant: Variant, summaries: Iterable[RunSummary]) -> list[float]:
    """Pixel MSE of the finished runs that differ from a variant only in their seed."""
    return [
        summary.scores.mse
        for summary in summaries
        if summary.status == "finished" and is_twin(variant, summary.variant)
    ]


def is_twin(variant: Variant, other: Variant) -> bool:
    """Whether two variants differ in their seed and in nothing else."""
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
        rest=f"Pixel errors are {spread} apart: what chance alone does.",
    )


def _telling_pair(runs: Sequence[Run]) -> tuple[int, int] | None:
    """Of the pairs with one difference the one with the largest effect, the closer run first."""
    pairs = [
        (one, other) if runs[one].scores.mse <= runs[other].scores.mse else (other, one)
        for one, other in combinations(range(len(runs)), 2)
        if _only_difference(runs[one], runs[other]) not in (None, "dataset", "seed")
    ]
    return max(pairs, key=lambda pair: _ratio(runs[pair[0]], runs[pair[1]]), default=None)


def _only_difference(one: Run, other: Run) -> str | None:
    fields = differing([one.variant, other.variant])
    return fields[0] if len(fields) == 1 else None


def _one_change(
    runs: Sequence[Run], pair: tuple[int, int], fields: Sequence[str], other_seeds: OtherSeeds
) -> Difference:
    closer, farther = (runs[place] for place in pair)
    field = differing([closer.variant, farther.variant])[0]
    name = SETTING_NOUNS[field]
    letters = sorted(LETTERS[place] for place in pair)
    known = all(other_seeds.get(run.variant.key) for run in (closer, farther))
    effect, spread = _effect(closer, farther, other_seeds)
    within = known and effect <= spread
    rest = (
        "It does no more than another seed does."
        if within
        else _compared(field, closer, farther, pair)
    )
    return Difference(
        first=f"Only the {name} differs."
        if len(fields) == 1
        else f"Only the {name} tells {' from '.join(letters)}.",
        rest=rest,
        details=(*_same_loss(closer, farther, pair), _about_seeds(known, effect, spread)),
        pair=pair,
        is_spread_known=known,
    )


def _compared(field: str, closer: Run, farther: Run, pair: tuple[int, int]) -> str:
    named = [
        f"{value_label(field, getattr(run.variant, field))} ({LETTERS[place]})"
        for run, place in zip((closer, farther), pair, strict=True)
    ]
    named[0] = named[0][:1].upper() + named[0][1:]
    if _ratio(closer, farther) < LEAST_FACTOR:
        return f"{named[0]} and {named[1]} come about equally close."
    return f"{named[0]} is {_times(closer, farther)} times closer than {named[1]}."


def _same_loss(closer: Run, farther: Run, pair: tuple[int, int]) -> tuple[str, ...]:
    """The case that a loss curve hides: the same losses, other pictures."""
    curves = [list(map(formats.loss, run.history.losses)) for run in (closer, farther)]
    if not curves[0] or curves[0] != curves[1] or _ratio(closer, farther) < LEAST_FACTOR:
        return ()
    sums = [formats.total(_mean_sum(run)) for run in (closer, farther)]
    letters = [LETTERS[place] for place in pair]
    return (
        "Both trained on the same loss to the last digit shown, yet the pixels of an image sum to"
        f" {sums[1]} in {letters[1]} and to {sums[0]} in {letters[0]}.",
    )


def _about_seeds(known: bool, effect: float, spread: float) -> str:
    if not known:
        return "One seed of each: whether another seed would do as much is unknown."
    apart = f"pixel errors of two seeds lie {formats.loss(spread)} apart at most, these"
    if effect > spread:
        return f"That is more than a seed does: {apart} {formats.loss(effect)}."
    return f"It may be chance: {apart} {formats.loss(effect)}."


def _effect(one: Run, other: Run, other_seeds: OtherSeeds) -> tuple[float, float]:
    """Distance of the mean errors of two settings, and the largest distance within one of them."""
    groups = [[run.scores.mse, *other_seeds.get(run.variant.key, ())] for run in (one, other)]
    means = [sum(errors) / len(errors) for errors in groups]
    return abs(means[0] - means[1]), max(max(errors) - min(errors) for errors in groups)


def _ends(runs: Sequence[Run]) -> tuple[int, int]:
    ranked = sorted(range(len(runs)), key=lambda place: runs[place].scores.mse)
    return ranked[0], ranked[-1]


def _ratio(closer: Run, farther: Run) -> float:
    return farther.scores.mse / closer.scores.mse if closer.scores.mse else float("inf")


def _times(closer: Run, farther: Run) -> str:
    return formats.factor(_ratio(closer, farther))


def _mean_sum(run: Run) -> float:
    if not run.history.frames:
        return float("nan")
    return float(scores.displayed(run.history.frames[-1].pixels).sum(axis=1).mean())
