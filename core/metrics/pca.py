"""Principal component analysis: the best linear code of each width, without any training.

Components are fitted to the training images once for a data set (`DatasetStats`), so that any
width only takes its first few of them.
"""

from __future__ import annotations

import numpy as np

from core.data.datasets import PIXELS
from core.data.normalization import Floats, Images

# Chunks keep float32 copies of 60,000 images, 188 MB, out of memory; their sum is in float64.
CHUNK = 2048


def principal_components(images: Images) -> Floats:
    """Orthonormal directions in which images vary, the one with the largest variance first.

    Source: the eigenvectors of the covariance matrix (Hotelling 1933), which a singular value
    decomposition of the centred images gives as well.

    Args:
        images: greys, uint8, shape (images, 784), at least one.

    Returns:
        float32, shape (784, 784), a row for each component.
    """
    mean = (images.mean(axis=0) / 255).astype(np.float32)
    scatter = np.zeros((PIXELS, PIXELS))
    for at in range(0, len(images), CHUNK):
        centred = images[at : at + CHUNK] / np.float32(255) - mean
        scatter += centred.T @ centred
    _, columns = np.linalg.eigh(scatter)
    return np.ascontiguousarray(columns.T[::-1], np.float32)


def reconstructions(images: Images, mean_image: Floats, components: Floats) -> Floats:
    """What is left of images in their coordinates along a few components.

    Args:
        images: greys, uint8, shape (images, 784).
        mean_image: of the training images, in [0, 1], shape (784,).
        components: rows of `principal_components`, shape (width, 784).

    Returns:
        Pixel values, not clipped, float32, shape (images, 784).
    """
    results = np.empty(images.shape, np.float32)
    for at in range(0, len(images), CHUNK):
        centred = images[at : at + CHUNK] / np.float32(255) - mean_image
        results[at : at + CHUNK] = centred @ components.T @ components + mean_image
    return results
