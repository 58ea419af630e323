"""Jobs: requested trainings in one queue; each variant is trained once for all visitors.

Pages and the command line use `Trainer`: a `JobManager`, which holds all jobs under one lock, that
starts workers: with `local_pool` on this machine, with `cluster_pool` on an external Dask
scheduler. A `Dispatcher` sends jobs to a worker one after another; `worker_side` is the code that
runs there. Progress flows one way: worker, pool, job manager, job. A `ModelExport` is also a job:
it creates files that only Keras can create, between two trainings.
"""

from core.jobs.job import Job, JobState, TrainerState, TrainerStatus
from core.jobs.job_manager import Store
from core.jobs.model_export import ModelExport, model_export_key
from core.jobs.trainer import Trainer

__all__ = [
    "Job",
    "JobState",
    "ModelExport",
    "Store",
    "Trainer",
    "TrainerState",
    "TrainerStatus",
    "model_export_key",
]
