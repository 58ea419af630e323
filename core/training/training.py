"""A training, as a worker runs it: load the data, train, report progress and return a Run."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from core.data import loading
from core.data.loading import Dataset
from core.data.normalization import Floats
from core.metrics import inference
from core.progress import EpochScores, Event, Report
from core.run import CodeFrames, Layer, LayerEvidence, Run, Status
from core.training import final_evaluation, network, schedule, tensorflow_setup
from core.training.code_recorder import CodeRecorder
from core.training.evaluation import Measured
from core.training.layer_evidence import LayerRecorder
from core.training.loop import ImageTensors, Loops
from core.training.prepared_data import PreparedData, evenly_spaced
from core.training.progress_reporter import ProgressReporter
from core.variant import Variant

_loops = Loops()

# As many as MNIST's held-out images: the loss over them is as precise as the held-out one.
TRAINING_SAMPLE = 10_000

ShouldStop = Callable[[], bool]


class Training:
    """One training in progress.

    Args:
        variant: what to train.
        prepared: the data set, normalized for the variant.
        reporter: receives all progress.
        should_stop: called about ten times a second.

    Attributes:
        layers: the last finite weights; those of the last frame.
        seconds: time spent in training steps.
        compile_seconds: time spent compiling; 0 if everything was compiled already.
    """

    def __init__(
        self,
        variant: Variant,
        prepared: PreparedData,
        reporter: ProgressReporter,
        should_stop: ShouldStop,
    ) -> None:
        self.layers: tuple[Layer, ...] = ()
        self.seconds = 0.0
        self.compile_seconds = 0.0
        self._variant = variant
        self._loop = _loops.get(variant, len(prepared.training.greys))
        self._prepared = prepared
        self._reporter = reporter
        self._should_stop = should_stop
        self._images = ImageTensors.of(prepared.training)
        self._frame_steps = schedule.frame_steps(variant.epochs, self._loop.steps_per_epoch)
        self._call_size = schedule.CallSize()
        self._recorder = LayerRecorder(variant, prepared.training)
        self._codes = CodeRecorder(
            min(variant.layers),
            self._frame_steps,
            prepared.held_out,
            prepared.dataset.held_out_labels,
        )
        self._step = 0
        # The evaluation of `layers` on held-out images; None until they have been measured, with
        # the outputs after the last epoch.
        self._measured: Measured | None = None

    @property
    def layer_evidence(self) -> tuple[LayerEvidence, ...]:
        """The evidence about each layer so far."""
        return tuple(self._recorder.rows)

    def code_frames(self) -> CodeFrames | None:
        """The codes at some of the frames; None if none were finite."""
        frames = self._reporter.history.frames
        return self._codes.end(frames[-1].step, self.layers) if frames else None

    def run(self) -> Status:
        """Train to the end, until stopped, or until a loss or output is not finite."""
        self.compile_seconds += self._loop.compile(self._images)
        self._reporter.training(
            self._loop.steps_per_epoch, self._variant.epochs * self._loop.steps_per_epoch
        )
        self.layers = network.layers(self._loop.model)
        status = self._epochs()
        self._reporter.close()
        return status

    def measured(self) -> tuple[Measured, Measured]:
        """The losses and scores of `layers`, on a sample of the training images and held out.

        The sample has at most `TRAINING_SAMPLE` images.
        """
        network.set_layers(self._loop.model, self.layers)
        data = self._prepared.dataset
        evaluator = self._loop.evaluator
        self.compile_seconds += evaluator.compile()
        chosen = evenly_spaced(len(data.training), TRAINING_SAMPLE)
        on_training = evaluator.measure(self._prepared.training, data.training, chosen)
        if self._measured is None or self._measured.outputs is None:
            self._measured = self._on_held_out(keep_outputs=True)
        return on_training, self._measured

    def _on_held_out(self, *, keep_outputs: bool) -> Measured:
        return self._loop.evaluator.measure(
            self._prepared.held_out, self._prepared.dataset.held_out, keep_outputs=keep_outputs
        )

    def _epochs(self) -> Status:
        shuffle = np.random.default_rng(self._variant.seed)
        self._show()
        self._recorder.begin(self.layers)
        for epoch in range(1, self._variant.epochs + 1):
            order = self._loop.padded(shuffle.permutation(self._loop.image_count))
            losses: list[float] = []
            if epoch > 1 and self._recorder.wants(epoch):
                self._recorder.begin(network.layers(self._loop.model))
            while len(losses) < self._loop.steps_per_epoch:
                if self._should_stop():
                    return "stopped" if self._show() else "diverged"
                if not self._advance(order, losses):
                    return "diverged"
            if not self._score(epoch, losses):
                return "diverged"
        return "finished"

    def _advance(self, order: Any, losses: list[float]) -> bool:
        """Run some steps of an epoch; False if a loss was not finite."""
        next_frame = next(step for step in self._frame_steps if step > self._step)
        remaining = self._loop.steps_per_epoch - len(losses)
        count = min(self._call_size.steps, remaining, next_frame - self._step)
        started = time.perf_counter()
        new = self._loop.run(self._images, order, len(losses), count)
        elapsed = time.perf_counter() - started
        self.seconds += elapsed
        self._call_size.update(count, elapsed)
        finite = np.isfinite(new)
        good = count if finite.all() else int(np.argmin(finite))
        self._reporter.losses(self._step + 1, new[:good].tolist())
        losses.extend(new[:good].tolist())
        self._step += good
        if self._step == 1:
            self._recorder.first_step(network.layers(self._loop.model))
        if good < count:
            return False
        if self._step == next_frame:
            return self._show()
        if self._reporter.is_frame_due:
            pixels = self._reconstructed(network.layers(self._loop.model))
            if np.isfinite(pixels).all():
                self._reporter.live_frame(self._step, pixels)
        return True

    def _show(self) -> bool:
        """Report a frame and keep its weights; False if its outputs are not finite."""
        layers = network.layers(self._loop.model)
        pixels = self._reconstructed(layers)
        if not np.isfinite(pixels).all():
            return False
        self.layers = layers
        self._measured = None
        frames = self._reporter.history.frames
        if not frames or frames[-1].step < self._step:
            self._reporter.frame(self._step, pixels)
            self._codes.frame(self._step, layers)
        return True

    def _reconstructed(self, layers: Sequence[Layer]) -> Floats:
        """The pixel values of the pinned digits, shape (10, 784)."""
        shown = self._prepared.shown
        return shown.to_pixels(inference.outputs(layers, shown.targets()))

    def _score(self, epoch: int, losses: list[float]) -> bool:
        """Report the scores of an epoch; False if the held-out outputs are not finite."""
        self.compile_seconds += self._loop.evaluator.compile()
        measured = self._on_held_out(keep_outputs=epoch == self._variant.epochs)
        if not np.isfinite(measured.trained_loss):
            return False
        if self._reporter.history.frames[-1].step == self._step:
            self._measured = measured
        if self._recorder.wants(epoch):
            self._recorder.end(epoch, network.layers(self._loop.model), measured)
        self._reporter.epoch(
            EpochScores(
                epoch=epoch,
                step=self._step,
                loss=float(np.average(losses, weights=self._loop.images_per_step())),
                validation_loss=measured.trained_loss,
                displayed_loss=measured.displayed_loss,
                mse=measured.mse,
                ssim=measured.ssim,
            )
        )
        return True


def warm_up() -> None:
    """Prepare a worker for its first training; importing this module has done most of it."""
    tensorflow_setup.drop_old_compilations()
    tensorflow_setup.give_memory_back()


def train(variant: Variant, report: Report, should_stop: ShouldStop) -> Run | None:
    """Train a variant.

    Args:
        variant: what to train.
        report: receives all progress; called in this thread.
        should_stop: called about ten times a second; True ends the training, and the current
            weights are kept.

    Returns:
        The run: finished, stopped or diverged; None if it was stopped before the first step.

    Raises:
        DataUnavailable: the data set is not on this machine and could not be downloaded.
    """
    reporter = ProgressReporter(report)
    dataset = _load(variant.dataset, reporter, should_stop)
    if dataset is None:
        return None
    prepared = PreparedData.of(variant, dataset)
    reporter.stage("compiling")
    training = Training(variant, prepared, reporter, should_stop)
    status = training.run()
    if status == "stopped" and not reporter.history.steps:
        return None
    reporter.stage("scoring")
    on_training, on_held_out = training.measured()
    assert on_held_out.outputs is not None
    facts = final_evaluation.on_held_out(variant, on_held_out.outputs, prepared)
    tensorflow_setup.give_memory_back()
    return Run(
        variant=variant,
        status=status,
        history=reporter.history,
        pinned=prepared.pinned,
        weights=training.layers,
        layer_evidence=training.layer_evidence,
        code_frames=training.code_frames(),
        provenance=final_evaluation.provenance(dataset, training.seconds, training.compile_seconds),
        trained_loss=final_evaluation.pair(on_training.trained_loss, on_held_out.trained_loss),
        displayed_loss=final_evaluation.pair(
            on_training.displayed_loss, on_held_out.displayed_loss
        ),
        scores=on_held_out.scores,
        **facts,
    )


class _Stopped(Exception):
    """Stopped while the data were loaded or downloaded."""


def _load(name: str, reporter: ProgressReporter, should_stop: ShouldStop) -> Dataset | None:
    """The data set, downloaded if necessary; None if stopped meanwhile."""

    def forward(event: Event) -> None:
        reporter.report(event)
        if should_stop():
            raise _Stopped

    try:
        return loading.load(name, report=forward, download=True)
    except _Stopped:
        return None
