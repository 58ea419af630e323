"""The codes of some held-out images during training, for the replay of the latent map.

They are computed between steps, in NumPy, from copies of the weights, so they cannot change the
training.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from core.data.normalization import Affine
from core.data.typical_images import first_of_each_class
from core.metrics import inference
from core.run import CODE_IMAGES, MAX_CODE_BYTES, CodeFrames, Layer
from core.training.schedule import code_steps

BYTES_PER_VALUE = 2
# Of a wide code fewer frames are kept, but not fewer than these; below that, fewer images.
MIN_FRAMES = 6


class CodeRecorder:
    """Records the codes of one training.

    Args:
        width: of the bottleneck.
        frame_steps: the steps of the frames, in order; codes are kept at some of them.
        held_out: the normalized held-out images.
        labels: of these, shape (images,).
    """

    def __init__(
        self, width: int, frame_steps: Sequence[int], held_out: Affine, labels: NDArray[np.int64]
    ) -> None:
        frames, images = sizes(width)
        self._steps = frozenset(code_steps(frame_steps, frames))
        self._indices = first_of_each_class(labels, images)
        self._targets = held_out.rows(self._indices).targets()
        self._codes: dict[int, NDArray[np.float32]] = {}

    def frame(self, step: int, layers: Sequence[Layer]) -> None:
        """Record the codes of a frame if they are wanted."""
        if step in self._steps:
            self._record(step, layers)

    def end(self, step: int, layers: Sequence[Layer]) -> CodeFrames | None:
        """All that was recorded, with the last frame's codes; None if no codes were finite.

        Args:
            step: of the last frame, which a training that was stopped has elsewhere.
            layers: at this step.
        """
        if step not in self._codes:
            self._record(step, layers)
        if not self._codes:
            return None
        return CodeFrames(
            indices=self._indices,
            steps=np.array([*self._codes], np.int64),
            codes=np.stack([*self._codes.values()]),
        )

    def _record(self, step: int, layers: Sequence[Layer]) -> None:
        codes = inference.encode(layers, self._targets)
        if np.isfinite(codes).all():
            self._codes[step] = codes


def sizes(width: int) -> tuple[int, int]:
    """The largest numbers of frames and of images of a code that fit into `MAX_CODE_BYTES`."""
    frames = max(MAX_CODE_BYTES // (CODE_IMAGES * width * BYTES_PER_VALUE), MIN_FRAMES)
    return frames, min(CODE_IMAGES, MAX_CODE_BYTES // (frames * width * BYTES_PER_VALUE))
