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

ENDINGS = (".png", ".jpg", ".jpeg", ".webp")
FORMATS = ("PNG", "JPEG", "WEBP")
BEGINNINGS = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"RIFF")
# What computers add to a zip of a folder.
LITTER = ("__macosx", "thumbs.db", "desktop.ini")
# An entry has 46 bytes, a name, and dates of some tool, beside what it names.
DIRECTORY_BYTES_EACH = 300
CLASS = re.compile(r"[0-9]")
DRIVE = re.compile(r"[A-Za-z]:")

Open = Callable[[], IO[bytes]]


@dataclass(frozen=True, kw_only=True)
class PicturePart:
    """Pictures, each decoded when its turn comes.

    Attributes:
        contents: gives the files, one after another.
        count: how many.
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

    def pieces(self) -> Iterator[Values]:
        """See `Part`: one picture at a time, since each may have its own size.

        Raises:
            InvalidImages: one is too large or damaged; the text says which.
        """
        for place, content in enumerate(self.contents(), start=1):
            yield decoded(content, place)[None]


def decoded(content: bytes, place: int) -> Values:
    """The greys of a picture, shape (height, width), no side above 1,000; transparent is white.

    Args:
        content: the file.
        place: which one it is, for refusals.

    Raises:
        InvalidImages: it is no such picture, too large or damaged.
    """
    try:
        picture = uploaded_image.decoded(content, FORMATS)
    except InvalidImage as refusal:
        text = str(refusal).replace("This is", "It is", 1)
        raise InvalidImages(f"Image {place:,} cannot be read. {text}") from refusal
    values = np.asarray(picture)
    if values.ndim == 3:
        grey, opacity = values[..., 0].astype(np.uint32), values[..., 1].astype(np.uint32)
        values = ((grey * opacity + 255 * (255 - opacity) + 127) // 255).astype(np.uint8)
    return values


def is_picture(beginning: bytes) -> bool:
    """Whether a file begins as PNG, JPEG and WebP files do."""
    return beginning.startswith(BEGINNINGS)


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
    """The pictures of a zip; folders named 0 to 9 are their labels where all are in such folders.

    Args:
        open_file: opens it for reading, at its beginning.
        limits: of images and of bytes.

    Raises:
        InvalidImages: it is no sound zip, or holds something other than pictures.
    """
    with _archive(open_file, limits) as archive:
        infos = [info for info in archive.infolist() if _is_wanted(info)]
        limits.check_count(len(infos))
        limits.check_inflated(sum(info.file_size for info in infos))
    names = [info.filename for info in infos]

    def contents() -> Iterator[bytes]:
        with _archive(open_file, limits) as archive:
            for name in names:
                yield zip_directory.read_member(archive, name, uploaded_image.MOST_BYTES)

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
        limits.images * DIRECTORY_BYTES_EACH,
        kind="zip file",
        too_many="The zip file contains too many files. Leave some out.",
    )


def _is_wanted(info: zipfile.ZipInfo) -> bool:
    """Whether an entry is a picture; False for folders and what computers add.

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
    if info.is_dir() or any(part.startswith(".") or part.lower() in LITTER for part in path.parts):
        return False
    if path.suffix.lower() in (".zip", ".gz", ".7z", ".rar", ".tar"):
        raise InvalidImages(
            f"The zip file contains another archive, {name[:40]!r}; unpack that first."
        )
    if path.suffix.lower() not in ENDINGS:
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
    """Of the first picture, as it is shown: reading it finds out what is no picture at all."""
    values = decoded(next(contents), 1)
    return f"{values.shape[0]:,} × {values.shape[1]:,}"
