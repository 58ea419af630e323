"""Principal component analysis (PCA): the best linear code of each width, without training.

The components are computed once per data set (`DatasetStats`); a bottleneck of n units takes the
first n of them.
"""

from __future__ import annotations

import numpy as np

from core.data.datasets import PIXELS
from core.data.normalization import Floats, Images

# In chunks: a float32 copy of 60,000 images would take 188 MB. Sums are in float64.
CHUNK = 2048


def principal_components(images: Images) -> Floats:
    """The principal components of images, by decreasing variance.

    Source: the eigenvectors of the covariance matrix (Hotelling 1933).

    Args:
        images: greys 0-255, uint8, shape (images, 784), at least one.

    Returns:
        float32, shape (784, 784), one orthonormal component per row.
    """
    mean = (images.mean(axis=0) / 255).astype(np.float32)
    scatter = np.zeros((PIXELS, PIXELS))
    for at in range(0, len(images), CHUNK):
        centred = images[at : at + CHUNK] / np.float32(255) - mean
        scatter += centred.T @ centred
    _, columns = np.linalg.eigh(scatter)
    return np.ascontiguousarray(columns.T[::-1], np.float32)


def reconstructions(images: Images, mean_image: Floats, components: Floats) -> Floats:
    """The projection of images on a few components, as pixel values.

    Args:
        images: greys 0-255, uint8, shape (images, 784).
        mean_image: the mean of the training images, pixel values in [0, 1], shape (784,).
        components: the first rows of `principal_components`, shape (width, 784).

    Returns:
        Pixel values, not clipped, float32, shape (images, 784).
    """
    results = np.empty(images.shape, np.float32)
    for at in range(0, len(images), CHUNK):
        centred = images[at : at + CHUNK] / np.float32(255) - mean_image
        results[at : at + CHUNK] = centred @ components.T @ components + mean_image
    return results
