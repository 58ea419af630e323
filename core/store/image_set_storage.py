"""Storage of an image set, with its statistics."""

from __future__ import annotations

from core.data import image_sets
from core.data.datasets import DatasetInfo
from core.data.image_files.preparation import PreparedImages
from core.files.npz import Array
from core.metrics.dataset_stats import statistics
from core.metrics.pca import fewest_components
from core.store import image_set_sizes


def add_image_set(prepared: PreparedImages, label: str, max_bytes: float | None) -> DatasetInfo:
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
    info = image_sets.keep(
        prepared.digest,
        arrays,
        label=label,
        pca_width=fewest_components(prepared.training, prepared.held_out),
        max_bytes=max_bytes,
        used_bytes=image_set_sizes.total(),
    )
    statistics(info.name)
    return info
