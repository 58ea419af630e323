"""Builds the gallery's file, and compares shipped runs with newly trained ones."""

from __future__ import annotations

import json
import math
import random
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from core.files.json_codec import to_plain
from core.files.npz import to_npz
from core.metrics.image_metrics import displayed
from core.objectives.losses import clipping_decides
from core.progress import Frame, History
from core.run import Run
from core.store.run_format import WEIGHTS
from core.store.run_summary import summary_of
from core.store.shipped import shipped_runs
from core.store.shipped.shipped_runs import (
    EXPLORABLE,
    THUMBNAIL_DIGIT,
    Gallery,
    pack,
)
from core.variant import Variant

# The epochs of the frames that are kept; the digits change most at the start.
FRAME_EPOCHS = (0, 0.5, 1, 2, 4, 8, 16, 32, 67)
# Processors round differently, so that the weights differ slightly after a few thousand steps.
TOLERANCE = 0.03


@dataclass(frozen=True, kw_only=True)
class Cell:
    """A shipped run beside the same variant trained again.

    Attributes:
        shipped, trained: the held-out MSE of each.
        problem: how they differ, as text; None if they agree.
    """

    variant: Variant
    shipped: float
    trained: float
    problem: str | None


def write(runs: Iterable[Run], path: Path) -> None:
    """Write the gallery's file.

    Args:
        runs: complete runs; most frames are omitted, and the weights of all but `EXPLORABLE`.
        path: the file; an existing one is replaced.
    """
    chosen = [_reduced(run) for run in runs]
    pinned = chosen[0].pinned
    files = {
        shipped_runs.INDEX: json.dumps([to_plain(summary_of(run)) for run in chosen]).encode(),
        shipped_runs.THUMBNAILS: to_npz(
            {"images": np.array([_thumbnail(run) for run in chosen])}, compressed=False
        ),
        shipped_runs.PINNED: to_npz(
            {"indices": pinned.indices, "images": pinned.images, "labels": pinned.labels},
            compressed=False,
        ),
    }
    for run in chosen:
        files.update(pack(run))
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_LZMA) as archive:
        for name, content in files.items():
            # Weights hardly shrink, and LZMA is slow to read.
            kind = zipfile.ZIP_DEFLATED if name.endswith(WEIGHTS) else zipfile.ZIP_LZMA
            archive.writestr(zipfile.ZipInfo(name), content, kind)


def sampled_variants(shipped: Gallery, cells: int, seed: int) -> list[Variant]:
    """A random sample of the reproducible variants of shipped runs, without repetition."""
    variants = (shipped.summaries[key].variant for key in sorted(shipped.summaries))
    candidates = [variant for variant in variants if is_reproducible(variant)]
    return random.Random(seed).sample(candidates, min(cells, len(candidates)))


def is_reproducible(variant: Variant) -> bool:
    """Whether a run has the same result on another processor, or with another compiler."""
    return not clipping_decides(variant.activation, variant.loss, variant.loss_from)


def check(shipped: Gallery, variant: Variant, train: Callable[[Variant], Run]) -> Cell:
    """Train a shipped variant again and compare.

    Args:
        shipped: has a run of the variant.
        variant: the variant to train.
        train: trains it on this machine.
    """
    old, new = shipped.summaries[variant.key], train(variant)
    return Cell(
        variant=variant,
        shipped=old.scores.mse,
        trained=new.scores.mse,
        problem=_difference(old.status, old.scores.mse, new),
    )


def _difference(status: str, mse: float, new: Run) -> str | None:
    if new.status != status:
        return f"it {new.status} here, and {status} when it was shipped"
    if status != "diverged" and not math.isclose(new.scores.mse, mse, rel_tol=TOLERANCE):
        return f"its held-out MSE is {new.scores.mse:.4g} here, and {mse:.4g} when it was shipped"
    return None


def chosen_frames(history: History) -> list[Frame]:
    """The frames nearest to `FRAME_EPOCHS`, and the last frame, without duplicates."""
    steps = np.array([frame.step for frame in history.frames])
    epochs = [epoch * history.steps_per_epoch for epoch in FRAME_EPOCHS]
    wanted = {int(np.abs(steps - step).argmin()) for step in epochs}
    return [history.frames[index] for index in sorted(wanted | {len(steps) - 1})]


def _reduced(run: Run) -> Run:
    is_explored = run.variant in EXPLORABLE
    codes = run.code_frames if is_explored else None
    history = run.history
    if codes is not None:
        with_codes = {*codes.steps.tolist()}
        frames = [frame for frame in history.frames if frame.step in with_codes]
        history = replace(history, frames=frames)
    chosen = chosen_frames(history)
    return replace(
        run,
        weights=run.weights if is_explored else None,
        layer_evidence=run.layer_evidence if is_explored else (),
        code_frames=codes and codes.at([frame.step for frame in chosen]),
        history=replace(history, frames=chosen),
        provenance=replace(run.provenance, shipped=True),
    )


def _thumbnail(run: Run) -> np.ndarray:
    index = int(np.flatnonzero(run.pinned.labels == THUMBNAIL_DIGIT)[0])
    return np.round(displayed(run.history.frames[-1].pixels[index]) * 255).astype(np.uint8)
