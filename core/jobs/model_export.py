"""ModelExport: the Keras models of some runs, made by a worker between two trainings."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence

from core.jobs.job import Job, JobState
from core.run import Layer, Run
from core.text.labels import file_stem
from core.variant import Variant

Network = tuple[Variant, tuple[Layer, ...]]


class ModelExport(Job):
    """A file that was asked for. It waits in the queue as a training does, and takes a second.

    Args:
        runs: at least one; those without weights are left out.
        visitor, address: as for a `Job`.

    Attributes:
        networks: what is to be saved, by the names of the files; none when it has ended.
        file_name: of the whole: one `.keras` file, or a zip file of several.
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
        """As a job's; the networks are let go with its end."""
        super().change(state)
        if self.ended:
            self.networks = {}

    @property
    def held_bytes(self) -> int:
        """What the weights take until the file is made."""
        layers = (layer for _, weights in self.networks.values() for layer in weights)
        return sum(layer.kernel.nbytes + layer.bias.nbytes for layer in layers)

    @property
    def kept_bytes(self) -> int:
        """What it holds in memory after its end."""
        return len(self.file) if self.file is not None else 0

    def failure_message(self, reason: str) -> str:
        """What is said when its worker dies, whatever the reason."""
        return "The trainer died. Request the file again."


def model_export_key(runs: Iterable[tuple[str, str]]) -> str:
    """The key of the file of some runs.

    Args:
        runs: the key of each, and when it was trained: after another training the file
            is another.
    """
    named = "".join(f"{key}{created}" for key, created in runs)
    return f"saving-{hashlib.sha256(named.encode()).hexdigest()[:16]}"
