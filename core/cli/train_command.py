"""`python -m core train`: train one variant, or open it if it is stored."""

from __future__ import annotations

import argparse
import json
import math
import sys

from core import environment
from core.cli.arguments import FAILED, STOPPED, add_settings, variant_of
from core.cli.progress_bar import Progress, ProgressBar
from core.cli.run_output import as_json, as_text
from core.errors import TrainerUnavailable
from core.jobs import Job, Trainer, TrainerStatus
from core.run import Run
from core.store import RunStore, lab_store
from core.text import formats
from core.variant import Variant

HELP = "Train a run with these settings, or show it if it is stored."
VISITOR = "command line"
POLL_SECONDS = 1.0
STAGES = {"data": "Loading the data", "compiling": "Compiling", "scoring": "Scoring"}


def describe(parser: argparse.ArgumentParser) -> None:
    """Add this command's options."""
    add_settings(parser)
    parser.add_argument("--json", action="store_true", help="print one JSON object to stdout")


def run(options: argparse.Namespace) -> int:
    """Train, with progress on stderr and the result on stdout.

    Returns:
        The exit code: 0, 1 if the run could not be stored, 130 if it was stopped by ctrl-C.

    Raises:
        InvalidVariant: a setting is not allowed.
        LabError: there is no run; the text says why.
    """
    variant = variant_of(options)
    store = lab_store()
    stored = store.get(variant.key)
    is_cached = stored is not None and stored.status != "stopped"
    found = stored if stored is not None and is_cached else train(store, variant)
    for message in store.messages:
        print(message.text, file=sys.stderr)
    is_stored = is_cached or _is_stored(store, found)
    if options.json:
        print(json.dumps(as_json(found, cached=is_cached, stored=is_stored)))
    else:
        print(as_text(found, stored=is_stored))
    if found.status == "stopped":
        return STOPPED
    return 0 if is_stored else FAILED


def _is_stored(store: RunStore, run: Run) -> bool:
    kept = store.get(run.variant.key)
    return kept is not None and kept.provenance == run.provenance


def new_trainer(store: RunStore, *, workers: int = 1) -> Trainer:
    """A trainer that has not been started.

    Raises:
        InvalidEnvironment: an environment variable is invalid, so it could not start.
    """
    environment.memory_megabytes()
    return Trainer(store, workers=workers)


def train(store: RunStore, variant: Variant) -> Run:
    """Train a variant; ctrl-C stops it and keeps the current weights.

    Raises:
        LabError: there is no run; the text says why.
        KeyboardInterrupt: it was stopped before the first step.
    """
    trainer = new_trainer(store)
    try:
        job = trainer.train(variant, VISITOR)
        with ProgressBar(sys.stderr) as bar:
            try:
                follow(trainer, job, bar)
            except KeyboardInterrupt:
                trainer.stop(job.key, VISITOR)
                follow(trainer, job, bar)
    finally:
        trainer.close()
    if job.run is None:
        if job.error is None:
            raise KeyboardInterrupt
        raise job.cause or TrainerUnavailable(job.error)
    if job.error is not None:
        print(job.error, file=sys.stderr)
    return job.run


def follow(trainer: Trainer, job: Job, bar: ProgressBar) -> None:
    """Show the progress of a job until it has ended."""
    version = job.version
    while not job.ended:
        bar.show(progress_of(job, trainer.status, trainer.seconds_left(job)))
        version = job.wait_for_change(version, POLL_SECONDS)


def progress_of(job: Job, trainer: TrainerStatus, seconds_left: float | None) -> Progress:
    """The progress of a job as text, and the completed share."""
    history, stage = job.history, job.history.stage
    if job.state == "queued":
        so_far = formats.duration(trainer.seconds_starting)
        wait = f", {so_far} so far" if trainer.is_late else _left(seconds_left)
        return Progress(text=trainer.message or f"Waiting for the trainer{wait}")
    if job.state == "stopping":
        return Progress(text="Stopping; the weights so far are kept")
    if stage.name != "training":
        return Progress(text=STAGES[stage.name], share=stage.fraction)
    text = f"Epoch {min(job.epoch, job.variant.epochs)} of {job.variant.epochs}"
    if history.losses:
        text += f", loss {formats.loss(history.losses[-1])}"
    if job.steps_per_second is not None:
        text += f", {job.steps_per_second:.0f} steps/s"
    share = history.last_step / history.total_steps
    return Progress(text=text + _left(seconds_left), share=share)


def _left(seconds: float | None) -> str:
    return "" if seconds is None else f", {math.ceil(seconds)} s left"
