"""The progress events of a training run, and the history that collects them.

The worker sends the events. `History` serves both growing histories on pages and complete ones in
the store.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Annotated

import numpy as np
from numpy.typing import NDArray

from core.files.json_codec import Range

PINNED_COUNT = 10

# The ranges allowed in a stored run. Settings allow at most 1,000 epochs of 60,000 steps; means in
# float32 may be slightly outside the exact range.
MAX_STEPS = 60_000_000
Step = Annotated[int, Range(low=0, high=MAX_STEPS)]
Epoch = Annotated[int, Range(low=1, high=1000)]
Share = Annotated[float, Range(low=0, high=1)]
Error = Annotated[float, Range(low=0, high=1.001)]
Similarity = Annotated[float, Range(low=-1.001, high=1.001)]


@dataclass(frozen=True, kw_only=True)
class Stage:
    """The current stage of a worker.

    Attributes:
        name: "data" (loading or downloading), "compiling", "training" or "scoring".
        fraction: the completed part, 0 to 1; None if unknown.
        steps_per_epoch, total_steps: known from the stage "training" on; 0 before that.
    """

    name: str
    fraction: Share | None = None
    steps_per_epoch: Step = 0
    total_steps: Step = 0


@dataclass(frozen=True, kw_only=True)
class LossPoints:
    """The loss trained on, at individual steps; steps count from 1 and increase."""

    steps: tuple[int, ...]
    losses: tuple[float, ...]


@dataclass(frozen=True, kw_only=True)
class EpochScores:
    """The scores at the end of an epoch.

    Attributes:
        epoch: 1 for the first.
        step: the last step of the epoch.
        loss: the loss trained on, as a mean over the images of the epoch (Keras' `loss`).
        validation_loss: the loss trained on, over the held-out images.
        displayed_loss: the loss computed from the outputs, over the held-out images.
        mse, ssim: displayed pixels against the originals, over the held-out images; SSIM is None
            if it was not computed in this epoch.
    """

    epoch: Epoch
    step: Step
    loss: float
    validation_loss: float
    displayed_loss: float
    mse: Error
    ssim: Similarity | None


@dataclass(frozen=True, kw_only=True)
class Frame:
    """The reconstructions of the ten pinned digits after a step.

    Attributes:
        step: 0 before the first step.
        pixels: float32, shape (10, 784), pixel values (0 black, 1 white), not clipped.
        is_kept: whether it belongs to the run; otherwise it is shown only until the next one, and
            which steps have one depends on the machine's speed.
    """

    step: int
    pixels: NDArray[np.float32]
    is_kept: bool = True


Event = Stage | LossPoints | EpochScores | Frame
Report = Callable[[Event], None]


@dataclass
class History:
    """All progress that a training has reported so far.

    Attributes:
        stage: the current one.
        steps, losses: the loss points, in order.
        epochs: one entry per finished epoch.
        frames: ordered by step.
    """

    stage: Stage = field(default_factory=lambda: Stage(name="data"))
    steps_per_epoch: int = 0
    total_steps: int = 0
    steps: list[int] = field(default_factory=list)
    losses: list[float] = field(default_factory=list)
    epochs: list[EpochScores] = field(default_factory=list)
    frames: list[Frame] = field(default_factory=list)

    def add(self, event: Event) -> None:
        """Add an event."""
        match event:
            case Stage():
                self.stage = event
                self.steps_per_epoch = event.steps_per_epoch or self.steps_per_epoch
                self.total_steps = event.total_steps or self.total_steps
            case LossPoints():
                self.steps.extend(event.steps)
                self.losses.extend(event.losses)
            case EpochScores():
                self.epochs.append(event)
            case Frame():
                if self.frames and not self.frames[-1].is_kept:
                    self.frames.pop()
                self.frames.append(event)

    def epoch_at(self, step: int) -> float:
        """The number of epochs completed after a step, with its fraction."""
        return step / max(self.steps_per_epoch, 1)

    @property
    def last_step(self) -> int:
        """The last reported step."""
        return max([0, *self.steps[-1:], *(frame.step for frame in self.frames[-1:])])
