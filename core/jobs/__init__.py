"""Jobs: trainings that visitors ask for, in one queue; each variant is trained once for all.

`Trainer` is what pages and the command line use: a `JobManager`, which has all jobs under one lock,
that starts workers: `local_pool` on this machine, `cluster_pool` on an outside Dask scheduler. A
`dispatcher` hands them one job after another; `worker_tasks` is what runs in them. What they report
goes one way: worker, pool, job manager, job. A `ModelExport` is a job too: files that only Keras
can make, between two trainings.
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
