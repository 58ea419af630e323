"""Uploaded files of images that are not used yet: kept on disk for at most an hour.

They are not kept in memory, since they are read again whenever an option changes.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from core import environment
from core.data.image_files.given_file import GivenFile
from core.errors import InvalidImages, StoreUnavailable
from core.files import atomic_files

TOKEN = re.compile(r"[0-9a-f]{12}")
MAX_AGE_SECONDS = 3_600


@dataclass(frozen=True, kw_only=True)
class PendingImages:
    """Files that were uploaded together.

    Attributes:
        token: an unguessable name, different for each upload.
        names: the original names of the files.
    """

    token: str
    names: tuple[str, ...]

    def files(self) -> list[GivenFile]:
        """The files, to be read.

        Raises:
            InvalidImages: they are no longer there.
        """
        folder = _folder() / self.token
        paths = [folder / str(index) for index in range(len(self.names))]
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
    files: Iterable[tuple[str, bytes]], *, max_bytes: int | None, max_total_bytes: int | None
) -> PendingImages:
    """Store files until they are used.

    Args:
        files: names and contents.
        max_bytes: the maximum size of these files.
        max_total_bytes: the maximum size of all visitors' files.

    Raises:
        InvalidImages: they are too large, or too many visitors add images now.
        StoreUnavailable: they cannot be written.
    """
    drop_old()
    contents = list(files)
    size = sum(len(content) for _, content in contents)
    if max_bytes is not None and size > max_bytes:
        raise InvalidImages(
            f"The files have {size / 1e6:,.1f} MB; up to {max_bytes / 1e6:g} MB are allowed. Leave"
            " some images out, or make them smaller."
        )
    if max_total_bytes is not None and size + _used_bytes() > max_total_bytes:
        raise InvalidImages("Many visitors add images now. Try again in a few minutes.")
    pending = PendingImages(
        token=atomic_files.tag(), names=tuple(name[-80:] for name, _ in contents)
    )
    folder = _folder() / pending.token
    try:
        folder.mkdir(parents=True)
        for index, (_, content) in enumerate(contents):
            (folder / str(index)).write_bytes(content)
    except OSError as error:
        pending.drop()
        raise StoreUnavailable(atomic_files.refusal(error, _folder())) from error
    return pending


def drop_old() -> None:
    """Remove files that were not used for an hour."""
    for folder in _pending():
        if atomic_files.age(folder) > MAX_AGE_SECONDS:
            atomic_files.remove(folder)


def _folder() -> Path:
    return environment.home() / "images" / "pending"


def _pending() -> list[Path]:
    return [folder for folder in _folder().glob("*") if TOKEN.fullmatch(folder.name)]


def _used_bytes() -> int:
    total = 0
    for folder in _pending():
        # Another session may use or drop its files meanwhile; deleted files take no space.
        with suppress(FileNotFoundError), os.scandir(folder) as files:
            for file in files:
                total += file.stat().st_size
    return total
