"""Statistics of a data set that checks and scores need: computed once and cached on disk."""

from __future__ import annotations

import hashlib
import inspect
import json
import threading
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from weakref import WeakValueDictionary

import numpy as np
from numpy.typing import NDArray

from core import environment
from core.data import loading, normalization
from core.data.loading import Dataset
from core.data.normalization import NORMALIZATIONS, Floats, GreyMoments, Images
from core.errors import DataUnavailable
from core.files import atomic_files, npz
from core.log import log_event
from core.metrics import pca
from core.objectives import floors, losses

Counts = NDArray[np.int64]
TargetStatistics = dict[str, float | None]

# Large data sets are counted in chunks: NumPy counts in int64, eight times the size of the images.
CHUNK_IMAGES = 4096
CHUNK_PIXELS = 56

ARRAY_TYPES = {
    "histogram": "<i8",
    "image_sums": "<i8",
    "mean_image": "<f4",
    "median_image": "<f4",
    "principal_components": "<f4",
    "mean_targets": "<f4",
}
TARGET_STATISTICS = ("training_targets", "held_out_targets")

_lock = threading.Lock()
# One for each data set whose statistics are asked for at this moment.
_locks: WeakValueDictionary[str, threading.Lock] = WeakValueDictionary()


@dataclass(frozen=True, kw_only=True, eq=False)
class DatasetStats:
    """Statistics of a data set.

    Attributes:
        fingerprint: the fingerprint of the data set.
        histogram: counts of each grey 0-255 in the training images, shape (256,).
        image_sums: the sum of each training image's greys, shape (images,).
        mean_image, median_image: pixelwise, of the training images, in [0, 1], shape (784,).
        principal_components: of the training images (`core.metrics.pca`), shape (784, 784).
        mean_targets: the mean target image under each normalization, in the order of
            `NORMALIZATIONS`, shape (6, 784).
        training_targets, held_out_targets: see `core.objectives.floors.target_statistics`.
    """

    fingerprint: str
    histogram: Counts
    image_sums: Counts
    mean_image: Floats
    median_image: Floats
    principal_components: Floats
    mean_targets: Floats
    training_targets: TargetStatistics
    held_out_targets: TargetStatistics

    @property
    def training_count(self) -> int:
        """Number of training images."""
        return len(self.image_sums)

    @property
    def moments(self) -> GreyMoments:
        """Mean and deviation of all training pixels, in greys."""
        return grey_moments(self.histogram)


def statistics(name: str) -> DatasetStats:
    """The statistics of a data set, from memory or disk, or else computed and stored.

    Args:
        name: a name in `DATASETS` or that of an image set.

    Raises:
        DataUnavailable: the data set is not on this machine, or its files are damaged.
    """
    fingerprint = loading.load_held_out(name).fingerprint
    # Other threads wait, since each computation would take as long, and another 80 MB.
    with _lock:
        lock = _locks.setdefault(fingerprint, threading.Lock())
    with lock:
        return _statistics(name, fingerprint)


def stored_files(name: str) -> list[Path]:
    """The files of a data set's statistics, including those of other versions of the lab."""
    try:
        fingerprint = loading.fingerprint(name)
    except DataUnavailable:
        return []
    return list(_folder().glob(f"{fingerprint}-*.npz"))


def grey_histogram(images: Images) -> Counts:
    """How often each grey 0-255 occurs: (images, pixels) uint8 -> (256,)."""
    total = np.zeros(256, np.int64)
    for at in range(0, len(images), CHUNK_IMAGES):
        total += np.bincount(images[at : at + CHUNK_IMAGES].ravel(), minlength=256)
    return total


def grey_moments(histogram: Counts) -> GreyMoments:
    """Mean and standard deviation of all pixels of a histogram of greys."""
    greys = np.arange(256)
    mean = float(np.average(greys, weights=histogram))
    variance = float(np.average(np.square(greys - mean), weights=histogram))
    return GreyMoments(mean=mean, deviation=variance**0.5)


# About 5 MB each.
@lru_cache(maxsize=8)
def _statistics(name: str, fingerprint: str) -> DatasetStats:
    path = _folder() / f"{fingerprint}-{_code_digest()}.npz"
    try:
        return _from_bytes(path.read_bytes(), fingerprint)
    except FileNotFoundError:
        pass
    except (OSError, ValueError) as error:
        log_event("statistics-recounted", path=path, reason=error)
    counted = _count(loading.read(name))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        atomic_files.write(path, _to_bytes(counted))
    except OSError as error:
        log_event("statistics-not-stored", path=path, reason=error)
    return counted


def _count(dataset: Dataset) -> DatasetStats:
    training, held_out = dataset.training, dataset.held_out
    histogram = grey_histogram(training)
    moments = grey_moments(histogram)
    return DatasetStats(
        fingerprint=dataset.fingerprint,
        histogram=histogram,
        image_sums=training.sum(axis=1, dtype=np.int64),
        mean_image=(training.sum(axis=0, dtype=np.int64) / len(training) / 255).astype(np.float32),
        median_image=median_image(training),
        principal_components=pca.principal_components(training),
        mean_targets=_mean_targets(training, moments),
        training_targets=floors.target_statistics(training, moments),
        held_out_targets=floors.target_statistics(held_out, moments),
    )


def median_image(images: Images) -> Floats:
    """The median of each pixel over some images, in [0, 1]: (images, 784) uint8 -> (784,)."""
    columns = range(0, images.shape[1], CHUNK_PIXELS)
    medians = [np.median(images[:, at : at + CHUNK_PIXELS], axis=0) for at in columns]
    return (np.concatenate(medians) / 255).astype(np.float32)


def _mean_targets(images: Images, moments: GreyMoments) -> Floats:
    totals = np.zeros((len(NORMALIZATIONS), images.shape[1]))
    for at in range(0, len(images), CHUNK_IMAGES):
        for total, way in zip(totals, NORMALIZATIONS.values(), strict=True):
            part = way.apply(images[at : at + CHUNK_IMAGES], moments)
            total += part.targets().sum(axis=0, dtype=np.float64)
    return (totals / len(images)).astype(np.float32)


def _folder() -> Path:
    return environment.home() / "statistics"


def _code_digest() -> str:
    """Digest of the code that computes the statistics; files of other versions are ignored."""
    code = "".join(inspect.getsource(module) for module in (normalization, losses, floors, pca))
    return hashlib.sha256(code.encode()).hexdigest()[:8]


def _to_bytes(counted: DatasetStats) -> bytes:
    contents = {name: getattr(counted, name) for name in ARRAY_TYPES}
    for name in TARGET_STATISTICS:
        text = json.dumps(getattr(counted, name)).encode()
        contents[name] = np.frombuffer(text, np.uint8)
    return npz.to_npz(contents, compressed=True)


def _from_bytes(content: bytes, fingerprint: str) -> DatasetStats:
    found = npz.from_npz(content, ARRAY_TYPES | dict.fromkeys(TARGET_STATISTICS, "|u1"))
    training, held_out = (json.loads(found.pop(name).tobytes()) for name in TARGET_STATISTICS)
    return DatasetStats(
        fingerprint=fingerprint, training_targets=training, held_out_targets=held_out, **found
    )
