"""Run: one trained variant with everything that the pages show of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray

from core.files.json_codec import Range
from core.progress import Error, History, Share, Similarity
from core.variant import Variant

Status = Literal["finished", "stopped", "diverged"]

# What a stored run may say.
Decibels = Annotated[float, Range(low=-1, high=1000, only_finite=False)]
Loss = Annotated[float, Range()]
Seconds = Annotated[float, Range(low=0, high=1e9)]
Size = Annotated[float, Range(low=0)]
# Epoch 0 is the first step; the last of at most 22 layers is the output.
MeasuredEpoch = Annotated[int, Range(low=0, high=1000)]
Place = Annotated[int, Range(low=0, high=21)]


@dataclass(frozen=True, kw_only=True)
class Scores:
    """The one yardstick: displayed pixels in [0, 1] against the original greys.

    Attributes:
        mse, mae: means over images and pixels.
        psnr: of the mean MSE, in dB; infinite where that is 0.
        ssim: mean over images, 11 x 11 Gaussian window of sigma 1.5.
    """

    mse: Error
    mae: Error
    psnr: Decibels
    ssim: Similarity


@dataclass(frozen=True, kw_only=True)
class LossPair:
    """One loss over all training and over all held-out images; None where there is none."""

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
    """What an epoch did to one layer.

    Attributes:
        epoch: 1 for the first; 0 stands for the first step alone.
        layer: its place, 0 for the first; the output layer is the last.
        gradient: Euclidean norm of the gradient of the loss trained on with respect to the kernel
            at the end of the epoch, of a fixed batch of training images; in epoch 0 before the
            first step. None where it is not finite.
        update: how far the kernel moved in the epoch, as a share of its norm before it.
        dead: the share of hidden units that are 0 for every held-out image; None of the output
            layer, and where it was not measured.
        saturated: the share of hidden units that are at one end of their activation's range for
            every held-out image; None likewise.
    """

    epoch: MeasuredEpoch
    layer: Place
    gradient: Size | None
    update: Size | None
    dead: Share | None
    saturated: Share | None


@dataclass(frozen=True, kw_only=True)
class Pinned:
    """The ten held-out images that every run of a data set shows, one of each class.

    Attributes:
        indices: their places among the held-out images, shape (10,).
        images: uint8, shape (10, 784).
        labels: shape (10,).
    """

    indices: NDArray[np.int64]
    images: NDArray[np.uint8]
    labels: NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class Provenance:
    """How a run came to be.

    Attributes:
        created: date and time in UTC, ISO 8601.
        data_fingerprint: digest of the data set's bytes.
        versions: of python, tensorflow, keras, numpy and the lab.
        machine: processor and number of cores, in words.
        seconds: training only.
        compile_seconds: spent compiling; 0 where the compiled function was kept.
        shipped: whether it came with the repository.
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
        status: "finished", "stopped" (what was learned until then), or "diverged" (a loss or
            output was not finite; the frames and weights are the last finite ones).
        scores: on the held-out images, with the weights that are kept.
        rivals: scores of predictions that need no training: "all black", "mean image",
            "median image", and "PCA, 28 components" of the bottleneck's width, which runs of
            earlier versions lack.
        trained_loss, displayed_loss: the loss trained on, and the same from the outputs shown.
        evidence: the measurements that the verdict is read from (`core.diagnostics`), by name.
        weights: None where the store has dropped them to save space.
        layer_evidence: measured while it trained, in order of epochs and layers; empty in runs of
            earlier versions and in shipped ones.
    """

    variant: Variant
    status: Status
    history: History
    pinned: Pinned
    scores: Scores
    rivals: dict[str, Scores]
    trained_loss: LossPair
    displayed_loss: LossPair
    floor: LossPair
    provenance: Provenance
    evidence: dict[str, float | None] = field(default_factory=dict)
    weights: tuple[Layer, ...] | None = None
    layer_evidence: tuple[LayerEvidence, ...] = ()
