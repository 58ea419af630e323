"""Jobs: trainings that are asked for, wait in one queue, and are trained once for all who ask.

`Trainer` is what pages and the command line use. Behind it, `desk` holds all jobs under one lock;
`local` and `cluster` bring up the workers, on this machine or on an outside Dask scheduler; `lane`
hands them one job after another; `remote` is what runs in them. A `Saving` is a job too: files that
only Keras can make, between two trainings.
"""

from core.jobs.job import Job, JobState, TrainerState, TrainerStatus
from core.jobs.model_export import Saving, saving_key
from core.jobs.run_storage import Store
from core.jobs.trainer import Trainer

__all__ = [
    "Job",
    "JobState",
    "Saving",
    "Store",
    "Trainer",
    "TrainerState",
    "TrainerStatus",
    "saving_key",
]
