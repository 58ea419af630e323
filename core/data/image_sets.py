"""Image sets: data sets of a visitor's own images, in the lab's home, named by their digest.

images/<digest>.npz   x_train, x_test, perhaps y_train and y_test, and info.json

Files are written atomically. Their modification time says when they were last used.
"""

from __future__ import annotations

import io
import json
import os
import re
import time
import zipfile
from collections.abc import Iterable, Mapping
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

import numpy as np

from core import environment
from core.data.datasets import DATASETS, DIGITS, DatasetInfo
from core.errors import InvalidImages, StoreUnavailable
from core.files import atomic_files, npz, zip_directory
from core.files.npz import Array

PREFIX = "images-"
DIGEST = re.compile(r"[0-9a-f]{32}")
NAME = re.compile(PREFIX + DIGEST.pattern)
INFO = "info.json"
MAX_INFO_BYTES = 10_000
MAX_DIRECTORY_BYTES = 10_000
MAX_LABEL_LENGTH = 40
# The default epochs amount to this many steps of 100 images, as for the other data sets.
DEFAULT_STEPS = 3_000
MIN_EPOCHS, MAX_EPOCHS = 5, 100
# The maximum that a set which is not stored here may have.
MAX_IMAGES = 100_000
UNNAMED = "Images"
# Labels without these have no special meaning in Markdown, HTML, CSV or file names.
SPECIAL = re.compile(r"[^\w]+|_+")


def is_image_set(name: str) -> bool:
    """Whether a data set's name is that of an image set, whether or not it is stored here."""
    return NAME.fullmatch(name) is not None


def info_of(name: str) -> DatasetInfo:
    """The description of a data set: one that comes with the lab, or an image set.

    Args:
        name: a name in `DATASETS` or that of an image set. For a set that is missing or damaged,
            only a label is name.

    Raises:
        KeyError: it is neither.
    """
    try:
        return info_for_reading(name)
    except OSError:
        return _missing(name)


def info_for_reading(name: str) -> DatasetInfo:
    """The same as `info_of`, but only for a set that the system can read now.

    Without this, intact images would not have the shape that `info_of` states.

    Raises:
        KeyError: as `info_of`.
        OSError: the file of an image set is missing or cannot be read now.
    """
    if name in DATASETS:
        return DATASETS[name]
    if not is_image_set(name):
        raise KeyError(name)
    return _described(name) or _missing(name)


def plain_name(name: str) -> str:
    """A data set's name in plain text: its key, or the label of an image set."""
    return info_of(name).label if is_image_set(name) else name


def noun_of(names: Iterable[str]) -> str:
    """What the images of some data sets show, in the plural; "images" if they differ."""
    nouns = {info_of(name).noun for name in names}
    return nouns.pop() if len(nouns) == 1 else "images"


def is_kept(name: str) -> bool:
    """Whether an image set is stored here and can be read."""
    return _kept(name) is not None


def path(name: str) -> Path:
    """The file of an image set, whether or not it exists."""
    assert is_image_set(name), "Only names of image sets become paths."
    return _folder() / f"{name.removeprefix(PREFIX)}.npz"


def list_all() -> list[DatasetInfo]:
    """All stored image sets, sorted by label."""
    names = [f"{PREFIX}{file.stem}" for file in _folder().glob("*.npz")]
    infos = [_kept(name) for name in names if is_image_set(name)]
    return sorted(filter(None, infos), key=lambda info: (info.label.lower(), info.name))


def find_by_label(label: str) -> str | None:
    """The name of the image set with a label, ignoring case; None if there is none."""
    wanted = label.strip().lower()
    return next((info.name for info in list_all() if info.label.lower() == wanted), None)


def keep(
    digest: str,
    arrays: Mapping[str, Array],
    *,
    label: str,
    pca_width: int,
    max_bytes: float | None = None,
    used_bytes: int = 0,
) -> DatasetInfo:
    """Store images as a data set; images that are already stored get the new label.

    Args:
        digest: 32 hexadecimal digits that identify the arrays.
        arrays: "x_train" and "x_test", uint8, shape (n, 784), and perhaps "y_train" and "y_test",
            0-9, shape (n,).
        label: its label; characters other than letters and digits become spaces.
        pca_width: see `DatasetInfo`.
        max_bytes: the maximum size of all image sets together.
        used_bytes: the size of those that are already stored.

    Raises:
        InvalidImages: there is not enough space.
        StoreUnavailable: the folder is full or cannot be written; no partial file is left.
    """
    name = f"{PREFIX}{digest}"
    attributes = {
        "label": free_label(label, name),
        "training_count": len(arrays["x_train"]),
        "held_out_count": len(arrays["x_test"]),
        "has_labels": "y_train" in arrays,
        "pca_width": pca_width,
    }
    content = _to_bytes(arrays, attributes)
    target = path(name)
    others = used_bytes - (target.stat().st_size if target.exists() else 0)
    if max_bytes is not None and others + len(content) > max_bytes:
        raise InvalidImages(
            f"There is room for {max_bytes / 1e6:,.0f} MB of images here, and"
            f" {others / 1e6:,.0f} MB are taken. Delete a data set, or leave some images out."
        )
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        atomic_files.write(target, content)
    except OSError as error:
        raise StoreUnavailable(atomic_files.refusal(error, target.parent)) from error
    return info_of(name)


def remove(name: str) -> None:
    """Remove an image set, if it is stored.

    Raises:
        StoreUnavailable: the folder cannot be written.
    """
    try:
        path(name).unlink(missing_ok=True)
    except OSError as error:
        raise StoreUnavailable(atomic_files.refusal(error, _folder())) from error


def touch(name: str) -> None:
    """Record that an image set is in use now."""
    with suppress(OSError):  # it has just been removed, or the folder is read-only
        os.utime(path(name))


def unused_for(seconds: float) -> list[str]:
    """The names of image sets not used for this long, even if the clock was set back."""
    now = time.time()
    names = []
    for file in _folder().glob("*.npz"):
        with suppress(OSError):
            if abs(now - file.stat().st_mtime) > seconds:
                names.append(f"{PREFIX}{file.stem}")
    return [name for name in names if is_image_set(name)]


def clean_label(text: str) -> str:
    """A label that is safe in list_all format: letters, digits and single spaces."""
    plain = " ".join(SPECIAL.sub(" ", text).split())
    return plain[:MAX_LABEL_LENGTH].strip() or UNNAMED


def free_label(text: str, name: str) -> str:
    """The label, with a number appended if another data set has it."""
    label = clean_label(text)
    taken = {info.label.lower() for info in list_all() if info.name != name}
    taken |= {word.lower() for info in DATASETS.values() for word in (info.label, info.name)}
    taken |= {clean_label(dataset).lower() for dataset in DATASETS}
    number = 1
    candidate = label
    while candidate.lower() in taken:
        number += 1
        candidate = f"{label[: MAX_LABEL_LENGTH - 5]} {number}"
    return candidate


def _folder() -> Path:
    return environment.home() / "images"


def _kept(name: str) -> DatasetInfo | None:
    try:
        return _described(name)
    except OSError:
        return None


def _described(name: str) -> DatasetInfo | None:
    """The description of a stored set; None if it is damaged.

    Raises:
        OSError: its file is missing or cannot be read now.
    """
    status = path(name).stat()
    try:
        return _read(name, path(name), status.st_size, status.st_ino)
    except (ValueError, KeyError, TypeError):
        return None


@lru_cache(maxsize=500)
def _read(name: str, file: Path, size: int, inode: int) -> DatasetInfo:
    """The description in a file; a file that replaces it has another inode.

    Errors are not cached: the next attempt may succeed.
    """
    with (
        atomic_files.open_file(file) as content,
        zip_directory.opened(content, MAX_DIRECTORY_BYTES) as archive,
    ):
        attributes = json.loads(zip_directory.read_member(archive, INFO, MAX_INFO_BYTES))
    return _info(name, attributes)


def _info(name: str, attributes: Mapping[str, object]) -> DatasetInfo:
    training, held_out, width = (
        int(str(attributes[key])) for key in ("training_count", "held_out_count", "pca_width")
    )
    if not (0 < training <= MAX_IMAGES and 0 < held_out <= MAX_IMAGES):
        raise ValueError("its counts are out of range")
    per_epoch = 100 * DEFAULT_STEPS / training
    return DatasetInfo(
        name=name,
        label=clean_label(str(attributes["label"])),
        title=f"{training + held_out:,} images of your own, as 28 x 28 grey values.",
        training_count=training,
        held_out_count=held_out,
        source="a file that was added here",
        licence="yours to know",
        default_epochs=min(max(round(per_epoch), MIN_EPOCHS), MAX_EPOCHS),
        class_names=DIGITS if attributes["has_labels"] is True else (),
        pca_width=max(width, 1),
        noun="images",
    )


def _missing(name: str) -> DatasetInfo:
    return DatasetInfo(
        name=name,
        label=f"{UNNAMED} {name.removeprefix(PREFIX)[:6]}",
        title="Images that are not in this lab.",
        training_count=1,
        held_out_count=MAX_IMAGES,
        source="a file that is not here",
        licence="unknown",
        default_epochs=MAX_EPOCHS,
        class_names=(),
        pca_width=1,
        noun="images",
    )


def _to_bytes(arrays: Mapping[str, Array], attributes: Mapping[str, object]) -> bytes:
    shaped = {
        key: array.astype(np.uint8).reshape(-1, 28, 28) if key[0] == "x" else array.astype(np.uint8)
        for key, array in arrays.items()
    }
    target = io.BytesIO(npz.to_npz(shaped, compressed=True))
    with zipfile.ZipFile(target, "a") as archive:
        archive.writestr(zipfile.ZipInfo(INFO), json.dumps(attributes).encode())
    return target.getvalue()
