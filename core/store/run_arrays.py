"""The arrays of one run: frames, pinned digits, weights and codes, as .npz files and back.

Types, shapes and ranges are checked on reading; anything unexpected raises a ValueError.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from core.data.datasets import PIXELS
from core.files.json_codec import from_plain
from core.files.npz import Array, from_npz
from core.metrics.image_metrics import displayed
from core.progress import PINNED_COUNT, Frame, Step
from core.run import MAX_CODE_BYTES, CodeFrames, Layer, Pinned, Run
from core.variant import Variant

DIGIT_TYPES = {"indices": "<i8", "images": "|u1", "labels": "<i8", "reconstructions": "|u1"}
FRAME_TYPES = {"steps": "<i8", "pixels": "<f2"}
CODE_TYPES = {"indices": "<i8", "steps": "<i8", "codes": "<f2", "scale": "<f4"}
# The types of weights: stored runs have float32, shipped ones float16.
FLOAT32, FLOAT16 = "<f4", "<f2"

# Frames are rounded relative to the range of each image, so that the faint images of a softmax keep
# their shape. Finer steps would double the size of the file.
FRAME_STEPS = 2048
SMALLEST_SPREAD = 2.0**-13
LARGEST_HALF = float(np.finfo(np.float16).max)


def frame_arrays(frames: Sequence[Frame]) -> dict[str, Array]:
    """Steps int64 (frames,) and pixels float16 (frames, 10, 784), rounded to FRAME_STEPS."""
    pixels = np.array([frame.pixels for frame in frames], np.float64)
    pixels = pixels.reshape(-1, PINNED_COUNT, PIXELS)
    step = _spread(pixels) / FRAME_STEPS
    rounded = np.round(pixels / step) * step
    bounded = np.where(np.isfinite(rounded), rounded.clip(-LARGEST_HALF, LARGEST_HALF), rounded)
    steps = np.array([frame.step for frame in frames], np.int64)
    return {"steps": steps, "pixels": bounded.astype(np.float16)}


def _spread(pixels: NDArray[np.float64]) -> NDArray[np.float64]:
    """A power of two, at most 1, between one and two times the range of each image."""
    with np.errstate(invalid="ignore"):
        spread = np.nan_to_num(np.ptp(pixels, axis=-1, keepdims=True), nan=1.0)
    return np.exp2(np.ceil(np.log2(spread.clip(SMALLEST_SPREAD, 1.0))))


def read_frames(content: bytes) -> list[Frame]:
    """The inverse of `frame_arrays`, from the bytes of the file."""
    arrays = from_npz(content, FRAME_TYPES)
    pixels = arrays["pixels"]
    count = pixels.shape[:1]
    _check_shapes(arrays, {"pixels": (*count, PINNED_COUNT, PIXELS), "steps": count})
    steps = [from_plain(Step, step) for step in arrays["steps"].tolist()]
    check_order(steps)
    return [
        Frame(step=step, pixels=shown)
        for step, shown in zip(steps, pixels.astype(np.float32), strict=True)
    ]


def digit_arrays(run: Run) -> dict[str, Array]:
    """The pinned digits, and their last reconstructions as displayed, 0-255."""
    last = run.history.frames[-1].pixels if run.history.frames else np.empty((0, PIXELS))
    return {
        "indices": run.pinned.indices.astype(np.int64),
        "images": run.pinned.images.astype(np.uint8),
        "labels": run.pinned.labels.astype(np.int64),
        "reconstructions": np.round(displayed(last) * 255).astype(np.uint8),
    }


def read_digits(content: bytes, held_out_count: int) -> tuple[Pinned, NDArray[np.uint8]]:
    """The inverse of `digit_arrays`; indices must be below `held_out_count`."""
    arrays = from_npz(content, DIGIT_TYPES)
    reconstructions = arrays.pop("reconstructions")
    vector, picture = (PINNED_COUNT,), (PINNED_COUNT, PIXELS)
    _check_shapes(arrays, {"indices": vector, "images": picture, "labels": vector})
    if reconstructions.shape not in [picture, (0, PIXELS)]:
        raise ValueError(f"reconstructions have the shape {reconstructions.shape}")
    indices, labels = arrays["indices"], arrays["labels"]
    if not (0 <= indices.min() <= indices.max() < held_out_count):
        raise ValueError("it names images that the data set does not have")
    if not (0 <= labels.min() <= labels.max() <= 9):
        raise ValueError("it has labels other than 0 to 9")
    return Pinned(**arrays), reconstructions


def weight_arrays(layers: Sequence[Layer], kind: str = FLOAT32) -> dict[str, Array]:
    """Kernels and biases by name: kernel_0, bias_0, ..."""
    arrays: dict[str, Array] = {}
    for index, layer in enumerate(layers):
        arrays[f"kernel_{index}"] = layer.kernel.astype(kind)
        arrays[f"bias_{index}"] = layer.bias.astype(kind)
    return arrays


def read_weights(content: bytes, variant: Variant, kind: str = FLOAT32) -> tuple[Layer, ...]:
    """The inverse of `weight_arrays`, for the layers of a variant; in float32."""
    shapes = dict(enumerate(pairwise((PIXELS, *variant.layers, PIXELS))))
    names = [f"{kind}_{index}" for index in shapes for kind in ("kernel", "bias")]
    read = from_npz(content, dict.fromkeys(names, kind))
    arrays = {name: array.astype(np.float32, copy=False) for name, array in read.items()}
    for index, (below, above) in shapes.items():
        _check_shapes(arrays, {f"kernel_{index}": (below, above), f"bias_{index}": (above,)})
    return tuple(
        Layer(kernel=arrays[f"kernel_{index}"], bias=arrays[f"bias_{index}"], activation=activation)
        for index, activation in enumerate(variant.activations)
    )


def code_arrays(frames: CodeFrames) -> dict[str, Array]:
    """Indices and steps int64; codes float16, divided by `scale`, a power of two, shape (1,)."""
    largest = float(np.abs(frames.codes).max(initial=0))
    scale = np.exp2(np.ceil(np.log2(max(largest / LARGEST_HALF, 1.0))))
    return {
        "indices": frames.indices.astype(np.int64),
        "steps": frames.steps.astype(np.int64),
        "codes": (frames.codes / scale).astype(np.float16),
        "scale": np.array([scale], np.float32),
    }


def read_codes(content: bytes, width: int, held_out_count: int) -> CodeFrames:
    """The inverse of `code_arrays`, for a bottleneck; indices must be below `held_out_count`."""
    arrays = from_npz(content, CODE_TYPES)
    indices, steps, codes = arrays["indices"], arrays["steps"], arrays["codes"]
    shape = (steps.size, indices.size, width)
    _check_shapes(arrays, {"indices": indices.shape[:1], "steps": steps.shape[:1], "scale": (1,)})
    _check_shapes(arrays, {"codes": shape})
    if codes.nbytes > MAX_CODE_BYTES or not codes.size:
        raise ValueError(f"it has {codes.nbytes:,} bytes of codes")
    check_order(indices.tolist())
    check_order([from_plain(Step, step) for step in steps.tolist()])
    if not 0 <= indices[0] <= indices[-1] < held_out_count:
        raise ValueError("it names images that the data set does not have")
    scaled = codes.astype(np.float32) * arrays["scale"]
    if not np.isfinite(scaled).all():
        raise ValueError("it has codes that are not finite")
    return CodeFrames(indices=indices, steps=steps, codes=scaled)


def check_order(numbers: Sequence[int]) -> None:
    """Refuse numbers that are not strictly increasing."""
    if any(later <= earlier for earlier, later in pairwise(numbers)):
        raise ValueError("its steps or epochs are not increasing")


def _check_shapes(arrays: Mapping[str, Array], shapes: Mapping[str, tuple[int, ...]]) -> None:
    for name, shape in shapes.items():
        if arrays[name].shape != shape:
            raise ValueError(f"{name} has the shape {arrays[name].shape}, not {shape}")
