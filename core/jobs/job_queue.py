"""JobQueue: the jobs that wait, visitors' before those in background, each in order of arrival."""

from __future__ import annotations

from collections.abc import Iterator

from core.jobs.job import Job


class JobQueue:
    """The waiting jobs. It keeps their positions; the job manager's lock guards it."""

    def __init__(self) -> None:
        self._jobs: list[Job] = []

    def __iter__(self) -> Iterator[Job]:
        return iter(tuple(self._jobs))

    def __contains__(self, job: Job) -> bool:
        return job in self._jobs

    def add(self, job: Job, *, first: bool = False) -> None:
        """Put a job behind those of its kind, or before them."""
        ahead = [
            other
            for other in self._jobs
            if other.in_background < job.in_background
            or (other.in_background == job.in_background and not first)
        ]
        self._jobs.insert(len(ahead), job)
        self._number()

    def remove(self, job: Job) -> None:
        """Take a job out."""
        self._jobs.remove(job)
        job.position = 0
        self._number()

    def pop(self) -> Job | None:
        """Take the next job out, or None if nobody waits."""
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
