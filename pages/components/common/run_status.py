"""RunStatus: the current state of a variant, and its headline."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from core import diagnostics
from core.data.image_sets import info_of
from core.diagnostics import Finding, Tone
from core.jobs import Job, TrainerStatus
from core.progress import History
from core.run import Run
from core.text import formats
from core.text.formats import NO_BREAK
from core.text.labels import best_in_words
from core.variant import Variant
from pages.components.common import preflight_results, services

State = Literal["empty", "waiting", "queued", "training", "done", "failed", "offline"]
FASTEST_TICK = 0.16
# Seconds between two updates while waiting: the position in the queue changes rarely.
WAITING_TICK = 1.28
# An update takes about 0.02 s of one core: with this interval per viewer, all viewers together take
# at most an eighth of a core.
TICK_PER_VIEWER = 0.16
SLOWEST_TICK = 8.0
OTHERS = "Other visitors are watching it, so it continues."
ORDINALS = ("Next", "Second", "Third", "Fourth", "Fifth", "Sixth", "Seventh", "Eighth", "Ninth")


@dataclass(frozen=True, kw_only=True)
class RunStatus:
    """The current state of a variant.

    Attributes:
        state: "empty" (never trained), "waiting" (requested, the trainer is starting), "queued",
            "training", "done" (there is a run), "failed", "offline" (empty, and no trainer).
        run: the run, if "done".
        job: the job, if "waiting", "queued", "training" or "failed".
        trainer: state of the trainer.
        is_left: whether this visitor stopped it but it continues for others.
        viewers: the number of visitors who are watching jobs of this lab.
    """

    state: State
    run: Run | None
    job: Job | None
    trainer: TrainerStatus
    is_left: bool = False
    viewers: int = 1

    @property
    def is_live(self) -> bool:
        """Whether it changes without an action of the visitor."""
        return self.state in ("waiting", "queued", "training")

    @property
    def tick(self) -> float | None:
        """Seconds between two updates; None if nothing changes by itself.

        A single viewer gets six updates a second. Several viewers share a fixed part of the
        machine; the interval doubles in steps, so that it rarely changes when somebody arrives or
        leaves.
        """
        if not self.is_live or self.job is None:
            return None
        fastest = FASTEST_TICK if self.state == "training" else WAITING_TICK
        wanted = max(TICK_PER_VIEWER * self.viewers, fastest) if self.viewers > 1 else fastest
        return min(FASTEST_TICK * 2 ** math.ceil(math.log2(wanted / FASTEST_TICK)), SLOWEST_TICK)

    @property
    def history(self) -> History:
        """Everything reported by the training so far."""
        source = self.run or self.job
        return source.history if source else History()

    @property
    def cause(self) -> Finding | None:
        """The finding that is the cause according to the verdict."""
        return diagnostics.cause(self.run) if self.run else None


def look(variant: Variant) -> RunStatus:
    """The current status of a variant; a job takes precedence over the run that it replaces."""
    trainer = services.trainer()
    job = trainer.find(variant.key, services.visitor())
    run = None
    if job is None or job.ended:
        run = (job.run if job else None) or services.run_of(variant.key)
    return RunStatus(
        state=_state(job, run, trainer.status),
        run=run,
        job=job,
        trainer=trainer.status,
        is_left=job is not None and job.continues_without(services.visitor()),
        viewers=len(set().union(*(other.viewers for other in trainer.jobs()))),
    )


def headline_of(status: RunStatus, variant: Variant) -> tuple[str, str, Tone]:
    """The headline: its first words, the rest, and the tone."""
    match status:
        case RunStatus(state="done", run=Run() as run):
            return _of_run(run)
        case RunStatus(state="waiting"):
            rest = OTHERS if status.is_left else _until_ready(status.trainer)
            return "Waiting for the trainer.", rest, "neutral"
        case RunStatus(state="queued", job=Job() as job):
            rest = OTHERS if status.is_left else _about(services.trainer().seconds_left(job))
            return f"{position_in_words(job.position)} in the queue.", rest, "neutral"
        case RunStatus(state="training", is_left=True):
            return "Training.", OTHERS, "neutral"
        case RunStatus(state="training", job=Job() as job):
            return _of_training(job)
        case RunStatus(state="failed", job=Job() as job):
            return "Not finished.", job.error or "", "bad"
        case RunStatus(state="offline"):
            is_back_soon = status.trainer.state == "restarting"
            first = "Trainer is restarting." if is_back_soon else "No trainer."
            message = status.trainer.message
            rest = "Stored runs and checks still work."
            return first, f"{message} {rest}".strip(), "warning"
        case _ if preflight_results.is_missing(variant.dataset):
            return "Not trained yet.", preflight_results.missing(variant.dataset), "neutral"
        case _ if preflight_results.read_error(variant.dataset):
            return "Not trained yet.", "Its data set cannot be read.", "neutral"
        case _:
            rest = f"Below the originals: {best_in_words(variant.normalization)}."
            return "Not trained yet.", rest, "neutral"


def _state(job: Job | None, run: Run | None, trainer: TrainerStatus) -> State:
    if job is not None and job.state == "queued":
        return "waiting" if trainer.state in ("warming", "restarting") else "queued"
    if job is not None and job.state in ("training", "stopping"):
        return "training"
    if run is not None:
        return "done"
    if job is not None and job.state == "failed":
        return "failed"
    return "offline" if trainer.state in ("restarting", "unavailable") else "empty"


def _of_run(run: Run) -> tuple[str, str, Tone]:
    if run.status == "stopped":
        epoch = len(run.history.epochs) + 1
        return f"Stopped in epoch {epoch}.", "The weights from before the stop are kept.", "neutral"
    verdict = diagnostics.verdict(run)
    return verdict.word, verdict.sentence, verdict.tone


def _of_training(job: Job) -> tuple[str, str, Tone]:
    if job.state == "stopping":
        return "Stopping.", "The weights so far will be kept.", "neutral"
    stage = job.history.stage
    if stage.name == "data":
        share = "" if stage.fraction is None else f" {stage.fraction:.0%} downloaded."
        return "Loading the data.", share, "neutral"
    if stage.name == "compiling":
        return "Compiling.", "The first step starts in a second or two.", "neutral"
    noun = info_of(job.variant.dataset).noun
    return "Training.", f"The {noun} below are the network's current output.", "neutral"


def position_in_words(position: int) -> str:
    """A position in the queue as text, from 1: "Next", "Second", "Number 12"."""
    return ORDINALS[position - 1] if position <= len(ORDINALS) else f"Number {position}"


def _until_ready(trainer: TrainerStatus) -> str:
    if not trainer.is_late:
        return trainer.message or _about(trainer.seconds_left)
    so_far = formats.duration(trainer.seconds_starting).replace(" ", NO_BREAK)
    if trainer.message:
        return f"{trainer.message} {so_far} so far."
    return f"The machine is busy: the trainer has been starting for {so_far}."


def _about(seconds: float | None) -> str:
    return f"About {math.ceil(seconds)} s." if seconds else ""
