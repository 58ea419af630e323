"""Artificial runs: complete, deterministic and quick to create."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np

from core.data.image_sets import info_of
from core.diagnostics.evidence import MEASURES
from core.diagnostics.setting_facts import FACTS
from core.progress import EpochScores, Frame, History, LossPoints, Stage
from core.run import (
    CodeFrames,
    Layer,
    LayerEvidence,
    LossPair,
    Pinned,
    Provenance,
    Run,
    Scores,
)
from core.variant import Variant

STEPS_PER_EPOCH = 45
EPOCHS = 3


def make_run(variant: Variant | None = None, **overrides: Any) -> Run:
    """A run of three epochs with random digits, curves and weights.

    Args:
        variant: the settings; None for the defaults.
        overrides: fields of `Run` with other values.
    """
    variant = variant or Variant()
    random = np.random.default_rng(variant.seed)
    images = _digits(random)
    run = Run(
        variant=variant,
        status="finished",
        history=_history(random, images),
        pinned=Pinned(indices=np.arange(10) * 7, images=images, labels=np.arange(10)),
        scores=Scores(mse=0.0141, mae=0.0451, psnr=18.51, ssim=0.8123),
        baselines={
            "all black": Scores(mse=0.1012, mae=0.1307, psnr=9.95, ssim=0.3501),
            "mean image": Scores(mse=0.0673, mae=0.1505, psnr=11.72, ssim=0.2203),
            "median image": Scores(mse=0.0857, mae=0.1121, psnr=10.67, ssim=0.3304),
        },
        trained_loss=LossPair(training=0.1003, held_out=0.1017),
        displayed_loss=LossPair(training=0.1003, held_out=0.1017),
        floor=LossPair(training=0.0583, held_out=0.0587),
        provenance=Provenance(
            created="2026-01-02T03:04:05+00:00",
            data_fingerprint="5f" * 8,
            versions={"python": "3.12.1", "keras": "3.15.0", "numpy": "2.4.1"},
            machine="a processor with 2 cores",
            seconds=6.1,
            compile_seconds=1.2,
        ),
        evidence={"output_mean": 0.1306, "lit_share": None},
        weights=_weights(random, variant),
        layer_evidence=_layer_evidence(variant),
        code_frames=_code_frames(random, variant),
    )
    return replace(run, **overrides)


def small_run(seed: int, **overrides: Any) -> Run:
    """A run of a smaller network; each seed has its own key."""
    return make_run(Variant(seed=seed, layers=(2,)), **overrides)


def run_with_error(variant: Variant, mse: float) -> Run:
    """A run whose verdict depends on its error: good below 45% of the mean image's 0.0673."""
    shown = {"sum": 100.0, "original_sum": 101.0, "variation": 0.8, "largest": 0.98}
    far = {"to_mean_image": 0.055, "to_median_image": 0.07}
    run = make_run(
        variant,
        scores=Scores(mse=mse, mae=0.1, psnr=12.0, ssim=0.5),
        evidence=dict.fromkeys((*MEASURES, *FACTS), 0.0) | shown | far,
    )
    run.history.epochs[:] = [replace(epoch, mse=mse) for epoch in run.history.epochs]
    return run


def assert_same_run(found: Run | None, run: Run) -> None:
    """Assert that everything is equal; frames to the precision of the store.

    Codes are stored only with weights.
    """
    assert found is not None
    apart: dict[str, Any] = dict.fromkeys(("history", "pinned", "weights", "code_frames"))
    assert replace(found, **apart) == replace(run, **apart)
    for name in ("stage", "steps_per_epoch", "total_steps", "steps", "losses", "epochs"):
        assert getattr(found.history, name) == getattr(run.history, name)
    for name in ("indices", "images", "labels"):
        np.testing.assert_array_equal(getattr(found.pinned, name), getattr(run.pinned, name))
    for kept, frame in zip(found.history.frames, run.history.frames, strict=True):
        assert kept.step == frame.step
        np.testing.assert_allclose(kept.pixels, frame.pixels, atol=1 / 2048, rtol=1 / 1024)
        assert kept.pixels.dtype == np.float32
    for own, layer in zip(found.weights or (), run.weights or (), strict=True):
        np.testing.assert_array_equal(own.kernel, layer.kernel)
        np.testing.assert_array_equal(own.bias, layer.bias)
        assert own.activation == layer.activation

    assert_same_codes(found.code_frames, run.code_frames if run.weights else None)


def assert_same_codes(found: CodeFrames | None, codes: CodeFrames | None) -> None:
    """Equal to float16's precision."""
    if codes is None or found is None:
        assert found is codes
        return
    np.testing.assert_array_equal(found.indices, codes.indices)
    np.testing.assert_array_equal(found.steps, codes.steps)
    np.testing.assert_allclose(found.codes, codes.codes, rtol=2**-11, atol=2**-24)
    assert found.codes.dtype == np.float32


def _digits(random: np.random.Generator) -> np.ndarray:
    strokes = np.zeros((10, 28, 28), np.uint8)
    for digit, image in enumerate(strokes):
        image[4 + digit : 8 + digit, 6:22] = random.integers(128, 256, (4, 16))
    return strokes.reshape(10, 784)


def _history(random: np.random.Generator, images: np.ndarray) -> History:
    history = History()
    total = STEPS_PER_EPOCH * EPOCHS
    history.add(
        Stage(name="training", steps_per_epoch=STEPS_PER_EPOCH, total_steps=total, fraction=0.0)
    )
    steps = range(1, total + 1)
    losses = 0.1 + 0.6 * np.exp(-np.arange(total) / 30) + random.normal(0, 0.002, total)
    history.add(LossPoints(steps=tuple(steps), losses=tuple(losses.tolist())))
    for epoch in range(EPOCHS + 1):
        share = epoch / EPOCHS
        noise = random.random((10, 784), np.float32)
        pixels = np.float32(share) * images / np.float32(255) + np.float32(1 - share) * noise
        history.add(Frame(step=epoch * STEPS_PER_EPOCH, pixels=pixels))
        if epoch:
            history.add(_epoch_scores(epoch))
    history.add(Stage(name="scoring", fraction=1.0))
    return history


def _epoch_scores(epoch: int) -> EpochScores:
    return EpochScores(
        epoch=epoch,
        step=epoch * STEPS_PER_EPOCH,
        loss=0.3 / epoch,
        validation_loss=0.31 / epoch,
        displayed_loss=0.31 / epoch,
        mse=0.042 / epoch,
        ssim=0.8 if epoch == EPOCHS else None,
    )


def _layer_evidence(variant: Variant) -> tuple[LayerEvidence, ...]:
    return tuple(
        LayerEvidence(
            epoch=epoch,
            layer=layer,
            gradient=0.02 / (1 + epoch),
            update=0.1 / (1 + epoch),
            dead=None if layer == len(variant.layers) or not epoch else 0.125,
            saturated=None if layer == len(variant.layers) or not epoch else 0.0,
        )
        for epoch in range(EPOCHS + 1)
        for layer in range(len(variant.layers) + 1)
    )


def _code_frames(random: np.random.Generator, variant: Variant) -> CodeFrames:
    indices = np.arange(20) * 3
    indices = indices[indices < info_of(variant.dataset).held_out_count]
    shape = (EPOCHS + 1, len(indices), min(variant.layers))
    return CodeFrames(
        indices=indices,
        steps=np.arange(EPOCHS + 1) * STEPS_PER_EPOCH,
        codes=random.normal(0, 5, shape).astype(np.float32),
    )


def _weights(random: np.random.Generator, variant: Variant) -> tuple[Layer, ...]:
    widths = (784, *variant.layers, 784)
    return tuple(
        Layer(
            kernel=(random.random(shape, np.float32) - np.float32(0.5)) / np.float32(10),
            bias=random.random(shape[1], np.float32) / np.float32(10),
            activation=activation,
        )
        for shape, activation in zip(pairwise(widths), variant.activations, strict=True)
    )
