"""Preview of a set of images, and storing it with its statistics."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.data import image_sets
from core.data.datasets import PIXELS, DatasetInfo
from core.data.image_files.preparation import PreparedImages
from core.data.normalization import Floats, Images
from core.files.npz import Array
from core.metrics import image_metrics, image_set_sizes, pca
from core.metrics.dataset_stats import Counts, grey_histogram, median_image, statistics

# Shares of the pixels of MNIST's 60,000 training digits that are 0, and that are above 127.
MNIST_BLACK, MNIST_WHITE = 0.81, 0.12
BRIGHT = 127
# A run works below this share of the mean image's error.
WORKING_SHARE = 0.45
PCA_IMAGES = 5_000


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
    floor = mean_entropy(grey_histogram(prepared.held_out))
    mean = np.rint(prepared.training.mean(axis=0)).astype(np.uint8)
    return Preview(
        histogram=histogram,
        black=black,
        white=white,
        floor=floor,
        mean_image=mean[None],
        sentence=equal_images_note(prepared, floor) or difference_from_mnist(black, white, floor),
    )


def mean_entropy(histogram: Counts) -> float:
    """The mean entropy of pixels as probabilities, in nats: binary cross-entropy's minimum.

    Args:
        histogram: how often each grey 0-255 occurs.
    """
    p = np.arange(256) / 255
    inner = p[1:-1]
    entropy = np.zeros(256)
    entropy[1:-1] = -inner * np.log(inner) - (1 - inner) * np.log(1 - inner)
    return float(np.average(entropy, weights=histogram))


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


def add(prepared: PreparedImages, label: str, max_bytes: float | None) -> DatasetInfo:
    """Store images as a data set, and compute its statistics.

    Args:
        prepared: the images.
        label: the label of the data set.
        max_bytes: see `image_sets.keep`.

    Raises:
        InvalidImages: there is not enough space.
        StoreUnavailable: the folder is full or cannot be written.
    """
    arrays: dict[str, Array] = {"x_train": prepared.training, "x_test": prepared.held_out}
    if prepared.training_labels is not None and prepared.held_out_labels is not None:
        arrays |= {"y_train": prepared.training_labels, "y_test": prepared.held_out_labels}
    names = [info.name for info in image_sets.list_all()]
    info = image_sets.keep(
        prepared.digest,
        arrays,
        label=label,
        pca_width=fewest_components(prepared.training, prepared.held_out),
        max_bytes=max_bytes,
        other_bytes=sum(map(image_set_sizes.statistics_of, names)),
    )
    statistics(info.name)
    return info


def fewest_components(training: Images, held_out: Images) -> int:
    """The fewest components with which PCA has less than 45 % of the mean image's error.

    Args:
        training, held_out: greys, uint8, shape (n, 784); large sets are sampled.
    """
    training = training[:: max(len(training) // PCA_IMAGES, 1)]
    held_out = held_out[:: max(len(held_out) // PCA_IMAGES, 1)]
    components: Floats = pca.principal_components(training)
    mean = (training.mean(axis=0) / 255).astype(np.float32)
    centred = held_out / np.float32(255) - mean
    whole = float(np.square(centred).sum(axis=1).mean())
    if whole < image_metrics.NO_ERROR * PIXELS:  # all images are equal, and any width will do
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
    pixels = image_metrics.displayed(pca.reconstructions(held_out, mean, components))
    return float(np.square(pixels - held_out / np.float32(255)).sum(axis=1).mean())
