"""Jobs: requested trainings in one queue; each variant is trained once for all visitors.

Pages and the command line use `Trainer`: a `JobManager`, which holds all jobs under one lock, that
starts workers: with `local_pool` on this machine, with `cluster_pool` on an external Dask
scheduler. A `Dispatcher` sends jobs to a worker one after another; `worker_side` is the code that
runs there. Progress flows one way: worker, pool, job manager, job.
"""

from core.jobs.job import Job, JobState, TrainerState, TrainerStatus
from core.jobs.job_manager import Store
from core.jobs.trainer import Trainer

__all__ = [
    "Job",
    "JobState",
    "Store",
    "Trainer",
    "TrainerState",
    "TrainerStatus",
]
