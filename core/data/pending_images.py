"""Files of images between their upload and their use: on disk, for an hour at most.

They are not held in memory, since they are read again whenever a switch is turned.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from core import environment
from core.data.image_files.recognition import GivenFile
from core.errors import InvalidImages, StoreUnavailable
from core.files import atomic_files

TOKEN = re.compile(r"[0-9a-f]{12}")
MOST_SECONDS = 3_600


@dataclass(frozen=True, kw_only=True)
class PendingImages:
    """Files that were uploaded together.

    Attributes:
        token: what nobody can guess, and changes with every upload.
        names: of the files, as they came.
    """

    token: str
    names: tuple[str, ...]

    def files(self) -> list[GivenFile]:
        """The files, to be read.

        Raises:
            InvalidImages: they are no longer there.
        """
        folder = _folder() / self.token
        paths = [folder / str(place) for place in range(len(self.names))]
        try:
            sizes = [path.stat().st_size for path in paths]
        except OSError as error:
            raise InvalidImages("The files are no longer here. Upload them again.") from error
        return [
            GivenFile(name=name, size=size, open=lambda path=path: atomic_files.open_file(path))  # type: ignore[misc]
            for name, size, path in zip(self.names, sizes, paths, strict=True)
        ]

    def drop(self) -> None:
        """Remove the files."""
        atomic_files.remove(_folder() / self.token)


def hold(
    files: Iterable[tuple[str, bytes]], *, most_bytes: int | None, most_of_all: int | None
) -> PendingImages:
    """Write files down until they are used.

    Args:
        files: names and contents.
        most_bytes: of these files.
        most_of_all: of all files of all visitors.

    Raises:
        InvalidImages: they are too large, or too many visitors add images now.
        StoreUnavailable: they cannot be written.
    """
    drop_old()
    contents = list(files)
    size = sum(len(content) for _, content in contents)
    if most_bytes is not None and size > most_bytes:
        raise InvalidImages(
            f"The files have {size / 1e6:,.1f} MB; up to {most_bytes / 1e6:g} MB are allowed. Leave"
            " some images out, or make them smaller."
        )
    if most_of_all is not None and size + _taken() > most_of_all:
        raise InvalidImages("Many visitors add images now. Try again in a few minutes.")
    pending = PendingImages(
        token=atomic_files.tag(), names=tuple(name[-80:] for name, _ in contents)
    )
    folder = _folder() / pending.token
    try:
        folder.mkdir(parents=True)
        for place, (_, content) in enumerate(contents):
            (folder / str(place)).write_bytes(content)
    except OSError as error:
        pending.drop()
        raise StoreUnavailable(atomic_files.refusal(error, _folder())) from error
    return pending


def drop_old() -> None:
    """Remove the files that nobody used for an hour."""
    for folder in _pending():
        if atomic_files.age(folder) > MOST_SECONDS:
            atomic_files.remove(folder)


def _folder() -> Path:
    return environment.home() / "images" / "pending"


def _pending() -> list[Path]:
    return [folder for folder in _folder().glob("*") if TOKEN.fullmatch(folder.name)]


def _taken() -> int:
    total = 0
    for folder in _pending():
        # Another session may use or drop its files meanwhile; those that are gone take no room.
        with suppress(FileNotFoundError), os.scandir(folder) as files:
            for file in files:
                total += file.stat().st_size
    return total
