"""Full-size data sets with artificial images, in the file formats of keras.datasets."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

COUNTS = {"train": 60_000, "test": 10_000}


def artificial_arrays() -> dict[str, NDArray[Any]]:
    """MNIST's four arrays: label k is an image with k + 1 white pixels in its first row."""
    arrays: dict[str, NDArray[Any]] = {}
    for part, count in COUNTS.items():
        labels = (np.arange(count) % 10).astype(np.uint8)
        images = np.zeros((count, 28, 28), np.uint8)
        images[:, 0, :10] = 255 * (np.arange(10) <= labels[:, None])
        arrays |= {f"x_{part}": images, f"y_{part}": labels}
    return arrays


def write_npz(folder: Path, **changed: NDArray[Any]) -> Path:
    """`mnist.npz` with some arrays changed."""
    folder.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(folder / "mnist.npz", **(artificial_arrays() | changed))
    return folder / "mnist.npz"


def write_idx(folder: Path) -> Path:
    """The folder `fashion-mnist` with its four files."""
    target = folder / "fashion-mnist"
    target.mkdir(parents=True)
    for name, array in artificial_arrays().items():
        kind, part = name.split("_")
        prefix = "t10k" if part == "test" else "train"
        what = "images" if kind == "x" else "labels"
        path = target / f"{prefix}-{what}-idx{array.ndim}-ubyte.gz"
        path.write_bytes(gzip.compress(idx(array), compresslevel=1, mtime=0))
    return target


def idx(array: NDArray[np.uint8]) -> bytes:
    """The IDX format: two zero bytes, 8 for unsigned bytes, the dimensions, then the values."""
    header = bytes([0, 0, 8, array.ndim])
    sizes = b"".join(size.to_bytes(4, "big") for size in array.shape)
    return header + sizes + array.tobytes()
