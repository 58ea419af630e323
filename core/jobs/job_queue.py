"""JobQueue and JobIndex: the queued jobs in order, and the last job of each key.

Both are guarded by the job manager's lock.
"""

from __future__ import annotations

from collections.abc import Iterator

from core.jobs.job import Job

# Ended jobs are kept if their result is not in the store: the history of failed ones, or a run that
# could not be stored. At most this many.
MAX_ENDED = 10


class JobQueue:
    """The queued jobs with their positions; visitors' jobs come before background jobs."""

    def __init__(self) -> None:
        self._jobs: list[Job] = []

    def __iter__(self) -> Iterator[Job]:
        return iter(tuple(self._jobs))

    def __contains__(self, job: Job) -> bool:
        return job in self._jobs

    def add(self, job: Job, *, first: bool = False) -> None:
        """Add a job after all others of its kind, or with `first` before them."""
        ahead = [
            other
            for other in self._jobs
            if other.in_background < job.in_background
            or (other.in_background == job.in_background and not first)
        ]
        self._jobs.insert(len(ahead), job)
        self._number()

    def remove(self, job: Job) -> None:
        """Remove a job from the queue."""
        self._jobs.remove(job)
        job.position = 0
        self._number()

    def pop(self) -> Job | None:
        """Remove and return the next job; None for an empty queue."""
        if not self._jobs:
            return None
        job = self._jobs[0]
        self.remove(job)
        return job

    def _number(self) -> None:
        for position, job in enumerate(self._jobs, 1):
            if job.position != position:
                job.position = position
                job.change()


class JobIndex:
    """The last job of each key; of ended jobs, only those whose result is not in the store."""

    def __init__(self) -> None:
        self._jobs: dict[str, Job] = {}

    def get(self, key: str) -> Job | None:
        """The last job of a key, or None."""
        return self._jobs.get(key)

    def add(self, job: Job) -> None:
        """Add a queued job."""
        self._jobs[job.key] = job

    def end(self, job: Job) -> None:
        """Record the end of a job; the oldest ended jobs are dropped beyond the limit."""
        if self._jobs.get(job.key) is job:
            del self._jobs[job.key]
            if job.error is not None:
                self._jobs[job.key] = job
        ended = [other for other in self._jobs.values() if other is job or other.ended]
        for other in ended[:-MAX_ENDED]:
            del self._jobs[other.key]
