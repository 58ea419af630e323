"""Files of images to train on, created in memory."""

from __future__ import annotations

import io
import zipfile

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from core.data import loading
from core.data.image_files.given_file import GivenFile

COUNT = 40


def digits(count: int = COUNT) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """The first held-out digits of the sample, shape (count, 28, 28), and their labels."""
    part = loading.load_held_out("mnist-sample")
    return part.held_out[:count].reshape(-1, 28, 28).copy(), part.held_out_labels[:count].copy()


def given(content: bytes, name: str = "images") -> GivenFile:
    """A file with this content."""
    return GivenFile(name=name, size=len(content), open=lambda: io.BytesIO(content))


def npy_of(array: NDArray[np.generic]) -> bytes:
    """An .npy file."""
    target = io.BytesIO()
    np.save(target, array, allow_pickle=True)
    return target.getvalue()


def npz_of(**arrays: NDArray[np.generic]) -> bytes:
    """A compressed .npz file."""
    target = io.BytesIO()
    np.savez_compressed(target, allow_pickle=True, **arrays)
    return target.getvalue()


def csv_of(
    images: NDArray[np.generic],
    labels: NDArray[np.int64] | None = None,
    *,
    header: bool = False,
) -> bytes:
    """A CSV file with a row per image, the label first, and Kaggle's header."""
    rows = images.reshape(len(images), -1)
    pixels = [",".join(map(repr, row.tolist())) for row in rows]
    if labels is not None:
        pixels = [f"{label},{row}" for label, row in zip(labels, pixels, strict=True)]
    names = ["label"] * (labels is not None) + [f"pixel{i}" for i in range(rows.shape[1])]
    return "\n".join([*([",".join(names)] * header), *pixels, ""]).encode()


def png(image: NDArray[np.uint8]) -> bytes:
    """A PNG file."""
    target = io.BytesIO()
    Image.fromarray(image).save(target, "PNG")
    return target.getvalue()


def zip_of(members: dict[str, bytes]) -> bytes:
    """A zip file."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return target.getvalue()


def pictures_zip(images: NDArray[np.uint8], labels: NDArray[np.int64] | None = None) -> bytes:
    """A zip of PNG files, in folders by their label."""
    folders = ["digits"] * len(images) if labels is None else [str(label) for label in labels]
    return zip_of(
        {
            f"{folder}/{place:05}.png": png(image)
            for place, (folder, image) in enumerate(zip(folders, images, strict=True))
        }
    )
