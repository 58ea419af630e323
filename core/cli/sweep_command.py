"""`python -m core sweep`: train every combination of some settings."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Sequence

from core.cli.arguments import BAD_INPUT, FAILED, STOPPED, add_settings, variant_of, whole
from core.cli.list_command import in_a_table, plain
from core.cli.progress_bar import Progress, ProgressBar
from core.cli.run_output import finite
from core.cli.train_command import POLL_SECONDS, VISITOR, new_trainer
from core.data import loading
from core.errors import InvalidVariant
from core.jobs import Trainer, sweep
from core.jobs.sweep import SweepStatus
from core.store import RunStore, lab_store
from core.text import formats
from core.variant import CHOICES, FIELDS, Variant, parse_value
from core.variant_grid import grid

HELP = "Train every combination of some settings; stored runs are not trained again."
MAX_WORKERS = 64


def describe(parser: argparse.ArgumentParser) -> None:
    """Add this command's options."""
    add_settings(parser)
    parser.add_argument(
        "--vary",
        action="append",
        default=[],
        metavar="SETTING=VALUE,VALUE",
        help="a setting and its values; may be given several times",
    )
    add_workers(parser)
    parser.add_argument("--json", action="store_true", help="print one JSON object to stdout")


def add_workers(parser: argparse.ArgumentParser) -> None:
    """Add the option for the number of parallel trainings."""
    parser.add_argument(
        "--workers",
        default="1",
        metavar="N",
        help=f"parallel workers, which share the cores: 1 to {MAX_WORKERS}",
    )


def workers_of(options: argparse.Namespace) -> int:
    """The number of parallel trainings.

    Raises:
        InvalidVariant: it is not a number in the allowed range.
    """
    return whole("workers", options.workers, 1, MAX_WORKERS)


def run(options: argparse.Namespace) -> int:
    """Train the missing combinations, with progress on stderr and the result on stdout.

    Returns:
        The exit code: 0; 1 if a combination failed; 2 if all failed because their data are missing;
        130 if it was stopped by ctrl-C.

    Raises:
        InvalidVariant: a setting or a combination is not allowed.
    """
    variants = grid(variant_of(options), values(options.vary))
    store = lab_store()
    sweep_status = train_all(store, variants, workers=workers_of(options))
    summaries = [
        summary for summary in store.summaries() if summary.key in _keys(sweep_status.done)
    ]
    if options.json:
        result = {
            "total": sweep_status.total,
            "done": len(sweep_status.done),
            "failed": [
                {"variant": variant.to_dict(), "error": error}
                for variant, error in sweep_status.failed.items()
            ],
            "runs": [finite(plain(summary)) for summary in summaries],
        }
        print(json.dumps(result))
    else:
        print(in_a_table(summaries), end="")
    for error in dict.fromkeys(sweep_status.failed.values()):
        keys = [
            variant.key for variant in sweep_status.failed if sweep_status.failed[variant] == error
        ]
        print(f"{', '.join(keys)}: {error}", file=sys.stderr)
    if sweep_status.missing:
        return STOPPED
    return _code(sweep_status.failed)


def _code(failed: Iterable[Variant]) -> int:
    """The exit code for the given failed combinations."""
    are_unreadable = [loading.problem(variant.dataset) is not None for variant in failed]
    return (BAD_INPUT if all(are_unreadable) else FAILED) if are_unreadable else 0


def values(texts: Sequence[str]) -> dict[str, list[object]]:
    """The values of `--vary`, by field.

    Raises:
        InvalidVariant: an unknown setting, or a value that is not allowed.
    """
    vary: dict[str, list[object]] = {}
    for text in texts:
        name, _, listed = text.partition("=")
        field = name.replace("-", "_")
        if field not in FIELDS or not listed:
            example = f"activation={','.join(CHOICES['activation'][:2])}"
            message = (
                f"--vary cannot be {text[:40]!r}; write a setting and values, such as {example}."
            )
            raise InvalidVariant("vary", message)
        vary[field] = [parse_value(field, value) for value in listed.split(",")]
    return vary


def train_all(store: RunStore, variants: Sequence[Variant], *, workers: int) -> SweepStatus:
    """Train the variants that are not stored; ctrl-C stops and keeps the current weights.

    Returns:
        The progress at the end.
    """
    trainer = new_trainer(store, workers=workers)
    store.protected.update(_keys(variants))
    try:
        sweep.start(trainer, variants, sweep.done(store.summaries()), VISITOR)
        with ProgressBar(sys.stderr) as bar:
            try:
                _follow(trainer, store, variants, bar)
            except KeyboardInterrupt:
                sweep.stop(trainer, variants, VISITOR)
                _follow(trainer, store, variants, bar)
        return sweep.status(trainer, variants, sweep.done(store.summaries()))
    finally:
        trainer.close()


def _follow(
    trainer: Trainer, store: RunStore, variants: Sequence[Variant], bar: ProgressBar
) -> None:
    stored_before = len(sweep.done(store.summaries()) & _keys(variants))
    jobs = trainer.jobs()
    while jobs:
        _show(trainer, store, variants, bar, stored_before)
        jobs[0].wait(POLL_SECONDS)
        jobs = trainer.jobs()
        if not jobs:
            _show(trainer, store, variants, bar, stored_before)


def _show(
    trainer: Trainer,
    store: RunStore,
    variants: Sequence[Variant],
    bar: ProgressBar,
    stored_before: int,
) -> None:
    sweep_status = sweep.status(trainer, variants, sweep.done(store.summaries()))
    bar.show(progress_of(sweep_status, stored_before, trainer.status.message))


def progress_of(sweep_status: SweepStatus, stored_before: int, message: str) -> Progress:
    """The progress of a sweep as text, and the completed share.

    Args:
        sweep_status: the current status.
        stored_before: the number of variants that were done at the start.
        message: the trainer's message; may be empty.
    """
    done = len(sweep_status.done)
    parts = [f"{done} of {sweep_status.total} trained"]
    if stored_before:
        parts.append(f"{stored_before} already stored")
    if sweep_status.failed:
        parts.append(f"{len(sweep_status.failed)} failed")
    if sweep_status.seconds_left is not None and sweep_status.is_running:
        parts.append(f"{formats.duration(sweep_status.seconds_left)} left")
    if message:
        parts.append(message)
    return Progress(text=", ".join(parts), share=done / sweep_status.total)


def _keys(variants: Sequence[Variant]) -> set[str]:
    return {variant.key for variant in variants}
