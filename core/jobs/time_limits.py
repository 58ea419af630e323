"""Limits on time: which jobs have to end, and what is said of it."""

from __future__ import annotations

from core.jobs.job import Job
from core.limits import Limits

PLACE_GIVEN_UP = "Its page was closed, so its place in the queue went to others. Ask for it again."


def is_too_long(job: Job, limits: Limits) -> bool:
    """Whether it has trained for as long as a run may."""
    return limits.run_seconds is not None and job.seconds_training > limits.run_seconds


def too_long(limits: Limits) -> str:
    """What is said of a run that was stopped for it."""
    return (
        f"A run may take {limits.run_seconds:.0f} s on this public lab, and this one was stopped"
        " then."
    )


def is_left(job: Job, limits: Limits) -> bool:
    """Whether nobody has looked at it for so long that it is stopped."""
    return _is_unwatched(job, limits.unwatched_seconds)


def is_left_in_queue(job: Job, limits: Limits) -> bool:
    """Whether it waits and has to give its place to others; a sweep is looked at less often."""
    waits = job.state == "queued" and not job.in_background
    return waits and _is_unwatched(job, limits.queued_left_seconds)


def _is_unwatched(job: Job, seconds: float | None) -> bool:
    return seconds is not None and job.seconds_unwatched > seconds
