"""`python -m tools.check_causes`: are the causes and remedies in verdicts right?

Samples settings at random from all that `Variant` allows, trains them on the embedded sample, and
trains the remedy of every run with a bad or warning verdict. Runs are stored in the lab's home
folder and trained once.
"""

from __future__ import annotations

import argparse
import csv
import math
import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from core import environment
from core.data.datasets import SAMPLE
from core.diagnostics import Verdict, cause, preflight, verdict, with_cause
from core.metrics.dataset_stats import statistics
from core.metrics.image_metrics import MEAN_IMAGE
from core.run import Run
from core.store import RunStore
from core.text.labels import run_name
from core.variant import CHOICES, RANGES, Variant

# Limits on the sampled settings, so that 300 runs take minutes.
MAX_EPOCHS = 30
MAX_STEPS = 3_000
WIDEST = 256
DEPTHS = (1, 3, 5, 7)
FOLDER = "checked_causes"
# Compiled programs stay in memory until their process ends.
RUNS_PER_PROCESS = 60


@dataclass(frozen=True, kw_only=True)
class Case:
    """A run, its verdict, and the effect of the remedy.

    Attributes:
        error, repaired: held-out pixel MSE as a share of the mean image's, before and after the
            remedy; `repaired` is None if no remedy was offered.
        findings: the codes of the other faults and warnings.
    """

    variant: Variant
    verdict: Verdict
    error: float
    repaired: float | None
    findings: tuple[str, ...]

    @property
    def is_bad(self) -> bool:
        """Whether the run needs a cause."""
        return self.verdict.tone in ("bad", "warning")

    @property
    def problems(self) -> list[str]:
        """The problems of the diagnosis, as text."""
        if not self.is_bad:
            return []
        found = []
        if self.verdict.cause is None:
            found.append("no cause")
        if not self.findings:
            found.append("under an unqualified Fits")
        if self.verdict.remedy is None:
            found.append("no remedy")
        elif self.repaired is not None and not self.repaired < self.error:
            found.append("the remedy does not help")
        return found


def sampled_settings(count: int, seed: int) -> list[Variant]:
    """Distinct variants on the sample, with every setting sampled from its allowed values."""
    source = random.Random(seed)
    found: dict[str, Variant] = {}
    while len(found) < count:
        variant = _sampled_value(source)
        found.setdefault(variant.key, variant)
    return list(found.values())


def _sampled_value(source: random.Random) -> Variant:
    settings: dict[str, Any] = {field: source.choice(CHOICES[field]) for field in CHOICES}
    for field, (low, high) in RANGES.items():
        settings[field] = _number(source, low, high)
        if all(isinstance(end, int) for end in (low, high)):
            settings[field] = round(settings[field])
    settings["dataset"] = SAMPLE
    settings["layers"] = _layers(source)
    settings["batch_size"] = min(settings["batch_size"], 4_500)
    steps = math.ceil(4_500 / settings["batch_size"])
    settings["epochs"] = round(_number(source, 1, max(1, min(MAX_EPOCHS, MAX_STEPS / steps))))
    return Variant(**settings)


def _number(source: random.Random, low: float, high: float) -> float:
    """Log-uniform; a setting that may be 0, except the seed, is 0 in three of four samples."""
    if isinstance(low, int) and low <= 0:
        return source.uniform(low, high)
    if low <= 0:
        return 0.0 if source.random() < 0.75 else high * 10 ** -source.uniform(0, 5)
    return math.exp(source.uniform(math.log(low), math.log(high)))


def _layers(source: random.Random) -> tuple[int, ...]:
    """Widths that narrow to the bottleneck and widen again, not always symmetrically."""
    depth = source.choice(DEPTHS)
    bottleneck = round(_number(source, 1, WIDEST))
    others = [round(_number(source, bottleneck, WIDEST)) for _ in range(depth - 1)]
    encoder, decoder = others[: depth // 2], others[depth // 2 :]
    return (*sorted(encoder, reverse=True), bottleneck, *sorted(decoder))


def train(variant: Variant) -> Run:
    """Train here; what the verdict does not look at is left out."""
    from core.training import training  # takes seconds, and this process need not

    run = training.train(variant, lambda _: None, lambda: False)
    assert run is not None, "nobody stops it"
    return replace(run, weights=None, history=replace(run.history, frames=[]))


def trained(variants: Iterable[Variant], store: RunStore, jobs: int) -> dict[str, Run]:
    """The runs of variants by key; missing ones are trained."""
    wanted = {variant.key: variant for variant in variants}
    missing = [variant for key, variant in wanted.items() if key not in store]
    for count, run in enumerate(_results(missing, jobs), start=1):
        store.put(run)
        print(f"\r{count} of {len(missing)} trained", end="", flush=True)
    if missing:
        print()
    found = ((key, store.get(key)) for key in wanted)
    return {key: run for key, run in found if run is not None}


def _results(missing: Sequence[Variant], jobs: int) -> Iterator[Run]:
    if jobs == 1:
        yield from map(train, missing)
    else:
        # Of the two pools of Python 3.11 only this one replaces processes while tasks wait.
        with get_context("spawn").Pool(jobs, maxtasksperchild=RUNS_PER_PROCESS) as pool:
            yield from pool.imap(train, missing)


def cases(variants: Sequence[Variant], store: RunStore, jobs: int) -> list[Case]:
    """Train variants and their remedies."""
    runs = trained(variants, store, jobs)
    judged = {key: verdict(run) for key, run in runs.items()}
    remedies = {
        key: Variant.from_dict({**runs[key].variant.to_dict(), **found.remedy})
        for key, found in judged.items()
        if found.remedy is not None
    }
    repaired = trained(remedies.values(), store, jobs)
    known = statistics(SAMPLE)
    return [
        Case(
            variant=run.variant,
            verdict=judged[key],
            error=_error(run),
            repaired=_error(repaired[remedies[key].key]) if key in remedies else None,
            findings=tuple(
                finding.code
                for finding in with_cause(preflight(run.variant, known), cause(run))
                if finding.severity in ("fault", "warning")
            ),
        )
        for key, run in runs.items()
    ]


def _error(run: Run) -> float:
    return run.scores.mse / run.baselines[MEAN_IMAGE].mse


def report(found: Sequence[Case]) -> str:
    """The counts, and a table of the exceptions."""
    bad = [case for case in found if case.is_bad]
    offered = [case for case in bad if case.repaired is not None]
    helped = [case for case in offered if case.repaired is not None and case.repaired < case.error]
    share = len(helped) / max(len(offered), 1)
    counts = [
        f"{len(found)} runs, {len(bad)} of them bad or a warning; of these",
        f"{sum(case.verdict.cause is None for case in bad)} without a cause,",
        f"{sum(not case.findings for case in bad)} under an unqualified Fits,",
        f"{len(offered)} with a remedy, of which {len(helped)} ({share:.1%}) lower the error.",
    ]
    exceptions = [_line(case) for case in bad if case.problems]
    return "\n".join([*counts, *exceptions])


def _line(case: Case) -> str:
    after = "-" if case.repaired is None else f"{case.repaired:.3f}"
    return (
        f"{'; '.join(case.problems)}: {case.verdict.code} <- {case.verdict.cause},"
        f" error {case.error:.3f} -> {after} by {case.verdict.remedy} | {run_name(case.variant)}"
    )


def write(found: Sequence[Case], path: Path) -> None:
    """Write one line per run."""
    with path.open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(
            ["key", "run", "tone", "code", "cause", "remedy", "error", "repaired", "findings"]
        )
        for case in found:
            judged = case.verdict
            writer.writerow(
                [
                    case.variant.key,
                    run_name(case.variant),
                    judged.tone,
                    judged.code,
                    judged.cause,
                    judged.remedy,
                    case.error,
                    case.repaired,
                    " ".join(case.findings),
                ]
            )


def main() -> None:
    """Sample, train, compare and print."""
    parser = argparse.ArgumentParser(prog="python -m tools.check_causes", description=__doc__)
    parser.add_argument("--count", type=int, default=300, help="of settings (300)")
    parser.add_argument("--seed", type=int, default=0, help="of the draw (0)")
    parser.add_argument("--jobs", type=int, default=1, help="processes that train (1)")
    parser.add_argument("--out", type=Path, help="a CSV file to write, one line a run")
    options = parser.parse_args()
    store = RunStore(environment.home() / FOLDER, judge=verdict)
    found = cases(sampled_settings(options.count, options.seed), store, options.jobs)
    print(report(found))
    if options.out:
        write(found, options.out)


if __name__ == "__main__":
    main()
