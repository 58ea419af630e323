"""The gallery: trained runs that are part of the repository, so that no training is needed first.

It has all combinations of output activation, loss and normalization, with the question's network on
the embedded sample; where Keras computes the loss from hidden logits, also the variant with the
loss from the outputs; and two networks with a bottleneck of two units. Runs in `EXPLORABLE` have
their weights and codes, the others do not. `core.cli.gallery_build` creates the file.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Mapping
from dataclasses import astuple, fields, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.data.normalization import NORMALIZATIONS
from core.files.json_codec import fields_from_plain, fields_to_plain, from_plain, to_plain
from core.files.npz import from_npz, to_npz
from core.objectives.activations import ACTIVATIONS
from core.objectives.losses import COMMON_LOSSES, trains_on_hidden_logits
from core.progress import EpochScores, History, Stage
from core.run import Pinned, Run
from core.store.run_arrays import FLOAT16, read_weights, weight_arrays
from core.store.run_format import (
    CODES,
    LAYERS,
    SEPARATE,
    WEIGHTS,
    pack_codes,
    pack_layers,
    unpack_codes,
    unpack_layers,
)
from core.store.run_summary import RunSummary
from core.store.shipped import frame_codec
from core.variant import LAYER_PRESETS, Variant
from core.variant_grid import grid

FILE = Path(__file__).with_name("gallery.zip")
INDEX = "index.json"
PINNED = "pinned.npz"
THUMBNAILS = "thumbnails.npz"
# The digit of thumbnails: a 7 is recognizable in every run that works, and does not look like the
# median image of all digits.
THUMBNAIL_DIGIT = 7

PINNED_TYPES = {"indices": "<i8", "images": "|u1", "labels": "<i8"}
RUN_TYPES = {"loss_steps": "<i8", "losses": "<f8", "epochs": "<f8", **frame_codec.TYPES}
# Losses are shown with four digits; more would only enlarge the repository.
LOSS_DIGITS = 6

# A code of two units is a map of its own.
TWO_UNITS = tuple(
    Variant(layers=LAYER_PRESETS["bottleneck of 2"], bottleneck_activation=name)
    for name in ("relu", "linear")
)
_MSE = "mean_squared_error"
# The variants that are shipped with weights: the runs of the story, the best of each output
# activation, and a code of two units, with relu and without. With sigmoid and MSE on pixels from -1
# to 1, three quarters of the bottleneck are dead.
EXPLORABLE = (
    Variant(),
    Variant(activation="softmax"),
    Variant(activation="softmax", normalization="raw"),
    Variant(normalization="binarized"),
    Variant(activation="linear", loss=_MSE),
    Variant(activation="tanh", loss=_MSE, normalization="symmetric"),
    Variant(loss="mean_absolute_error"),
    Variant(loss=_MSE, normalization="symmetric"),
    Variant(activation="softmax", loss="categorical_crossentropy", normalization="sum_to_one"),
    Variant(activation="relu", loss="huber"),
    *TWO_UNITS,
)

Files = dict[str, bytes]


def variants() -> list[Variant]:
    """All variants of the gallery; the loss from the outputs and the two units come last."""
    every = {
        "normalization": tuple(NORMALIZATIONS),
        "activation": tuple(ACTIVATIONS),
        "loss": COMMON_LOSSES,
    }
    as_keras = grid(Variant(), every)
    twins = [
        replace(variant, loss_from="outputs")
        for variant in as_keras
        if trains_on_hidden_logits(variant.activation, variant.loss, variant.loss_from)
    ]
    return [*as_keras, *twins, *TWO_UNITS]


class Gallery:
    """The shipped runs, read on demand.

    Args:
        path: the file; if it is missing, the gallery is empty.
    """

    def __init__(self, path: Path = FILE) -> None:
        self._path = path

    @cached_property
    def summaries(self) -> dict[str, RunSummary]:
        """The summaries of the runs, by key."""
        if not self._path.exists():
            return {}
        listed = (from_plain(RunSummary, plain) for plain in json.loads(self._read(INDEX)))
        return {summary.key: summary for summary in listed}

    @cached_property
    def pinned(self) -> Pinned:
        """The ten pinned digits, the same for all runs."""
        return Pinned(**from_npz(self._read(PINNED), PINNED_TYPES))

    @cached_property
    def thumbnails(self) -> dict[str, NDArray[np.uint8]]:
        """The last reconstruction of the thumbnail digit, greys 0-255, shape (784,), by key."""
        if not self.summaries:
            return {}
        images = from_npz(self._read(THUMBNAILS), {"images": "|u1"})["images"]
        return dict(zip(self.summaries, images, strict=True))

    def __contains__(self, key: str) -> bool:
        """Whether the run with this key is shipped."""
        return key in self.summaries

    def get(self, key: str, *, with_weights: bool = True) -> Run | None:
        """A shipped run; None if it is not shipped.

        Args:
            key: the key of its variant.
            with_weights: whether to read weights and codes too, which takes most of the time.
        """
        if not self._path.exists():
            return None
        with zipfile.ZipFile(self._path) as archive:
            names = set(archive.namelist())
            if f"{key}.json" not in names:
                return None
            facts = json.loads(archive.read(f"{key}.json"))
            arrays = from_npz(archive.read(f"{key}.npz"), RUN_TYPES)
            history = _history(facts.pop("progress"), arrays)
            fields = fields_from_plain(Run, facts, exclude=SEPARATE)
            run = Run(**fields, history=history, pinned=self.pinned)
            if not with_weights or f"{key}.{WEIGHTS}" not in names:
                return run
            codes = f"{key}.{CODES}"
            return replace(
                run,
                weights=read_weights(archive.read(f"{key}.{WEIGHTS}"), run.variant, FLOAT16),
                layer_evidence=unpack_layers(archive.read(f"{key}.{LAYERS}"), run.variant),
                code_frames=unpack_codes(archive.read(codes), run.variant)
                if codes in names
                else None,
            )

    def _read(self, name: str) -> bytes:
        with zipfile.ZipFile(self._path) as archive:
            return archive.read(name)


def pack(run: Run) -> Files:
    """The gallery's files of one run by name; the inverse of `Gallery.get`.

    Frames and weights are rounded.

    Args:
        run: a run with frames at the chosen epochs only.
    """
    history = run.history
    facts = fields_to_plain(run, SEPARATE)
    facts["progress"] = {
        "stage": to_plain(history.stage),
        "steps_per_epoch": history.steps_per_epoch,
        "total_steps": history.total_steps,
    }
    epochs = [astuple(epoch) for epoch in history.epochs]
    arrays = {
        "loss_steps": np.array(history.steps, np.int64),
        "losses": np.array([float(f"{loss:.{LOSS_DIGITS}g}") for loss in history.losses]),
        "epochs": np.array(epochs, np.float64).reshape(-1, len(fields(EpochScores))),
        **frame_codec.encode(history.frames),
    }
    key = run.variant.key
    files = {
        f"{key}.json": json.dumps(facts, separators=(",", ":"), allow_nan=False).encode(),
        f"{key}.npz": to_npz(arrays, compressed=False),
    }
    if run.weights is not None:
        weights = weight_arrays(run.weights, FLOAT16)
        files[f"{key}.{WEIGHTS}"] = to_npz(weights, compressed=False)
        files[f"{key}.{LAYERS}"] = pack_layers(run.layer_evidence)
        if run.code_frames is not None:
            files[f"{key}.{CODES}"] = pack_codes(run.code_frames)
    return files


def _history(progress: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> History:
    return History(
        stage=from_plain(Stage, progress["stage"]),
        steps_per_epoch=progress["steps_per_epoch"],
        total_steps=progress["total_steps"],
        steps=arrays["loss_steps"].tolist(),
        losses=arrays["losses"].tolist(),
        epochs=[_epoch(row) for row in arrays["epochs"].tolist()],
        frames=frame_codec.decode(arrays),
    )


def _epoch(row: list[float]) -> EpochScores:
    epoch, step, loss, validation_loss, displayed_loss, mse, ssim = row
    return EpochScores(
        epoch=int(epoch),
        step=int(step),
        loss=loss,
        validation_loss=validation_loss,
        displayed_loss=displayed_loss,
        mse=mse,
        ssim=None if np.isnan(ssim) else ssim,
    )
