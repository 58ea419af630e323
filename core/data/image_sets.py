"""Image sets: data sets of a visitor's own images, in the lab's home, named by their digest.

images/<digest>.npz   x_train, x_test, perhaps y_train and y_test, and info.json

A file is written whole or not at all. Its time of change says when it was last used.
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
MOST_INFO_BYTES = 10_000
MOST_DIRECTORY_BYTES = 10_000
LONGEST_LABEL = 40
# Steps of 100 images that the default epochs make, as those of the other data sets do.
USUAL_STEPS = 3_000
FEWEST_EPOCHS, MOST_EPOCHS = 5, 100
# What a set that is not here may have had at most.
MOST_IMAGES = 100_000
UNNAMED = "Images"
# Not in Markdown, HTML, CSV or a file's name do these mean anything.
PLAIN = re.compile(r"[^\w]+|_+")


def is_image_set(name: str) -> bool:
    """Whether a data set's name is that of an image set, here or not."""
    return NAME.fullmatch(name) is not None


def info_of(name: str) -> DatasetInfo:
    """What is known of a data set by its name: one that comes with the lab, or an image set.

    Args:
        name: in `DATASETS`, or as `is_image_set` has it. Of a set that is not here, or damaged,
            only a label is known.

    Raises:
        KeyError: it is neither.
    """
    if name in DATASETS:
        return DATASETS[name]
    if not is_image_set(name):
        raise KeyError(name)
    return _kept(name) or _missing(name)


def plain_name(name: str) -> str:
    """What a data set is called in plain text: its name; of an image set its label."""
    return info_of(name).label if is_image_set(name) else name


def noun_of(names: Iterable[str]) -> str:
    """What the images of some data sets show, in the plural: "images" where they differ."""
    nouns = {info_of(name).noun for name in names}
    return nouns.pop() if len(nouns) == 1 else "images"


def is_kept(name: str) -> bool:
    """Whether an image set is here and can be read."""
    return _kept(name) is not None


def path(name: str) -> Path:
    """Where an image set is kept, or would be."""
    assert is_image_set(name), "A path is made of nothing else."
    return _folder() / f"{name.removeprefix(PREFIX)}.npz"


def every() -> list[DatasetInfo]:
    """All image sets that are here, by label."""
    names = [f"{PREFIX}{file.stem}" for file in _folder().glob("*.npz")]
    found = [_kept(name) for name in names if is_image_set(name)]
    return sorted(filter(None, found), key=lambda info: (info.label.lower(), info.name))


def named(label: str) -> str | None:
    """The name of the image set with a label, whatever its case; None where there is none."""
    wanted = label.strip().lower()
    return next((info.name for info in every() if info.label.lower() == wanted), None)


def total_bytes() -> int:
    """What all image sets take on disk."""
    total = 0
    for file in _folder().glob("*.npz"):
        with suppress(OSError):
            total += file.stat().st_size
    return total


def keep(
    digest: str,
    arrays: Mapping[str, Array],
    *,
    label: str,
    pca_width: int,
    most_bytes: float | None = None,
    beside: int = 0,
) -> DatasetInfo:
    """Keep images as a data set; the same ones again get the new label.

    Args:
        digest: 32 hexadecimal digits, of the arrays.
        arrays: "x_train" and "x_test", uint8, shape (n, 784), and perhaps "y_train" and "y_test",
            0-9, shape (n,).
        label: what it is called; what is not a letter or a digit becomes a space.
        pca_width: see `DatasetInfo`.
        most_bytes: that all image sets may take together.
        beside: bytes of what is counted of the others, which count towards that.

    Raises:
        InvalidImages: there is not enough room.
        StoreUnavailable: the folder is full or cannot be written; nothing of it is left there.
    """
    name = f"{PREFIX}{digest}"
    facts = {
        "label": free_label(label, name),
        "training_count": len(arrays["x_train"]),
        "held_out_count": len(arrays["x_test"]),
        "has_labels": "y_train" in arrays,
        "pca_width": pca_width,
    }
    content = _to_bytes(arrays, facts)
    target = path(name)
    others = beside + total_bytes() - (target.stat().st_size if target.exists() else 0)
    if most_bytes is not None and others + len(content) > most_bytes:
        raise InvalidImages(
            f"There is room for {most_bytes / 1e6:,.0f} MB of images here, and"
            f" {others / 1e6:,.0f} MB are taken. Delete a data set, or leave some images out."
        )
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        atomic_files.write(target, content)
    except OSError as error:
        raise StoreUnavailable(atomic_files.refusal(error, target.parent)) from error
    return info_of(name)


def remove(name: str) -> None:
    """Remove an image set; one that is not here is left alone.

    Raises:
        StoreUnavailable: the folder cannot be written.
    """
    try:
        path(name).unlink(missing_ok=True)
    except OSError as error:
        raise StoreUnavailable(atomic_files.refusal(error, _folder())) from error


def touch(name: str) -> None:
    """Note that an image set is in use."""
    with suppress(OSError):  # it has just been removed, or the folder is read-only
        os.utime(path(name))


def unused_for(seconds: float) -> list[str]:
    """The names of image sets that were not used for so long, whichever way the clock was set."""
    now = time.time()
    names = []
    for file in _folder().glob("*.npz"):
        with suppress(OSError):
            if abs(now - file.stat().st_mtime) > seconds:
                names.append(f"{PREFIX}{file.stem}")
    return [name for name in names if is_image_set(name)]


def clean_label(text: str) -> str:
    """A label that means nothing but itself wherever it is shown: letters, digits and spaces."""
    plain = " ".join(PLAIN.sub(" ", text).split())
    return plain[:LONGEST_LABEL].strip() or UNNAMED


def free_label(text: str, name: str) -> str:
    """The label, with a number behind it where another data set has it."""
    label = clean_label(text)
    taken = {info.label.lower() for info in every() if info.name != name}
    taken |= {word.lower() for info in DATASETS.values() for word in (info.label, info.name)}
    taken |= {clean_label(known).lower() for known in DATASETS}
    number = 1
    free = label
    while free.lower() in taken:
        number += 1
        free = f"{label[: LONGEST_LABEL - 5]} {number}"
    return free


def _folder() -> Path:
    return environment.home() / "images"


def _kept(name: str) -> DatasetInfo | None:
    try:
        status = path(name).stat()
    except OSError:
        return None
    return _read(name, path(name), status.st_size, status.st_ino)


@lru_cache(maxsize=500)
def _read(name: str, file: Path, size: int, inode: int) -> DatasetInfo | None:
    """The facts of a file; what it was replaced by has another inode."""
    try:
        with (
            atomic_files.open_file(file) as content,
            zip_directory.opened(content, MOST_DIRECTORY_BYTES) as archive,
        ):
            facts = json.loads(zip_directory.read_member(archive, INFO, MOST_INFO_BYTES))
        return _info(name, facts)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _info(name: str, facts: Mapping[str, object]) -> DatasetInfo:
    training, held_out, width = (
        int(str(facts[key])) for key in ("training_count", "held_out_count", "pca_width")
    )
    if not (0 < training <= MOST_IMAGES and 0 < held_out <= MOST_IMAGES):
        raise ValueError("its counts are out of range")
    per_epoch = 100 * USUAL_STEPS / training
    return DatasetInfo(
        name=name,
        label=clean_label(str(facts["label"])),
        title=f"{training + held_out:,} images of your own, as 28 x 28 grey values.",
        training_count=training,
        held_out_count=held_out,
        source="a file that was added here",
        licence="yours to know",
        default_epochs=min(max(round(per_epoch), FEWEST_EPOCHS), MOST_EPOCHS),
        class_names=DIGITS if facts["has_labels"] is True else (),
        pca_width=max(width, 1),
        noun="images",
    )


def _missing(name: str) -> DatasetInfo:
    return DatasetInfo(
        name=name,
        label=f"{UNNAMED} {name.removeprefix(PREFIX)[:6]}",
        title="Images that are not in this lab.",
        training_count=1,
        held_out_count=MOST_IMAGES,
        source="a file that is not here",
        licence="unknown",
        default_epochs=MOST_EPOCHS,
        class_names=(),
        pca_width=1,
        noun="images",
    )


def _to_bytes(arrays: Mapping[str, Array], facts: Mapping[str, object]) -> bytes:
    shaped = {
        key: array.astype(np.uint8).reshape(-1, 28, 28) if key[0] == "x" else array.astype(np.uint8)
        for key, array in arrays.items()
    }
    target = io.BytesIO(npz.to_npz(shaped, compressed=True))
    with zipfile.ZipFile(target, "a") as archive:
        archive.writestr(zipfile.ZipInfo(INFO), json.dumps(facts).encode())
    return target.getvalue()
