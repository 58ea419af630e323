"""Loading of data sets, and the choice of the ten images that every run shows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache, wraps
from typing import TypeVar
from urllib.parse import urlsplit

import numpy as np
from numpy.typing import NDArray

from core import environment
from core.data.dataset_files import Labels, reading_errors
from core.data.dataset_location import Location, downloads_folder, file_names, find, required
from core.data.datasets import DatasetInfo
from core.data.download import SOURCES, DownloadFailed, RemoteFile, fetch
from core.data.image_sets import info_for_reading, info_of
from core.data.normalization import Images
from core.data.typical_images import most_different, most_typical
from core.errors import DamagedData, DataUnavailable
from core.log import log_event
from core.progress import PINNED_COUNT, Event, Report, Stage
from core.run import Pinned

# The number of damaged files that are remembered, since pages ask for them repeatedly.
MAX_DAMAGED = 20

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True, eq=False)
class HeldOut:
    """The held-out part of a data set: cheap to read, and enough for pages.

    Attributes:
        held_out: uint8, shape (images, 784), greys 0-255, read-only.
        held_out_labels: 0-9, shape (images,).
        fingerprint: digest of the whole data set's content, the training images included.
        origin: where it was read from, as text.
    """

    info: DatasetInfo
    held_out: Images
    held_out_labels: Labels
    fingerprint: str
    origin: str

    @cached_property
    def _typical(self) -> NDArray[np.int64]:
        is_labelled = bool(self.info.class_names)
        classes = [np.flatnonzero(self.held_out_labels == label) for label in range(PINNED_COUNT)]
        typical = [
            most_typical(self.held_out, members)
            for members in classes
            if is_labelled and len(members)
        ]
        if len(typical) < PINNED_COUNT:
            typical = most_different(self.held_out, PINNED_COUNT, typical)
        return np.array(typical)


@dataclass(frozen=True, kw_only=True, eq=False)
class Dataset(HeldOut):
    """A whole data set.

    Attributes:
        training: uint8, shape (images, 784), greys 0-255, read-only.
        training_labels: 0-9, shape (images,).
    """

    training: Images
    training_labels: Labels


def load(
    name: str,
    *,
    report: Report | None = None,
    download: bool = False,
    sources: Mapping[str, tuple[RemoteFile, ...]] = SOURCES,
) -> Dataset:
    """Load a data set; the last two are cached.

    Args:
        name: a name in `DATASETS` or that of an image set.
        report: receives the stage "data", with the completed fraction during a download. An
            exception raised by it ends the loading; a partial download is discarded.
        download: whether to download a data set that is not on this machine.
        sources: where the files of each data set are downloaded from.

    Returns:
        The data set. All callers share its arrays.

    Raises:
        MissingData: it is not here, and `download` is false.
        DamagedData: its files are truncated, changed, or those of something else.
        DataUnavailable: they cannot be read, or cannot be downloaded.
    """
    report_to = report or _ignore
    report_to(Stage(name="data"))
    location = find(name)
    can_download = download and name in sources
    if can_download and (location is None or _is_broken_download(name, location)):
        _download(name, sources[name], report_to)
    return _whole(name, required(name))


def read(name: str) -> Dataset:
    """The same as `load(name)`, but without caching."""
    return _read_whole(name, required(name))


def load_held_out(name: str) -> HeldOut:
    """Load only the held-out part, in a seventh of the memory of `load` and without the network.

    Raises:
        MissingData: the data set is not here.
        DamagedData: its files are truncated, changed, or those of something else.
        DataUnavailable: they cannot be read.
    """
    return _held_out(name, required(name))


def fingerprint(name: str) -> str:
    """The digest of a data set's content, without reading its images if possible.

    Raises:
        DataUnavailable: as for `load_held_out`.
    """
    return _fingerprint(name, required(name))


def problem(name: str) -> DataUnavailable | None:
    """The error that `load_held_out` would raise now; None if the data set can be read."""
    try:
        load_held_out(name)
    except DataUnavailable as error:
        return error
    return None


def pinned(part: HeldOut) -> Pinned:
    """The ten held-out images that every run shows: the most typical of each class, 0 to 9.

    If a class is missing or images have no labels, `most_different` images fill the gaps.
    """
    indices = part._typical
    return Pinned(
        indices=indices, images=part.held_out[indices], labels=part.held_out_labels[indices]
    )


def _ignore(event: Event) -> None:
    pass


def _is_broken_download(name: str, location: Location) -> bool:
    """Whether it is one of the lab's own downloads and damaged; if so, it is deleted."""
    if not location.path.is_relative_to(downloads_folder()):
        return False
    try:
        _whole(name, location)
    except DamagedData as error:
        log_event("download-deleted", path=location.path, reason=error)
        for file in SOURCES[name]:
            (downloads_folder() / file.path).unlink(missing_ok=True)
        return True
    return False


def _download(name: str, files: tuple[RemoteFile, ...], report: Report) -> None:
    label, folder = info_of(name).label, downloads_folder()
    try:
        fetch(files, folder, report)
    except DownloadFailed as error:
        host = urlsplit(files[0].url).hostname
        raise DataUnavailable(
            f"{label} could not be downloaded from {host} ({error})."
            f" Use the sample, try again, or put {file_names(name)} into the folder that"
            " AUTOENCODER_LAB_DATA names."
        ) from error
    except OSError as error:
        raise DataUnavailable(
            f"{label} cannot be saved in {environment.shown_path(folder)}"
            f" ({error.strerror or error})."
            " Free some space there, or set AUTOENCODER_LAB_HOME to a writable folder."
        ) from error


def _remember_damage(read: Callable[[str, Location], T]) -> Callable[[str, Location], T]:
    """Do not read a damaged file again until it changes.

    Its times count too: an intact copy in its place may have the same stamps.
    """
    damaged: dict[tuple[Location, object], str] = {}

    @wraps(read)
    def read_unless_damaged(name: str, location: Location) -> T:
        place = location, location.times
        if place in damaged:
            raise DamagedData(damaged[place])
        try:
            return read(name, location)
        except DamagedData as damage:
            if len(damaged) >= MAX_DAMAGED:
                damaged.clear()
            damaged[place] = str(damage)
            raise

    return read_unless_damaged


@_remember_damage
def _read_whole(name: str, location: Location) -> Dataset:
    part = _held_out(name, location)
    with reading_errors(location.path):
        reader = location.reader()
        return Dataset(
            info=part.info,
            training=reader.images("train", part.info.training_count),
            training_labels=reader.labels("train", part.info.training_count),
            held_out=part.held_out,
            held_out_labels=part.held_out_labels,
            fingerprint=part.fingerprint,
            origin=part.origin,
        )


_whole = lru_cache(maxsize=2)(_read_whole)


@lru_cache(maxsize=500)
def _fingerprint(name: str, location: Location) -> str:
    with reading_errors(location.path):
        return location.reader().fingerprint()


# Visitors of a public host may each use a different set.
@lru_cache(maxsize=6)
@_remember_damage
def _held_out(name: str, location: Location) -> HeldOut:
    with reading_errors(location.path):
        info = info_for_reading(name)
        reader = location.reader()
        return HeldOut(
            info=info,
            held_out=reader.images("test", info.held_out_count),
            held_out_labels=reader.labels("test", info.held_out_count),
            fingerprint=reader.fingerprint(),
            origin=f"{location.origin}: {location.path.name}",
        )
