"""Preview of a set of images, before it is stored."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.data.image_files.preparation import PreparedImages
from core.data.normalization import Images
from core.metrics import image_metrics
from core.metrics.dataset_stats import Counts, grey_histogram, median_image
from core.objectives.floors import bce_floor

# Shares of the pixels of MNIST's 60,000 training digits that are 0, and that are above 127.
MNIST_BLACK, MNIST_WHITE = 0.81, 0.12
BRIGHT = 127


@dataclass(frozen=True, kw_only=True, eq=False)
class Preview:
    """Properties of a set of images.

    Attributes:
        histogram: how often each grey 0-255 occurs in the training images, shape (256,).
        black, white: the shares of their pixels that are 0, and that are above 127.
        floor: the minimum of binary cross-entropy on the held-out images, pixels scaled to 0-1.
        mean_image: the mean of the training images, greys, shape (1, 784).
        sentence: the differences from MNIST, and the effect of identical images on the scores.
    """

    histogram: Counts
    black: float
    white: float
    floor: float
    mean_image: Images
    sentence: str


def preview(prepared: PreparedImages) -> Preview:
    """Compute the preview of images that are not stored yet."""
    histogram = grey_histogram(prepared.training)
    black = float(histogram[0] / histogram.sum())
    white = float(histogram[BRIGHT + 1 :].sum() / histogram.sum())
    floor = bce_floor(grey_histogram(prepared.held_out))
    mean = np.rint(prepared.training.mean(axis=0)).astype(np.uint8)
    return Preview(
        histogram=histogram,
        black=black,
        white=white,
        floor=floor,
        mean_image=mean[None],
        sentence=equal_images_note(prepared, floor) or difference_from_mnist(black, white, floor),
    )


def difference_from_mnist(black: float, white: float, floor: float) -> str:
    """One or two sentences on what the shares mean for losses and baselines."""
    lowest = _lowest(floor)
    if white > 0.5:
        return (
            f"Your images are {white:.0%} white, MNIST's digits {MNIST_WHITE:.0%}: an all-black"
            " image is a poor baseline here, and an output that is stuck at 0 shows at once. Invert"
            f" makes them bright on dark, as MNIST is. {lowest}"
        )
    if black < MNIST_BLACK / 2:
        return (
            f"Only {black:.0%} of your pixels are black, {MNIST_BLACK:.0%} of MNIST's: an all-black"
            " image is a poor baseline here, and the mean image is the one to beat."
            f" {lowest}"
        )
    return (
        f"Your images are {black:.0%} black, MNIST's {MNIST_BLACK:.0%}: what holds for MNIST mostly"
        f" holds for them. {lowest}"
    )


def equal_images_note(prepared: PreparedImages, floor: float) -> str | None:
    """One or two sentences if a baseline has no error on the held-out images; otherwise None."""
    mean = (prepared.training.mean(axis=0) / 255).astype(np.float32)
    baselines = image_metrics.constant_baselines(
        mean, median_image(prepared.training), prepared.held_out
    )
    exact = [name for name, scores in baselines.items() if scores.mse < image_metrics.NO_ERROR]
    if image_metrics.MEAN_IMAGE in exact:
        who = "All images are" if prepared.are_all_equal else "All held-out images are"
        return (
            f"{who} equal: the mean image has no error, so that the lab shows pixel errors, but no"
            f" shares of the mean image's, and calls no run good or bad. {_lowest(floor)}"
        )
    if exact:
        what = "all black" if exact[0] == image_metrics.ALL_BLACK else f"equal to the {exact[0]}"
        return (
            f"The held-out images are {what}: that baseline has no error, and no run can beat it."
            f" {_lowest(floor)}"
        )
    return None


def _lowest(floor: float) -> str:
    return f"Binary cross-entropy cannot fall below {floor:.4f} here; on MNIST it is 0.0590."
