"""PNG, JPEG and WebP images: several files at once, or in a zip."""

from __future__ import annotations

import re
import stat
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import IO, Any

import numpy as np

from core.data import uploaded_image
from core.data.image_files.parts import Labels, ReadLimits, Values, opened_zip
from core.errors import InvalidImage, InvalidImages
from core.files import zip_directory

EXTENSIONS = (".png", ".jpg", ".jpeg", ".webp")
FORMATS = ("PNG", "JPEG", "WEBP")
SIGNATURES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"RIFF")
# Files that operating systems add to a zip of a folder.
SYSTEM_FILES = ("__macosx", "thumbs.db", "desktop.ini")
# A directory entry has 46 bytes, a name, and possibly extra fields.
DIRECTORY_BYTES_PER_FILE = 300
CLASS = re.compile(r"[0-9]")
DRIVE = re.compile(r"[A-Za-z]:")

Open = Callable[[], IO[bytes]]


@dataclass(frozen=True, kw_only=True)
class PicturePart:
    """Picture files, each decoded only when it is needed.

    Attributes:
        contents: iterates over the contents of the files.
        count: the number of files.
        size_in_words: see `Part.shape_in_words`.
        labels: see `Part`.
    """

    contents: Callable[[], Iterator[bytes]]
    count: int
    shape_in_words: str
    labels: Labels | None = None
    is_picture: bool = True

    @property
    def dtype(self) -> np.dtype[Any]:
        """See `Part`."""
        return np.dtype(np.uint8)

    def chunks(self) -> Iterator[Values]:
        """See `Part`: one picture at a time, since each may have its own size.

        Raises:
            InvalidImages: one is too large or damaged; the text says which.
        """
        for number, content in enumerate(self.contents(), start=1):
            yield decoded(content, number)[None]


def decoded(content: bytes, number: int) -> Values:
    """The greys of a picture, shape (height, width), no side above 1,000; transparent is white.

    Args:
        content: the file.
        number: its number in error messages.

    Raises:
        InvalidImages: it is of another format, too large or damaged.
    """
    try:
        picture = uploaded_image.decoded(content, FORMATS)
    except InvalidImage as refusal:
        text = str(refusal).replace("This is", "It is", 1)
        raise InvalidImages(f"Image {number:,} cannot be read. {text}") from refusal
    values = np.asarray(picture)
    if values.ndim == 3:
        grey, opacity = values[..., 0].astype(np.uint32), values[..., 1].astype(np.uint32)
        values = ((grey * opacity + 255 * (255 - opacity) + 127) // 255).astype(np.uint8)
    return values


def is_picture(start: bytes) -> bool:
    """Whether a file starts with the signature of PNG, JPEG or WebP."""
    return start.startswith(SIGNATURES)


def picture_part(files: Sequence[Open], limits: ReadLimits) -> PicturePart:
    """Several picture files.

    Raises:
        InvalidImages: there are too many, or the first cannot be read.
    """
    limits.check_count(len(files))

    def contents() -> Iterator[bytes]:
        for open_file in files:
            with open_file() as file:
                yield file.read()

    return PicturePart(contents=contents, count=len(files), shape_in_words=_size(contents()))


def zip_part(open_file: Open, limits: ReadLimits) -> PicturePart:
    """The pictures of a zip file; if all are in folders named 0 to 9, these are their labels.

    Args:
        open_file: opens the file for reading.
        limits: limits on images and bytes.

    Raises:
        InvalidImages: it is damaged, or contains other files than pictures.
    """
    with _archive(open_file, limits) as archive:
        infos = [info for info in archive.infolist() if _is_picture_entry(info)]
        limits.check_count(len(infos))
        limits.check_inflated(sum(info.file_size for info in infos))
    names = [info.filename for info in infos]

    def contents() -> Iterator[bytes]:
        with _archive(open_file, limits) as archive:
            for name in names:
                yield zip_directory.read_member(archive, name, uploaded_image.MAX_BYTES)

    if not infos:
        raise InvalidImages("The zip file contains no PNG, JPEG or WebP images.")
    return PicturePart(
        contents=contents,
        count=len(infos),
        shape_in_words=_size(contents()),
        labels=_labels(names),
    )


def _archive(open_file: Open, limits: ReadLimits) -> AbstractContextManager[zipfile.ZipFile]:
    return opened_zip(
        open_file,
        limits.images * DIRECTORY_BYTES_PER_FILE,
        kind="zip file",
        too_many="The zip file contains too many files. Leave some out.",
    )


def _is_picture_entry(info: zipfile.ZipInfo) -> bool:
    """Whether an entry is a picture; False for folders and system files.

    Raises:
        InvalidImages: it is anything else.
    """
    name = info.filename
    path = PurePosixPath(name.replace("\\", "/"))
    is_outside = ".." in path.parts or path.is_absolute() or DRIVE.match(name) is not None
    if is_outside or name != info.orig_filename or stat.S_ISLNK(info.external_attr >> 16):
        raise InvalidImages(
            f"The zip file contains {name[:40]!r}, which leads out of it; zip the images again."
        )
    if info.is_dir() or any(
        part.startswith(".") or part.lower() in SYSTEM_FILES for part in path.parts
    ):
        return False
    if path.suffix.lower() in (".zip", ".gz", ".7z", ".rar", ".tar"):
        raise InvalidImages(
            f"The zip file contains another archive, {name[:40]!r}; unpack that first."
        )
    if path.suffix.lower() not in EXTENSIONS:
        raise InvalidImages(
            f"The zip file contains {name[:40]!r}, which is not a PNG, JPEG or WebP image; leave it"
            " out."
        )
    return True


def _labels(names: Sequence[str]) -> Labels | None:
    folders = [PurePosixPath(name).parent.name for name in names]
    if not all(map(CLASS.fullmatch, folders)):
        return None
    return np.array([int(folder) for folder in folders], np.int64)


def _size(contents: Iterator[bytes]) -> str:
    """The size of the first picture, as text; decoding it detects files that are not pictures."""
    values = decoded(next(contents), 1)
    return f"{values.shape[0]:,} × {values.shape[1]:,}"
