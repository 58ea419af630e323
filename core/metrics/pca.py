"""Principal component analysis (PCA): the best linear code of each width, without training.

The components are computed once per data set (`DatasetStats`); a bottleneck of n units takes the
first n of them.
"""

from __future__ import annotations

import numpy as np

from core.data.datasets import PIXELS
from core.data.normalization import Floats, Images
from core.metrics.image_metrics import NO_ERROR, displayed

# In chunks: a float32 copy of 60,000 images would take 188 MB. Sums are in float64.
CHUNK = 2048
# A run works below this share of the mean image's error.
WORKING_SHARE = 0.45
# Images from which the fewest components are found.
SAMPLED_IMAGES = 5_000


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


def fewest_components(training: Images, held_out: Images) -> int:
    """The fewest components with which PCA has less than 45 % of the mean image's error.

    Args:
        training, held_out: greys, uint8, shape (n, 784); large sets are sampled.
    """
    training = training[:: max(len(training) // SAMPLED_IMAGES, 1)]
    held_out = held_out[:: max(len(held_out) // SAMPLED_IMAGES, 1)]
    components: Floats = principal_components(training)
    mean = (training.mean(axis=0) / 255).astype(np.float32)
    centred = held_out / np.float32(255) - mean
    whole = float(np.square(centred).sum(axis=1).mean())
    if whole < NO_ERROR * PIXELS:  # all images are equal, and any width will do
        return 1
    explained = np.square(centred @ components.T).mean(axis=0).cumsum()
    width = int(np.argmax(whole - explained < WORKING_SHARE * whole)) + 1
    # Scores use reconstructions clipped to [0, 1], which have a smaller error.
    while (
        width > 1
        and _clipped_error(held_out, mean, components[: width - 1]) < WORKING_SHARE * whole
    ):
        width -= 1
    return width


def _clipped_error(held_out: Images, mean: Floats, components: Floats) -> float:
    pixels = displayed(reconstructions(held_out, mean, components))
    return float(np.square(pixels - held_out / np.float32(255)).sum(axis=1).mean())
