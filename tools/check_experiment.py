"""`python -m tools.check_experiment`: does "Find the cause" agree with the verdict's cause?

For the bad runs among the settings that `tools.check_causes` draws, trains what "Find the cause"
trains, and compares the best change with the remedy that the verdict offers.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass

from core import environment
from core.diagnostics import Verdict, verdict
from core.diagnostics.experiment import Experiment, experiment, in_words, trial
from core.diagnostics.neighbours import neighbours
from core.run import Run
from core.store import RunStore
from core.text.labels import run_name
from core.variant import Variant
from tools.check_causes import FOLDER, drawn, trained

# A remedy is as good as the best change if it removes this share of the error less, or more.
AS_GOOD = 0.05


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """What the rules and the experiment say of one run.

    Attributes:
        rule: the verdict, with cause and remedy.
        found: the experiment.
        removed: the share of the error that the verdict's remedy removes; None without a remedy.
    """

    rule: Verdict
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


def compare(run: Run, store: RunStore, jobs: int) -> Comparison:
    """Train a run's neighbours, perhaps several changes at once, and the verdict's remedy."""
    rule, singles = verdict(run), neighbours(run)
    found = _experiment(run, singles, store, jobs)
    if several := found.next_round():
        found = _experiment(run, (*singles, *several), store, jobs)
    removed = None
    if rule.remedy is not None:
        better = Variant.from_dict({**run.variant.to_dict(), **rule.remedy})
        repaired = trained([better], store, jobs)[better.key]
        removed = 1 - repaired.scores.mse / run.scores.mse
    return Comparison(rule=rule, found=found, removed=removed)


def report(compared: Sequence[Comparison]) -> str:
    """The count, and a line for each disagreement."""
    agreeing = sum(comparison.agrees for comparison in compared)
    share = agreeing / max(len(compared), 1)
    named = [comparison for comparison in compared if comparison.rule.remedy is not None]
    counts = [
        f"{len(compared)} bad runs; rule and experiment agree on {agreeing} ({share:.0%}).",
        f"{len(named)} have a remedy, of which"
        f" {sum(comparison.agrees for comparison in named)} agree.",
    ]
    return "\n".join([*counts, *(_line(one) for one in compared if not one.agrees)])


def _line(compared: Comparison) -> str:
    rule = compared.rule
    removed = "" if compared.removed is None else f" (removes {compared.removed:.0%})"
    return (
        f"{rule.code} <- {rule.cause}, remedy {rule.remedy}{removed};"
        f" {in_words(compared.found)} | {run_name(compared.found.run.variant)}"
    )


def _experiment(run: Run, others: Sequence[Variant], store: RunStore, jobs: int) -> Experiment:
    return experiment(trial(run), map(trial, trained(others, store, jobs).values()))


def main() -> None:
    """Draw, train, compare and print each run as it is done, the counts at the end."""
    parser = argparse.ArgumentParser(prog="python -m tools.check_experiment", description=__doc__)
    parser.add_argument("--count", type=int, default=300, help="of settings (300)")
    parser.add_argument("--seed", type=int, default=0, help="of the draw (0)")
    parser.add_argument("--most", type=int, default=1000, help="bad runs that are compared (all)")
    parser.add_argument("--jobs", type=int, default=1, help="processes that train (1)")
    options = parser.parse_args()
    store = RunStore(environment.home() / FOLDER, judge=verdict)
    runs = trained(drawn(options.count, options.seed), store, options.jobs)
    bad = [run for run in runs.values() if verdict(run).tone in ("bad", "warning")]
    compared = []
    for run in bad[: options.most]:
        compared.append(compare(run, store, options.jobs))
        print("agrees" if compared[-1].agrees else "differs", _line(compared[-1]), flush=True)
    print(report(compared))


if __name__ == "__main__":
    main()
