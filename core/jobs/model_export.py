"""ModelExport: Keras models of runs, created by a worker between two trainings."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence

from core.jobs.job import Job, JobState
from core.run import Layer, Run
from core.text.labels import file_stem
from core.variant import Variant

Network = tuple[Variant, tuple[Layer, ...]]


class ModelExport(Job):
    """A job that creates one file. It is queued like a training, and takes about a second.

    Args:
        runs: at least one; runs without weights are omitted.
        visitor, address: see `Job`.

    Attributes:
        networks: the networks to save, by file name; empty when the job has ended.
        file_name: the file name of one `.keras` file, or of a zip file of several.
        file: its content, when finished.
    """

    noun = "saving"

    def __init__(self, runs: Sequence[Run], visitor: str, *, address: str = "") -> None:
        super().__init__(runs[0].variant, visitor, address=address)
        self.key = model_export_key((run.variant.key, run.provenance.created) for run in runs)
        self.networks: Mapping[str, Network] = {
            f"{file_stem(run.variant)}.keras": (run.variant, run.weights)
            for run in runs
            if run.weights is not None
        }
        names = list(self.networks)
        self.file_name = names[0] if len(names) == 1 else "keras_models.zip"
        self.file: bytes | None = None

    def change(self, state: JobState | None = None) -> None:
        """Change the state; the networks are released when the job ends."""
        super().change(state)
        if self.ended:
            self.networks = {}

    @property
    def weight_bytes(self) -> int:
        """Bytes of the weights, until the file is created."""
        layers = (layer for _, weights in self.networks.values() for layer in weights)
        return sum(layer.kernel.nbytes + layer.bias.nbytes for layer in layers)

    @property
    def result_bytes(self) -> int:
        """Bytes of the file, after its end."""
        return len(self.file) if self.file is not None else 0

    def failure_message(self, reason: str) -> str:
        """The error for the screen after its worker died, whatever the reason."""
        return "The trainer died. Request the file again."


def model_export_key(runs: Iterable[tuple[str, str]]) -> str:
    """The job key of an export.

    Args:
        runs: pairs of key and training time, since a run that is trained again gives another file.
    """
    identity = "".join(f"{key}{created}" for key, created in runs)
    return f"saving-{hashlib.sha256(identity.encode()).hexdigest()[:16]}"
