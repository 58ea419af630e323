"""Which steps report losses or digits or keep codes, and how many steps run per compiled call."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

MAX_LOSS_POINTS = 300
MAX_FRAMES = 100
# The digits are reported after these fractions of the first epoch, since they change most then.
EARLY_FRAMES = (1 / 64, 1 / 32, 1 / 16, 1 / 8, 1 / 4, 1 / 2)
MAX_FRAMES_IN_AN_EPOCH = 4

# A page draws about 6 times a second, and Stop should take effect within a second.
SECONDS_PER_CALL = 0.1


def loss_stride(total_steps: int) -> int:
    """Steps between two reported losses; the first and last step are reported in any case."""
    return max(1, -(-total_steps // (MAX_LOSS_POINTS - 2)))


def reported_steps(first: int, last: int, total_steps: int) -> list[int]:
    """The steps in [first, last] whose losses are reported; steps count from 1."""
    stride = loss_stride(total_steps)
    return [
        step for step in range(first, last + 1) if step % stride == 0 or step in (1, total_steps)
    ]


def frame_steps(epochs: int, steps_per_epoch: int) -> list[int]:
    """The steps after which the pinned digits are reported, in order, with step 0.

    Several in the first epoch, then up to four per epoch within the limit, and always the last
    step; for many epochs evenly spaced whole epochs.
    """
    room = MAX_FRAMES - len(EARLY_FRAMES) - 1
    per_epoch = min(MAX_FRAMES_IN_AN_EPOCH, max(1, room // epochs))
    apart = -(-epochs // room)
    total = epochs * steps_per_epoch
    early = [max(1, round(part * steps_per_epoch)) for part in EARLY_FRAMES]
    count = epochs * per_epoch
    even = [total - round(k * apart * total / count) for k in range(-(-count // apart))]
    return sorted({0, *early, *even})


def code_steps(frame_steps: Sequence[int], most: int) -> list[int]:
    """The steps after which codes are kept: of `most` at most, the first and the last step.

    If not all fit, they are evenly spaced on a logarithmic scale, since the codes change most at
    the start.

    Args:
        frame_steps: the steps of the frames, in order.
        most: 2 or more.
    """
    if len(frame_steps) <= most:
        return [*frame_steps]
    places = np.log1p(frame_steps)
    wanted = np.linspace(places[0], places[-1], most)
    nearest = np.abs(places - wanted[:, None]).argmin(axis=1)
    return [frame_steps[place] for place in sorted(set(nearest.tolist()))]


@dataclass
class CallSize:
    """Chooses the number of steps per compiled call so that it takes about SECONDS_PER_CALL.

    Attributes:
        steps: the size of the next call; 1 for the first, so that the first loss appears at once.
    """

    steps: int = 1

    def update(self, steps: int, seconds: float) -> None:
        """Adapt to a call of `steps` steps that took `seconds`."""
        fitting = steps * SECONDS_PER_CALL / max(seconds, 1e-6)
        # A single slow or fast call must not change the size by much.
        self.steps = int(np.clip(fitting, max(1, self.steps // 4), self.steps * 8))
