"""Which steps report losses or reconstructions, and how many steps run per compiled call."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

MOST_LOSS_POINTS = 300
MOST_FRAMES = 100
# Parts of the first epoch after which the digits are shown: they change most at the beginning.
EARLY_FRAMES = (1 / 64, 1 / 32, 1 / 16, 1 / 8, 1 / 4, 1 / 2)
MOST_FRAMES_IN_AN_EPOCH = 4

# A page draws 5 times a second and a stop is to be obeyed within one.
SECONDS_PER_CALL = 0.1


def loss_stride(total_steps: int) -> int:
    """Steps between two reported loss points, besides the first and the last step."""
    return max(1, -(-total_steps // (MOST_LOSS_POINTS - 2)))


def reported_steps(first: int, last: int, total_steps: int) -> list[int]:
    """The steps of [first, last] whose losses are reported; steps count from 1."""
    stride = loss_stride(total_steps)
    return [
        step for step in range(first, last + 1) if step % stride == 0 or step in (1, total_steps)
    ]


def frame_steps(epochs: int, steps_per_epoch: int) -> list[int]:
    """The steps after which the pinned digits are shown, in order, step 0 first.

    Several in the first epoch, then up to four in each while there is room, at least the last
    step; evenly thinned to whole epochs apart where there are many.
    """
    room = MOST_FRAMES - len(EARLY_FRAMES) - 1
    per_epoch = min(MOST_FRAMES_IN_AN_EPOCH, max(1, room // epochs))
    apart = -(-epochs // room)
    total = epochs * steps_per_epoch
    early = [max(1, round(part * steps_per_epoch)) for part in EARLY_FRAMES]
    count = epochs * per_epoch
    even = [total - round(k * apart * total / count) for k in range(-(-count // apart))]
    return sorted({0, *early, *even})


@dataclass
class CallSize:
    """How many steps to put into one compiled call so that it takes about SECONDS_PER_CALL.

    Attributes:
        steps: for the next call. The first call of all is of one step, so that the first loss
            comes at once.
    """

    steps: int = 1

    def took(self, steps: int, seconds: float) -> None:
        """Learn from a call of so many steps that took so long."""
        fitting = steps * SECONDS_PER_CALL / max(seconds, 1e-6)
        # A call that was held up once must not make all later ones small, nor a quick one large.
        self.steps = int(np.clip(fitting, max(1, self.steps // 4), self.steps * 8))
