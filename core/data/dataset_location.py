"""Where the files of data sets are on this machine.

The sample comes with the lab. The large sets are searched for in the folder that
AUTOENCODER_LAB_DATA names, then in Keras' own cache, then in the lab's downloads.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from core import environment
from core.data.dataset_files import IdxReader, ImageSetReader, NpzReader, Reader, unreadable
from core.data.datasets import SAMPLE
from core.data.download import SOURCES
from core.data.image_sets import info_of, is_image_set, path
from core.errors import DataUnavailable, InvalidEnvironment, MissingData

SAMPLE_FILE = Path(__file__).with_name("sample") / "mnist_5k.npz"
ADDED = "images added to the lab"


@dataclass(frozen=True)
class Location:
    """The location of a data set on this machine.

    Attributes:
        path: its file, or the folder of its files.
        origin: where that is, in words.
        stamps: change when its content does. The content of an image set is told by its name, so
            that these are not times, which change while a page has it open (`image_sets.touch`).
        times: when its files were changed; not part of a comparison.
    """

    path: Path
    origin: str
    stamps: tuple[tuple[int, ...], ...]
    times: tuple[tuple[int, int], ...] = field(compare=False)

    def reader(self) -> Reader:
        """The reader for the format of its files."""
        if self.origin == ADDED:
            return ImageSetReader(self.path)
        return NpzReader(self.path) if self.path.suffix == ".npz" else IdxReader(self.path)


def downloads_folder() -> Path:
    """Where the lab downloads data sets to."""
    return environment.home() / "datasets"


def _folders() -> list[tuple[Path, str]]:
    """The folders to search, each with its description.

    Raises:
        DataUnavailable: a variable does not name a folder; pages show this instead of the images.
    """
    try:
        folders = [
            (environment.data_folder(), "the folder that AUTOENCODER_LAB_DATA names"),
            (environment.keras_data_folder(), "Keras' cache"),
            (downloads_folder(), "the lab's downloads"),
        ]
    except InvalidEnvironment as error:
        raise DataUnavailable(str(error)) from error
    return [(folder, origin) for folder, origin in folders if folder is not None]


def find(name: str) -> Location | None:
    """The location of a data set; None if it is not on this machine.

    Raises:
        DataUnavailable: the system denies access, or a variable does not name a folder.
    """
    if name == SAMPLE:
        return _locate(SAMPLE_FILE, [SAMPLE_FILE], "the lab itself")
    if is_image_set(name):
        return _locate(path(name), [path(name)], ADDED)
    paths = [Path(file.path) for file in SOURCES[name]]
    for folder, origin in _folders():
        parent = folder / (paths[0] if len(paths) == 1 else paths[0].parent)
        location = _locate(parent, [folder / path for path in paths], origin)
        if location:
            return location
    return None


def _locate(path: Path, files: list[Path], origin: str) -> Location | None:
    """The location of the files; None if one of them is missing.

    Raises:
        DataUnavailable: one of them may exist, but the system denies access.
    """
    try:
        stats = [file.stat() for file in files]
    except (FileNotFoundError, NotADirectoryError) as error:
        if any(file.is_symlink() for file in files):
            error.strerror = "a broken link"
            raise unreadable(path, error) from error
        return None
    except OSError as error:
        raise unreadable(path, error) from error
    times = tuple((stat.st_mtime_ns, stat.st_ctime_ns) for stat in stats)
    inodes = [(stat.st_ino,) for stat in stats]
    distinct = inodes if origin == ADDED else times
    stamps = tuple((*key, stat.st_size) for key, stat in zip(distinct, stats, strict=True))
    return Location(path, origin, stamps, times)


def required(name: str) -> Location:
    """The location of a data set.

    Raises:
        MissingData: it is not on this machine; the text says how to get it.
        DataUnavailable: as `find`.
    """
    location = find(name)
    if location is None and is_image_set(name):
        raise MissingData(
            "These images are not in this lab: they were deleted, or added elsewhere. Add the same"
            " file: More settings, Your images…; or python -m core data add."
        )
    if location is None:
        raise MissingData(
            f"{info_of(name).label} is not on this machine. Train downloads it; without a"
            f" network, put {file_names(name)} into the folder that AUTOENCODER_LAB_DATA names."
        )
    return location


def file_names(name: str) -> str:
    """The files of a data set that can be downloaded, in words."""
    paths = [Path(file.path) for file in SOURCES[name]]
    if len(paths) == 1:
        return str(paths[0])
    return f"the folder {paths[0].parent} with its {len(paths)} .gz files"
