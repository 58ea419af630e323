"""EndedJobs: the last job of each key, and of those that have ended what they left."""

from __future__ import annotations

from core.jobs.job import Job

# Failed jobs keep what was learned until they are asked for again, and finished ones a run that
# could not be stored or a file that was made; so many at most, and so many bytes of files.
MOST_KEPT = 10
MOST_KEPT_BYTES = 40_000_000


class EndedJobs:
    """The last job of each key; the job manager's lock guards it."""

    def __init__(self) -> None:
        self._jobs: dict[str, Job] = {}

    def get(self, key: str) -> Job | None:
        """The job, unless it has ended and left nothing that is not in the store."""
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
