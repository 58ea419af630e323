"""The format of a stored run: its files as bytes, JSON, CSV and .npz.

run.json      settings, status, scores, losses, evidence, provenance, verdict
history.csv   step, loss
epochs.csv    one row per epoch
frames.npz    reconstructions of the pinned digits during training, float16
digits.npz    the pinned digits, and their last reconstructions as displayed
weights.npz   kernel_0, bias_0, ...; missing if a run has no weights
layers.csv    one row per measured epoch and layer; missing if nothing was measured
codes.npz     codes of some held-out images during training, float16; only beside weights

Earlier versions added manifest.json, with size and SHA-256 of every other file; it is checked if it
exists.
"""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import astuple, fields
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.data.image_sets import info_of
from core.diagnostics import Verdict
from core.errors import DamagedRun
from core.files import npz
from core.files.json_codec import fields_from_plain, fields_to_plain, from_plain, to_json
from core.files.npz import to_npz
from core.metrics.baselines import pca_name
from core.metrics.image_metrics import ALL_BLACK, MEAN_IMAGE, MEDIAN_IMAGE
from core.progress import EpochScores, History, Stage, Step
from core.run import CodeFrames, LayerEvidence, Run
from core.store import run_arrays
from core.store.run_tables import read_records, read_rows, to_csv
from core.variant import MAX_LAYERS, Variant

RUN = "run.json"
HISTORY = "history.csv"
EPOCHS = "epochs.csv"
FRAMES = "frames.npz"
DIGITS = "digits.npz"
WEIGHTS = "weights.npz"
LAYERS = "layers.csv"
CODES = "codes.npz"
REQUIRED = (RUN, HISTORY, EPOCHS, FRAMES, DIGITS)
MANIFEST = "manifest.json"
MANIFEST_FORMAT = 1
ALL = (*REQUIRED, WEIGHTS, LAYERS, CODES, MANIFEST)
# Codes are of no use without the decoder.
WITH_WEIGHTS = (WEIGHTS, CODES)

# Fields of Run that are stored in separate files.
SEPARATE = ("history", "pinned", "weights", "layer_evidence", "code_frames")
# The baselines that every run has; runs of earlier versions lack PCA.
BASELINES = {ALL_BLACK, MEAN_IMAGE, MEDIAN_IMAGE}
HISTORY_COLUMNS = ["step", "loss"]
EPOCH_COLUMNS = [field.name for field in fields(EpochScores)]
LAYER_COLUMNS = [field.name for field in fields(LayerEvidence)]


def pack(run: Run, verdict: Verdict | None = None) -> dict[str, bytes]:
    """The files of a run by name; run.json includes the verdict, for lists."""
    history = run.history
    losses = zip(history.steps, history.losses, strict=True)
    files = {
        RUN: to_json({**_facts(run), "verdict": verdict}),
        HISTORY: to_csv(HISTORY_COLUMNS, losses),
        EPOCHS: to_csv(EPOCH_COLUMNS, map(astuple, history.epochs)),
        FRAMES: to_npz(run_arrays.frame_arrays(history.frames), compressed=True),
        DIGITS: to_npz(run_arrays.digit_arrays(run), compressed=True),
    }
    if run.weights is not None:
        files[WEIGHTS] = to_npz(run_arrays.weight_arrays(run.weights), compressed=False)
        if run.code_frames is not None:
            files[CODES] = pack_codes(run.code_frames)
    if run.layer_evidence:
        files[LAYERS] = pack_layers(run.layer_evidence)
    return files


def pack_codes(frames: CodeFrames) -> bytes:
    """The content of codes.npz."""
    return to_npz(run_arrays.code_arrays(frames), compressed=True)


def unpack_codes(content: bytes, variant: Variant) -> CodeFrames:
    """The inverse of `pack_codes`.

    Raises:
        DamagedRun: it is invalid, or of another network or data set.
    """
    with _reading(CODES):
        held_out_count = info_of(variant.dataset).held_out_count
        return run_arrays.read_codes(content, min(variant.layers), held_out_count)


def pack_layers(measured: Iterable[LayerEvidence]) -> bytes:
    """The content of layers.csv."""
    return to_csv(LAYER_COLUMNS, map(astuple, measured))


def unpack_layers(content: bytes, variant: Variant) -> tuple[LayerEvidence, ...]:
    """The inverse of `pack_layers`.

    Raises:
        DamagedRun: it is invalid, or belongs to another network.
    """
    with _reading(LAYERS):
        measured = read_records(LayerEvidence, content, LAYER_COLUMNS)
        _check_layers(measured, variant)
    return tuple(measured)


def unpack(files: Mapping[str, bytes], key: str) -> Run:
    """The inverse of `pack`; checks every type, shape and number.

    Frames are exact to a thousandth of the range of each image, or to float16's precision if that
    is coarser.

    Args:
        files: the files by name.
        key: the key under which the run is stored.

    Raises:
        DamagedRun: a file is missing or invalid; the text says which.
    """
    if MANIFEST in files:
        files = files_of_manifest(files)
    for name in REQUIRED:
        if name not in files:
            raise DamagedRun(f"The file {name} is missing.")
    facts, history, _ = _read_facts(files[RUN])
    variant = facts["variant"]
    if variant.key != key:
        raise DamagedRun("Its settings do not match its key.")
    with _reading(HISTORY):
        rows = read_rows(files[HISTORY], HISTORY_COLUMNS)
        history.steps = [from_plain(Step, step) for step, _ in rows]
        history.losses = [from_plain(float, loss) for _, loss in rows]
        run_arrays.check_order(history.steps)
    with _reading(EPOCHS):
        history.epochs = read_records(EpochScores, files[EPOCHS], EPOCH_COLUMNS)
        run_arrays.check_order([scores.epoch for scores in history.epochs])
        run_arrays.check_order([scores.step for scores in history.epochs])
    with _reading(FRAMES):
        history.frames = run_arrays.read_frames(files[FRAMES])
    with _reading(DIGITS):
        pinned, _ = run_arrays.read_digits(files[DIGITS], info_of(variant.dataset).held_out_count)
    with _reading(WEIGHTS):
        weights = run_arrays.read_weights(files[WEIGHTS], variant) if WEIGHTS in files else None
    measured = unpack_layers(files[LAYERS], variant) if LAYERS in files else ()
    codes = unpack_codes(files[CODES], variant) if weights and CODES in files else None
    return Run(
        **facts,
        history=history,
        pinned=pinned,
        weights=weights,
        layer_evidence=measured,
        code_frames=codes,
    )


def unpack_facts(content: bytes) -> tuple[dict[str, Any], Verdict | None]:
    """The content of run.json.

    Returns:
        Fields of a Run by name, and the stored verdict, if any.

    Raises:
        DamagedRun: it is invalid.
    """
    facts, _, verdict = _read_facts(content)
    return facts, verdict


def unpack_digits(content: bytes) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """The content of digits.npz: the pinned digits and their last reconstructions as displayed.

    Returns:
        Two arrays of greys 0-255, uint8, shape (10, 784); the second has shape (0, 784) if the run
        has no frame.

    Raises:
        DamagedRun: it is invalid.
    """
    with _reading(DIGITS):
        pinned, reconstructions = run_arrays.read_digits(content, np.iinfo(np.int64).max)
    return pinned.images, reconstructions


def unpacked_bytes(files: Mapping[str, bytes]) -> int:
    """The bytes of a run's arrays, as stated in the files' headers; nothing is unpacked.

    Raises:
        DamagedRun: a file cannot be read.
    """
    total = 0
    for name in (FRAMES, DIGITS, *WITH_WEIGHTS):
        with _reading(name):
            total += npz.unpacked_bytes(files[name]) if name in files else 0
    return total


def files_of_manifest(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The files listed in the manifest of an earlier version, checked against size and SHA-256.

    Raises:
        DamagedRun: a file, or the manifest itself, is missing or changed.
    """
    with _reading(MANIFEST):
        manifest = json.loads(files[MANIFEST])
        version, entries = manifest["format"], dict(manifest["files"])
    if version != MANIFEST_FORMAT:
        raise DamagedRun(f"It was written by another version of the lab (format {version!r:.20}).")
    for name, entry in entries.items():
        if name not in (*REQUIRED, WEIGHTS):
            raise DamagedRun(f"Its manifest lists a file {name[:40]}.")
        if name not in files:
            raise DamagedRun(f"The file {name} is missing.")
        digest = hashlib.sha256(files[name]).hexdigest()
        if entry != {"bytes": len(files[name]), "sha256": digest}:
            raise DamagedRun(f"The file {name} does not match its checksum.")
    return {name: files[name] for name in entries}


@contextmanager
def _reading(name: str) -> Iterator[None]:
    try:
        yield
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError, csv.Error) as error:
        raise DamagedRun(f"The file {name} cannot be read: {error}.") from error


def _facts(run: Run) -> dict[str, Any]:
    history = run.history
    progress = {
        "stage": history.stage,
        "steps_per_epoch": history.steps_per_epoch,
        "total_steps": history.total_steps,
    }
    facts = fields_to_plain(run, SEPARATE)
    return {**facts, "progress": progress}


def _read_facts(content: bytes) -> tuple[dict[str, Any], History, Verdict | None]:
    with _reading(RUN):
        values = json.loads(content)
        progress = values.pop("progress")
        verdict = from_plain(Verdict | None, values.pop("verdict", None))
        history = History(
            stage=from_plain(Stage, progress["stage"]),
            steps_per_epoch=from_plain(Step, progress["steps_per_epoch"]),
            total_steps=from_plain(Step, progress["total_steps"]),
        )
        facts = fields_from_plain(Run, values, exclude=SEPARATE)
        datetime.fromisoformat(facts["provenance"].created)
        baselines, width = facts["baselines"], min(facts["variant"].layers)
        if baselines.keys() - {pca_name(width)} != BASELINES:
            raise ValueError(f"its baselines are not {', '.join(sorted(BASELINES))}")
        return facts, history, verdict


def _check_layers(measured: Sequence[LayerEvidence], variant: Variant) -> None:
    run_arrays.check_order([row.epoch * (MAX_LAYERS + 1) + row.layer for row in measured])
    if any(row.layer > len(variant.layers) for row in measured):
        raise ValueError("it has evidence of layers that the network does not have")
