"""Samples: reconstructions of held-out images from a run's weights, and which ten to show."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.data.normalization import NORMALIZATIONS, Floats, GreyMoments, Images
from core.metrics import image_metrics, inference
from core.run import Run
from core.views.lab.lab_view import View

SHOWN_COUNT = 10

Indices = NDArray[np.int64]
Errors = NDArray[np.floating]


def reconstruct(run: Run, images: Images, moments: GreyMoments) -> Floats:
    """Reconstruct images with a run, as pixel values (0 black, 1 white, not clipped).

    Args:
        run: a run with weights.
        images: greys 0-255, uint8, shape (images, 784).
        moments: the moments of the training images.

    Returns:
        float32, shape (images, 784).

    Raises:
        ValueError: the run has no weights.
    """
    if run.weights is None:
        raise ValueError(f"The weights of run {run.variant.key} were deleted; train it again.")
    affine = NORMALIZATIONS[run.variant.normalization].apply(images, moments)
    return affine.to_pixels(inference.outputs(run.weights, affine.targets()))


def errors(run: Run, held_out: Images, moments: GreyMoments) -> Errors:
    """Pixel MSE of each held-out image, shape (images,); arguments and errors as `reconstruct`."""
    return image_metrics.mse_per_image(reconstruct(run, held_out, moments), held_out)


def choose(view: View, error: Errors, labels: Indices) -> Indices:
    """The ten held-out images that a view shows; not for "each", which is the pinned ones.

    Args:
        view: its `digits`, `digit_class` and `shuffle` are used.
        error: pixel MSE of each held-out image, shape (images,).
        labels: class of each held-out image, 0-9, shape (images,).

    Returns:
        Indices of held-out images, shape (10,) or fewer if there are no more.
    """
    match view.digits:
        case "best":
            return np.argsort(error, kind="stable")[:SHOWN_COUNT]
        case "worst":
            return np.argsort(-error, kind="stable")[:SHOWN_COUNT]
        case "class":
            return np.flatnonzero(labels == view.digit_class)[:SHOWN_COUNT]
        case _:
            sample = np.random.default_rng(view.shuffle).permutation(len(labels))
            return sample[:SHOWN_COUNT]
