"""`python -m core cause`: which single change of settings removes most of a run's error."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from typing import Any

from core.cli.arguments import STOPPED, add_settings, variant_of
from core.cli.run_output import finite
from core.cli.sweep_command import add_workers, train_all, workers_of
from core.cli.train_command import train
from core.diagnostics.experiment import (
    ChangeOutcome,
    Experiment,
    change_in_words,
    effect,
    experiment,
    in_words,
    trial,
)
from core.diagnostics.neighbours import neighbours
from core.run import Run
from core.store import RunStore, lab_store
from core.text import formats
from core.variant import Variant

HELP = "Train a run again with one setting changed at a time, and say which change helps most."


def describe(parser: argparse.ArgumentParser) -> None:
    """Add this command's options."""
    add_settings(parser)
    add_workers(parser)
    parser.add_argument("--json", action="store_true", help="print one JSON object to stdout")


def run(options: argparse.Namespace) -> int:
    """Train the run, its neighbours and if necessary combinations of changes, unless stored.

    Returns:
        The exit code: 0, or 130 if it was stopped by ctrl-C.

    Raises:
        InvalidVariant: a setting is not allowed.
        LabError: there is no run; the text says why.
    """
    variant, workers = variant_of(options), workers_of(options)
    store = lab_store()
    first = store.get(variant.key)
    if first is None or first.status == "stopped":
        first = train(store, variant)
    singles = neighbours(first)
    result = _compare(store, first, singles, workers)
    if result is not None and (combinations := result.next_round()):
        result = _compare(store, first, (*singles, *combinations), workers)
    if result is None:
        return STOPPED
    print(json.dumps(finite(as_json(result))) if options.json else as_text(result))
    return 0


def as_json(result: Experiment) -> dict[str, Any]:
    """The experiment in JSON's types; keys of `changes` are fields of `Variant`."""
    outcomes = (*result.singles, *result.combined)
    return {
        "variant": result.run.variant.to_dict(),
        "mse": result.run.mse,
        "works": result.run.works,
        "cause": result.best_setting,
        "best": None if result.best is None else dict(result.best.changes),
        "sentence": in_words(result),
        "outcomes": [
            {
                "changes": dict(outcome.changes),
                "mse": outcome.trial.mse,
                "works": outcome.trial.works,
                "removed": outcome.removed,
            }
            for outcome in outcomes
        ],
    }


def as_text(result: Experiment) -> str:
    """The sentence, then each change with the remaining pixel error, best first."""
    rows = sorted((*result.singles, *result.combined), key=lambda outcome: outcome.trial.mse)
    return "\n".join(
        [
            in_words(result),
            f"{formats.loss(result.run.mse):>8}  this run",
            *(_row(result, outcome) for outcome in rows),
        ]
    )


def _row(result: Experiment, outcome: ChangeOutcome) -> str:
    change = change_in_words(result.run.variant, outcome.changes)
    return f"{formats.loss(outcome.trial.mse):>8}  {change} ({effect(outcome)})"


def _compare(
    store: RunStore, first: Run, others: Sequence[Variant], workers: int
) -> Experiment | None:
    """Compare the run with the neighbours that could be trained; None if stopped."""
    sweep_status = train_all(store, others, workers=workers)
    for error in dict.fromkeys(sweep_status.failed.values()):
        print(error, file=sys.stderr)
    if sweep_status.missing:
        return None
    runs = (store.get(variant.key) for variant in sweep_status.done)
    return experiment(trial(first), [trial(result) for result in runs if result is not None])
