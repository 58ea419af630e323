"""Image metrics: displayed reconstructions against the originals, whatever the targets were.

Every function takes pixel values from `Affine.to_pixels` and clips them to [0, 1], as the screen
does. The originals are always greys 0-255, even where the network was trained on other targets, so
runs of all normalizations can be compared.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.data.datasets import IMAGE_SIDE
from core.data.normalization import Images
from core.run import Run, Scores

Pixels = NDArray[np.floating[Any]]
Values = NDArray[np.float64]

# The constants of Wang et al. 2004, "Image quality assessment: from error visibility to structural
# similarity", IEEE Transactions on Image Processing 13(4).
WINDOW_RADIUS = 5
WINDOW_SIGMA = 1.5
STABILIZER_OF_MEANS = 0.01**2
STABILIZER_OF_VARIANCES = 0.03**2

CHUNK = 256

ALL_BLACK = "all black"
MEAN_IMAGE = "mean image"
MEDIAN_IMAGE = "median image"
# A baseline with a smaller MSE cannot serve as a unit of error: the images are equal.
NO_ERROR = 1e-6


def displayed(pixels: Pixels) -> Pixels:
    """Pixel values as displayed: clipped to [0, 1], 0 black and 1 white.

    Args:
        pixels: any shape; infinities are clipped, NaN becomes 0 (black).

    Returns:
        Same shape and type.
    """
    return np.nan_to_num(np.clip(pixels, 0, 1), copy=False, nan=0.0)


def share_of_error(mse: float, mean_image: float | None) -> float:
    """An MSE divided by the mean image's; NaN if that is unknown or below `NO_ERROR`."""
    return math.nan if mean_image is None or mean_image < NO_ERROR else mse / mean_image


def share_of_mean_image(run: Run) -> float:
    """The held-out pixel MSE divided by the mean image's; NaN if the latter has no error."""
    return share_of_error(run.scores.mse, run.baselines[MEAN_IMAGE].mse)


def mse_per_image(pixels: Pixels, originals: Images) -> Values:
    """Mean squared difference of displayed pixels and originals.

    Args:
        pixels: shape (images, 784).
        originals: grey values 0-255, same shape.

    Returns:
        Shape (images,).
    """
    return _in_chunks(
        lambda part, greys: np.square(_differences(part, greys)).mean(axis=1, dtype=np.float64),
        pixels,
        originals,
    )


def mae_per_image(pixels: Pixels, originals: Images) -> Values:
    """Mean absolute difference; arguments and result as for `mse_per_image`."""
    return _in_chunks(
        lambda part, greys: np.abs(_differences(part, greys)).mean(axis=1, dtype=np.float64),
        pixels,
        originals,
    )


def psnr(mse: float) -> float:
    """Peak signal-to-noise ratio in dB of a mean squared error of pixels in [0, 1].

    Infinite if the error is 0.
    """
    return float(-10 * np.log10(mse)) if mse > 0 else float("inf")


def ssim_per_image(pixels: Pixels, originals: Images) -> Values:
    """Structural similarity: 1 for equal images, about 0 for unrelated ones, at least -1.

    Source: Wang et al. 2004, with their 11 x 11 Gaussian window of sigma 1.5 and data range 1,
    averaged over the windows that lie inside the image, as in scikit-image's
    `structural_similarity(gaussian_weights=True, use_sample_covariance=False, data_range=1)`.

    Args:
        pixels: shape (images, 784).
        originals: grey values 0-255, same shape.

    Returns:
        Shape (images,).
    """
    return _in_chunks(_ssim, pixels, originals)


def score(pixels: Pixels, originals: Images) -> Scores:
    """MSE, MAE, PSNR and SSIM of a set of reconstructions.

    Args:
        pixels: shape (images, 784), not clipped.
        originals: grey values 0-255, same shape.
    """
    mse = float(mse_per_image(pixels, originals).mean())
    return Scores(
        mse=mse,
        mae=float(mae_per_image(pixels, originals).mean()),
        psnr=psnr(mse),
        ssim=float(ssim_per_image(pixels, originals).mean()),
    )


def constant_baselines(
    mean_image: Pixels, median_image: Pixels, held_out: Images
) -> dict[str, Scores]:
    """Scores of predictions that need no training: the same image every time.

    Args:
        mean_image, median_image: from the training images, pixel values in [0, 1], shape (784,).
        held_out: grey values 0-255, shape (images, 784).

    Returns:
        Scores by name: "all black", "mean image" and "median image".
    """
    pictures = {
        ALL_BLACK: np.zeros_like(mean_image),
        MEAN_IMAGE: mean_image,
        MEDIAN_IMAGE: median_image,
    }
    return {
        name: score(np.broadcast_to(picture, held_out.shape), held_out)
        for name, picture in pictures.items()
    }


def _in_chunks(
    measure: Callable[[Pixels, Images], Values], pixels: Pixels, originals: Images
) -> Values:
    # In chunks, since each temporary array of 10,000 images would take 31 MB.
    starts = range(0, len(pixels), CHUNK)
    chunks = [measure(pixels[at : at + CHUNK], originals[at : at + CHUNK]) for at in starts]
    return np.concatenate([np.empty(0), *chunks])


def _differences(pixels: Pixels, originals: Images) -> Pixels:
    return displayed(pixels) - originals / np.float32(255)


@cache
def window_means() -> Values:
    """Matrix (28, 18): column i is the Gaussian window at the i-th position inside the image."""
    weights = np.exp(-0.5 * (np.arange(-WINDOW_RADIUS, WINDOW_RADIUS + 1) / WINDOW_SIGMA) ** 2)
    positions = IMAGE_SIDE - 2 * WINDOW_RADIUS
    matrix = np.zeros((IMAGE_SIDE, positions))
    for position in range(positions):
        matrix[position : position + len(weights), position] = weights / weights.sum()
    return matrix


def _windowed(images: Values) -> Values:
    """Gaussian-weighted means: (..., 28, 28) -> (..., 18, 18), transposed."""
    across = (images.reshape(-1, IMAGE_SIDE) @ window_means()).reshape(*images.shape[:-1], -1)
    down = np.ascontiguousarray(across.swapaxes(-1, -2))
    return (down.reshape(-1, IMAGE_SIDE) @ window_means()).reshape(*down.shape[:-1], -1)


def _ssim(pixels: Pixels, originals: Images) -> Values:
    # In float64: a variance is a small difference of means, comparable to the constant 0.0009.
    shape = (len(pixels), IMAGE_SIDE, IMAGE_SIDE)
    x = displayed(pixels.astype(np.float64)).reshape(shape)
    y = (originals / 255).reshape(shape)
    mean_x, mean_y, product, powers = _windowed(np.stack([x, y, x * y, x * x + y * y]))
    means = mean_x * mean_y
    squares = mean_x**2 + mean_y**2
    luminance = (2 * means + STABILIZER_OF_MEANS) / (squares + STABILIZER_OF_MEANS)
    covariance = 2 * (product - means) + STABILIZER_OF_VARIANCES
    structure = covariance / (powers - squares + STABILIZER_OF_VARIANCES)
    return (luminance * structure).mean(axis=(1, 2))
