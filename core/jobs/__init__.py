"""Jobs: trainings that visitors ask for, in one queue; each variant is trained once for all.

`Trainer` is what pages and the command line use. `job_manager` holds all jobs under one lock;
`local_pool` and `cluster_pool` start the workers, on this machine or on an outside Dask scheduler;
`dispatcher` hands them one job after another; `worker_tasks` is what runs in them. A `ModelExport`
is a job too: files that only Keras can make, between two trainings.
"""

from core.jobs.job import Job, JobState, TrainerState, TrainerStatus
from core.jobs.model_export import ModelExport, model_export_key
from core.jobs.run_storage import Store
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
