"""`python -m tools.check_experiment`: does "Find the cause" agree with the verdict's cause?

For the bad runs among the settings sampled by `tools.check_causes`, trains what "Find the cause"
trains, and compares the best change with the remedy that the verdict offers.
"""

from __future__ import annotations

import argparse
import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from core import environment
from core.diagnostics import Verdict, cause, verdict
from core.diagnostics.experiment import Experiment, experiment, in_words, trial
from core.diagnostics.neighbours import neighbours
from core.run import Run
from core.store import RunStore
from core.text.labels import run_name
from core.variant import Variant
from tools.check_causes import FOLDER, sampled_settings, trained

# A remedy is as good as the best change if it removes at most this share of the error less.
AS_GOOD = 0.05
# Runs whose neighbours are trained together: processes that train take seconds to start.
TOGETHER = 10


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """The results of the rules and the experiment for one run.

    Attributes:
        rule: the verdict, with cause and remedy.
        setting: the field of `Variant` that the cause is about.
        found: the experiment.
        removed: the share of the error that the verdict's remedy removes; None without a remedy.
    """

    rule: Verdict
    setting: str | None
    found: Experiment
    removed: float | None

    @property
    def agrees(self) -> bool:
        """Whether the remedy changes a setting of the best change, or removes as much error."""
        best = self.found.best
        if best is None or self.rule.remedy is None or self.removed is None:
            return best is None and self.rule.remedy is None
        return bool(best.changes.keys() & self.rule.remedy.keys()) or (
            self.removed >= best.removed - AS_GOOD
        )

    @property
    def is_by_cause(self) -> bool:
        """Whether the best change is, or contains, one of the cause's own setting."""
        return self.found.best is not None and self.setting in self.found.best.changes


def compare(runs: Sequence[Run], store: RunStore, jobs: int) -> list[Comparison]:
    """Train runs' neighbours, combinations of changes if needed, and the verdicts' remedies."""
    singles = [neighbours(run) for run in runs]
    found = _experiments(runs, singles, store, jobs)
    more = [(*first, *one.next_round()) for first, one in zip(singles, found, strict=True)]
    found = _experiments(runs, more, store, jobs)
    rules = [verdict(run) for run in runs]
    better = [
        None if rule.remedy is None else Variant.from_dict({**run.variant.to_dict(), **rule.remedy})
        for run, rule in zip(runs, rules, strict=True)
    ]
    repaired = trained((variant for variant in better if variant is not None), store, jobs)
    return [
        Comparison(
            rule=rule,
            setting=None if (finding := cause(run)) is None else finding.setting,
            found=one,
            removed=None
            if variant is None
            else 1 - repaired[variant.key].scores.mse / run.scores.mse,
        )
        for run, rule, one, variant in zip(runs, rules, found, better, strict=True)
    ]


def report(compared: Sequence[Comparison]) -> str:
    """The count, and a line for each disagreement."""
    agreeing = sum(comparison.agrees for comparison in compared)
    share = agreeing / max(len(compared), 1)
    named = [comparison for comparison in compared if comparison.rule.remedy is not None]
    counts = [
        f"{len(compared)} bad runs; rule and experiment agree on {agreeing} ({share:.0%}).",
        f"{len(named)} have a remedy, of which"
        f" {sum(comparison.agrees for comparison in named)} agree.",
        f"On {sum(comparison.is_by_cause for comparison in compared)} the best change has the"
        " cause's own setting.",
    ]
    return "\n".join([*counts, *(_line(one) for one in compared if not one.agrees)])


def _line(compared: Comparison) -> str:
    rule = compared.rule
    removed = "" if compared.removed is None else f" (removes {compared.removed:.0%})"
    return (
        f"{rule.code} <- {rule.cause}, remedy {rule.remedy}{removed};"
        f" {in_words(compared.found)} | {run_name(compared.found.run.variant)}"
    )


def _experiments(
    runs: Sequence[Run], others: Sequence[Sequence[Variant]], store: RunStore, jobs: int
) -> list[Experiment]:
    known = trained(itertools.chain.from_iterable(others), store, jobs)
    return [
        experiment(trial(run), [trial(known[other.key]) for other in changed])
        for run, changed in zip(runs, others, strict=True)
    ]


def main() -> None:
    """Draw, train, compare and print runs as they are done, the counts at the end."""
    parser = argparse.ArgumentParser(prog="python -m tools.check_experiment", description=__doc__)
    parser.add_argument("--count", type=int, default=300, help="of settings (300)")
    parser.add_argument("--seed", type=int, default=0, help="of the draw (0)")
    parser.add_argument("--most", type=int, default=1000, help="bad runs that are compared (all)")
    parser.add_argument("--jobs", type=int, default=1, help="processes that train (1)")
    options = parser.parse_args()
    store = RunStore(environment.home() / FOLDER, judge=verdict)
    runs = trained(sampled_settings(options.count, options.seed), store, options.jobs)
    bad = [run for run in runs.values() if verdict(run).tone in ("bad", "warning")]
    compared = []
    for start in range(0, min(options.most, len(bad)), TOGETHER):
        together = bad[start : min(start + TOGETHER, options.most)]
        for one in compare(together, store, options.jobs):
            compared.append(one)
            print("agrees" if one.agrees else "differs", _line(one), flush=True)
    print(report(compared))


if __name__ == "__main__":
    main()
