"""`python -m tools.check_recognition`: how many digits are recognized at which pixel error?

A verdict says "It works." below a share of the mean image's error. This threshold is tested with a
classifier that is independent of autoencoders: the majority of the three nearest training images.
It gets the held-out digits of the sample as PCA reconstructs them, with increasing blur.
"""

from __future__ import annotations

import numpy as np

from core.data import loading
from core.data.datasets import SAMPLE
from core.data.normalization import Floats
from core.metrics import pca
from core.metrics.dataset_stats import statistics

NEIGHBOURS = 3
WIDTHS = (1, 2, 3, 5, 8, 10, 12, 13, 16, 20, 28, 64)


def recognized(pixels: Floats) -> float:
    """The share of the sample's held-out digits that are recognized.

    Args:
        pixels: their reconstructions in [0, 1], shape (500, 784).
    """
    sample = loading.load(SAMPLE)
    known = sample.training / np.float32(255)
    # Squared distances without their common term.
    distances = np.square(known).sum(axis=1) - 2 * pixels @ known.T
    nearest = np.argsort(distances, axis=1)[:, :NEIGHBOURS]
    votes = sample.training_labels[nearest]
    classes = [np.bincount(labels, minlength=10).argmax() for labels in votes]
    return float(np.mean(classes == sample.held_out_labels))


def with_pca(width: int) -> tuple[float, float]:
    """The error of PCA as a share of the mean image's, and the share of digits recognized."""
    known, images = statistics(SAMPLE), loading.load_held_out(SAMPLE).held_out
    originals = images / np.float32(255)
    components = known.principal_components[:width]
    pixels = np.clip(pca.reconstructions(images, known.mean_image, components), 0, 1)
    mean_image = np.square(known.mean_image - originals).mean()
    return float(np.square(pixels - originals).mean() / mean_image), recognized(pixels)


def main() -> None:
    """Print the table."""
    originals = (loading.load_held_out(SAMPLE).held_out / np.float32(255)).astype(np.float32)
    print(f"originals: error 0%, recognized {recognized(originals):.1%}")
    for width in WIDTHS:
        error, share = with_pca(width)
        print(f"PCA, {width:2} components: error {error:.1%}, recognized {share:.1%}")


if __name__ == "__main__":
    main()
