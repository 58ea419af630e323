"""Run: a trained variant with everything that pages show about it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray

from core.files.json_codec import Range
from core.progress import Error, History, Share, Similarity
from core.variant import Variant

Status = Literal["finished", "stopped", "diverged"]

# The ranges allowed in a stored run.
Decibels = Annotated[float, Range(low=-1, high=1000, only_finite=False)]
Loss = Annotated[float, Range()]
Seconds = Annotated[float, Range(low=0, high=1e9)]
Size = Annotated[float, Range(low=0)]
# Epoch 0 is the first step; the last of at most 22 layers is the output.
MeasuredEpoch = Annotated[int, Range(low=0, high=1000)]
LayerIndex = Annotated[int, Range(low=0, high=21)]
# The codes during training are of at most this many images, and take at most these bytes.
MAX_CODE_BYTES = 300_000
CODE_IMAGES = 200


@dataclass(frozen=True, kw_only=True)
class Scores:
    """The scores of reconstructions: displayed pixels in [0, 1] against the originals.

    They are comparable across runs of a data set, whatever their losses.

    Attributes:
        mse, mae: means over images and pixels.
        psnr: computed from the mean MSE, in dB; infinite if that is 0.
        ssim: mean over images, 11 x 11 Gaussian window of sigma 1.5.
    """

    mse: Error
    mae: Error
    psnr: Decibels
    ssim: Similarity


@dataclass(frozen=True, kw_only=True)
class LossPair:
    """A loss over the training images and over the held-out images; None if undefined."""

    training: Loss | None
    held_out: Loss | None


@dataclass(frozen=True, kw_only=True)
class Layer:
    """One dense layer: outputs = activation(inputs @ kernel + bias).

    Attributes:
        kernel: float32, shape (inputs, units).
        bias: float32, shape (units,).
        activation: Keras' name.
    """

    kernel: NDArray[np.float32]
    bias: NDArray[np.float32]
    activation: str


@dataclass(frozen=True, kw_only=True)
class LayerEvidence:
    """Evidence about one layer in one epoch.

    Attributes:
        epoch: 1 for the first; 0 for the first step alone.
        layer: its index, 0 for the first; the output layer is the last.
        gradient: Euclidean norm of d loss / d kernel, of the loss trained on, for a fixed batch of
            training images at the end of the epoch; for epoch 0 before the first step. None if it
            is not finite.
        update: norm of the kernel's change in the epoch, divided by the kernel's norm before it.
        dead: share of hidden units that are 0 for every held-out image; None for the output layer,
            and if it was not measured.
        saturated: share of hidden units that are at an end of their activation's range for every
            held-out image; None as for `dead`.
    """

    epoch: MeasuredEpoch
    layer: LayerIndex
    gradient: Size | None
    update: Size | None
    dead: Share | None
    saturated: Share | None


@dataclass(frozen=True, kw_only=True)
class CodeFrames:
    """The codes of some held-out images during training.

    Attributes:
        indices: among the held-out images, increasing, shape (images,).
        steps: after which the codes were computed, 0 for before the first, shape (frames,).
        codes: float32, shape (frames, images, width of the bottleneck), all finite.
    """

    indices: NDArray[np.int64]
    steps: NDArray[np.int64]
    codes: NDArray[np.float32]

    def at(self, steps: Collection[int]) -> CodeFrames:
        """The frames at the given steps, as far as they exist."""
        kept = np.isin(self.steps, [*steps])
        return replace(self, steps=self.steps[kept], codes=self.codes[kept])


@dataclass(frozen=True, kw_only=True)
class Pinned:
    """The ten held-out images that every run of a data set shows, one of each class.

    Attributes:
        indices: their positions among the held-out images, shape (10,).
        images: greys 0-255, uint8, shape (10, 784).
        labels: classes 0-9, shape (10,).
    """

    indices: NDArray[np.int64]
    images: NDArray[np.uint8]
    labels: NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class Provenance:
    """When, where and with what a run was trained.

    Attributes:
        created: date and time in UTC, ISO 8601.
        data_fingerprint: digest of the data set's content.
        versions: those of python, tensorflow, keras, numpy and the lab.
        machine: processor and number of cores, as text.
        seconds: time spent training, without compilation.
        compile_seconds: compilation time; 0 if the compiled function was cached.
        shipped: whether it is part of the repository.
    """

    created: str
    data_fingerprint: str
    versions: dict[str, str]
    machine: str
    seconds: Seconds
    compile_seconds: Seconds
    shipped: bool = False


@dataclass(frozen=True, kw_only=True)
class Run:
    """A trained variant.

    Attributes:
        status: "finished", "stopped" (with the weights at that point), or "diverged" (a loss or
            output was not finite; frames and weights are the last finite ones).
        scores: on the held-out images, with the stored weights.
        baselines: scores of predictions that need no training: "all black", "mean image",
            "median image", and PCA with the width of the bottleneck, such as "PCA, 28 components",
            which runs of earlier versions lack.
        trained_loss, displayed_loss: the loss trained on, and the loss computed from the outputs.
        evidence: the measurements on which the verdict is based (`core.diagnostics`), by name.
        weights: None if the store has deleted them to free space.
        layer_evidence: measured during training, in order of epochs and layers; empty in shipped
            runs without weights and those of earlier versions.
        code_frames: codes during training; None in runs without weights, those of earlier versions,
            and where the codes were not finite.
    """

    variant: Variant
    status: Status
    history: History
    pinned: Pinned
    scores: Scores
    baselines: dict[str, Scores] = field(metadata={"json": "rivals"})
    trained_loss: LossPair
    displayed_loss: LossPair
    floor: LossPair
    provenance: Provenance
    evidence: dict[str, float | None] = field(default_factory=dict)
    weights: tuple[Layer, ...] | None = None
    layer_evidence: tuple[LayerEvidence, ...] = ()
    code_frames: CodeFrames | None = None

    @property
    def has_weights(self) -> bool:
        """Whether it can reconstruct images other than the pinned ones."""
        return self.weights is not None
