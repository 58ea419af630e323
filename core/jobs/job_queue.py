"""JobQueue and JobIndex: the jobs in order of service, and the last job of each key.

The job manager's lock guards both.
"""

from __future__ import annotations

from collections.abc import Iterator

from core.jobs.job import Job

# Failed jobs keep what was learned until they are asked for again, and finished ones a run that
# could not be stored or a file that was made; so many at most, and so many bytes of files.
MOST_KEPT = 10
MOST_KEPT_BYTES = 40_000_000


class JobQueue:
    """The queued jobs with their positions: visitors' jobs before background jobs."""

    def __init__(self) -> None:
        self._jobs: list[Job] = []

    def __iter__(self) -> Iterator[Job]:
        return iter(tuple(self._jobs))

    def __contains__(self, job: Job) -> bool:
        return job in self._jobs

    def add(self, job: Job, *, first: bool = False) -> None:
        """Add a job at the end or the front of those of its kind."""
        ahead = [
            other
            for other in self._jobs
            if other.in_background < job.in_background
            or (other.in_background == job.in_background and not first)
        ]
        self._jobs.insert(len(ahead), job)
        self._number()

    def remove(self, job: Job) -> None:
        """Remove a job."""
        self._jobs.remove(job)
        job.position = 0
        self._number()

    def pop(self) -> Job | None:
        """Remove and return the next job; None if the queue is empty."""
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
    """The last job of each key; of the ended ones, those that left what is not in the store."""

    def __init__(self) -> None:
        self._jobs: dict[str, Job] = {}

    def get(self, key: str) -> Job | None:
        """The job of a key, if there is one."""
        return self._jobs.get(key)

    def add(self, job: Job) -> None:
        """A job that waits from now on."""
        self._jobs[job.key] = job

    def end(self, job: Job) -> None:
        """A job has ended; what was left first goes where too much is kept, the newest stays."""
        if self._jobs.get(job.key) is job:
            del self._jobs[job.key]
            if job.error is not None or job.kept_bytes:
                self._jobs[job.key] = job
        room = MOST_KEPT_BYTES
        ended = [other for other in self._jobs.values() if other is job or other.ended]
        for place, other in enumerate(reversed(ended)):
            room -= other.kept_bytes
            if place >= MOST_KEPT or (room < 0 and place > 0):
                del self._jobs[other.key]
