"""The experiment: which change of settings removes most of a bad run's pixel error."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from core.diagnostics.findings import Verdict
from core.diagnostics.neighbours import combinations
from core.diagnostics.verdict_case import TINY
from core.diagnostics.verdicts import WORKS, verdict
from core.limits import UNLIMITED, Limits
from core.metrics.image_metrics import MEAN_IMAGE, share_of_error
from core.run import Run
from core.text import formats, labels
from core.variant import Variant, changes_between

# A change that removes less than this share of the error does not count as a repair.
MIN_REPAIR = 0.25
# A change of the error by less than this share counts as no change.
UNCHANGED = 0.005


@dataclass(frozen=True, kw_only=True)
class Trial:
    """A trained variant with its result.

    Attributes:
        mse: pixel MSE on the held-out images.
        works: whether it works, as defined by the function `works`.
        remedy: the changes that its verdict suggests; None if unknown.
    """

    variant: Variant
    mse: float
    works: bool
    remedy: Mapping[str, Any] | None = None


@dataclass(frozen=True, kw_only=True)
class ChangeOutcome:
    """The effect of changing some settings.

    Attributes:
        trial: the variant with the changed settings.
        changes: the new values, by field.
        removed: the share of the original run's pixel MSE that is removed, at most 1; negative if
            the error has increased.
        repairs: whether the run works because of this change.
    """

    trial: Trial
    changes: dict[str, Any]
    removed: float
    repairs: bool


@dataclass(frozen=True, kw_only=True)
class Experiment:
    """A bad run and its neighbours.

    Attributes:
        run: the run whose cause is sought.
        singles: outcomes of single changes, best first.
        combined: outcomes of several changes at once, best first.
    """

    run: Trial
    singles: tuple[ChangeOutcome, ...]
    combined: tuple[ChangeOutcome, ...]

    @property
    def best_single(self) -> ChangeOutcome | None:
        """The best single change: one that repairs the run, else one that removes most error."""
        helping = [outcome for outcome in self.singles if outcome.removed >= UNCHANGED]
        repairing = [outcome for outcome in helping if outcome.repairs]
        return next(iter(repairing or helping), None)

    @property
    def best(self) -> ChangeOutcome | None:
        """The best change: a single one if it repairs the run, or no combination is better."""
        single, several = self.best_single, next(iter(self.combined), None)
        if several is None or (single is not None and single.repairs):
            return single
        removed = single.removed if single is not None else UNCHANGED
        return several if several.removed > removed else single

    @property
    def best_setting(self) -> str | None:
        """The setting whose change alone helps most; None if no single change helps."""
        return None if self.best_single is None else next(iter(self.best_single.changes))

    def next_round(self, limits: Limits = UNLIMITED) -> tuple[Variant, ...]:
        """The combinations to try if no single change repairs the run; otherwise empty."""
        if any(outcome.repairs for outcome in self.singles):
            return ()
        singles = [one.trial.variant for one in self.singles]
        return combinations(self.run.variant, singles, self.run.remedy, limits)


def trial(run: Run) -> Trial:
    """A run as a `Trial`."""
    judged = verdict(run)
    return Trial(
        variant=run.variant,
        mse=run.scores.mse,
        works=works(judged, run.scores.mse, run.baselines[MEAN_IMAGE].mse),
        remedy=judged.remedy,
    )


def works(judged: Verdict | None, mse: float, mean_image: float) -> bool:
    """Whether a run works, by its verdict or, without one, its pixel error.

    Args:
        judged: the verdict on the run; None if there is none.
        mse, mean_image: pixel MSE of the run and of the mean image.
    """
    if judged is None or judged.tone == "neutral":
        return share_of_error(mse, mean_image) < WORKS
    return judged.tone == "good"


def experiment(run: Trial, others: Iterable[Trial]) -> Experiment:
    """Compare a run with runs that differ from it in one or more settings.

    Args:
        run: the run whose cause is sought.
        others: trained neighbours and combinations, in any order.
    """
    outcomes = sorted((_outcome(run, other) for other in others), key=lambda one: -one.removed)
    return Experiment(
        run=run,
        singles=tuple(one for one in outcomes if len(one.changes) == 1),
        combined=tuple(one for one in outcomes if len(one.changes) > 1),
    )


def in_words(found: Experiment) -> str:
    """The result of the experiment in one or two sentences; "" before there is any outcome."""
    best = found.best
    if not found.singles:
        return ""
    if best is None:
        return "No single change removes any of the error."
    if len(best.changes) > 1:
        single = found.singles[0]
        several = _with_values(found.run, best)
        return (
            f"No single change repairs it; the best, the {_noun(single)}, removes"
            f" {_removed(single)}. Changing {several} removes {_removed(best)} of the error."
        )
    only = f"Changing only {_with_values(found.run, best)} removes {_removed(best)} of the error"
    fields = best.changes.keys()
    second = next((one for one in found.singles if one.changes.keys() != fields), None)
    rest = f"; changing the {_noun(second)}, {_removed(second)}" if second else ""
    return f"{only}{rest}." + ("" if best.repairs else " That alone does not repair it.")


def effect(outcome: ChangeOutcome) -> str:
    """The effect of a change on the error: "removes 81%", "adds 20%", "5.3 times the error"."""
    if abs(outcome.removed) < UNCHANGED:
        return "changes nothing"
    if outcome.removed > 0:
        return f"removes {formats.share(outcome.removed)}"
    if outcome.removed > -1:
        return f"adds {formats.share(-outcome.removed)}"
    return f"{formats.factor(1 - outcome.removed)} times the error"


def change_in_words(variant: Variant, change: dict[str, Any]) -> str:
    """A change as a table row shows it: "Learning rate: 0.001 → 1"."""
    return "; ".join(
        f"{labels.SETTING_TITLES[field]}: {_arrow(variant, field, value)}"
        for field, value in change.items()
    )


def _outcome(run: Trial, other: Trial) -> ChangeOutcome:
    removed = 1 - other.mse / max(run.mse, TINY)
    return ChangeOutcome(
        trial=other,
        changes=changes_between(run.variant, other.variant),
        removed=removed,
        repairs=other.works and removed >= MIN_REPAIR,
    )


def _removed(outcome: ChangeOutcome) -> str:
    return formats.share(outcome.removed) if outcome.removed >= UNCHANGED else "nothing"


def _noun(outcome: ChangeOutcome) -> str:
    return " and the ".join(labels.SETTING_NOUNS[field] for field in outcome.changes)


def _with_values(run: Trial, outcome: ChangeOutcome) -> str:
    *others, last = (
        f"the {labels.SETTING_NOUNS[field]} ({_arrow(run.variant, field, value)})"
        for field, value in outcome.changes.items()
    )
    return f"{', '.join(others)} and {last}" if others else last


def _arrow(variant: Variant, field: str, value: Any) -> str:
    return f"{_value(field, getattr(variant, field))} → {_value(field, value)}"


def _value(field: str, value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else labels.value_text(field, value)
