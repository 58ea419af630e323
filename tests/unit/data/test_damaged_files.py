"""Files that are not what they should be are refused by name, never half believed."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from core.data import loading
from core.errors import DataUnavailable, MissingData
from support.data_files import artificial_arrays, idx, write_idx, write_npz

FEW_IMAGES = np.zeros((100, 28, 28), np.uint8)
FLOAT_IMAGES = np.zeros((10_000, 28, 28), np.float32)
BLACK_AND_WHITE = np.ones((10_000, 28, 28), np.uint8)
LABELS_TO_TEN = np.arange(10_000) % 11
NO_NINES = np.arange(10_000) % 9
OBJECTS = np.array([{"code": "of a stranger"}], dtype=object)


@pytest.fixture
def folder(no_data: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that AUTOENCODER_LAB_DATA names; nothing is anywhere else."""
    monkeypatch.setenv("AUTOENCODER_LAB_DATA", str(tmp_path / "own"))
    return tmp_path / "own"


@pytest.mark.parametrize(
    ("changed", "finding"),
    [
        ({"x_test": FEW_IMAGES}, r"uint8 of shape \(100, 28, 28\), expected uint8 of \(10000, 28,"),
        ({"x_test": FLOAT_IMAGES}, r"images are float32 of shape"),
        ({"x_test": BLACK_AND_WHITE}, "pixel values end at 1, expected 0 to 255"),
        ({"y_test": LABELS_TO_TEN}, "labels are not the numbers 0 to 9"),
        ({"y_test": NO_NINES}, "labels are not the numbers 0 to 9"),
        ({"y_test": NO_NINES / 2}, "labels are float64 of shape"),
        ({"x_test": OBJECTS}, r"images are object of shape \(1,\), expected uint8"),
        (
            {"y_test": OBJECTS},
            r"labels are object of shape \(1,\), expected integers of \(10000,\)",
        ),
    ],
    ids=["few", "floats", "0 and 1", "label 10", "no nines", "float labels", "pickle", "labels"],
)
def test_npz_with_other_arrays_is_refused(
    folder: Path, changed: dict[str, NDArray[Any]], finding: str
) -> None:
    path = write_npz(folder, **changed)

    with pytest.raises(DataUnavailable, match=finding) as refusal:
        loading.load("mnist")
    assert str(path) in str(refusal.value)
    assert "Delete it, or replace it with an intact copy." in str(refusal.value)


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: content[: len(content) // 2],
        lambda content: b"",
        lambda content: b"<html>Sign in to this network</html>",
        lambda content: content[:3000] + bytes(64) + content[3064:],
    ],
    ids=["cut off", "empty", "web page", "changed bytes"],
)
def test_damaged_npz_is_refused_by_name(folder: Path, damage: Callable[[bytes], bytes]) -> None:
    path = write_npz(folder)
    path.write_bytes(damage(path.read_bytes()))

    with pytest.raises(DataUnavailable, match=r"mnist\.npz is damaged or is another data set"):
        loading.load("mnist")


def test_npz_without_one_of_its_arrays_is_refused(folder: Path) -> None:
    folder.mkdir()
    arrays = artificial_arrays()
    del arrays["y_train"]
    np.savez_compressed(folder / "mnist.npz", **arrays)

    with pytest.raises(DataUnavailable, match="y_train"):
        loading.load("mnist")


def test_idx_files_are_read_as_their_headers_say(folder: Path) -> None:
    write_idx(folder)
    arrays = artificial_arrays()

    garments = loading.load("fashion-mnist")

    assert garments.origin == "the folder that AUTOENCODER_LAB_DATA names: fashion-mnist"
    assert np.array_equal(garments.training, arrays["x_train"].reshape(60_000, 784))
    assert np.array_equal(garments.held_out, arrays["x_test"].reshape(10_000, 784))
    assert garments.training_labels.tolist() == arrays["y_train"].tolist()


def test_fashion_mnist_is_here_only_with_all_four_files(folder: Path) -> None:
    (write_idx(folder) / "train-labels-idx1-ubyte.gz").unlink()

    assert isinstance(loading.problem("fashion-mnist"), MissingData)


LABELS = artificial_arrays()["y_test"]


@pytest.mark.parametrize(
    ("content", "finding"),
    [
        (
            gzip.compress(idx(LABELS))[:-20],
            r"ubyte\.gz is not a gzip file, is truncated or was modified",
        ),
        (gzip.compress(idx(LABELS)[:-1]), "does not have the 10,000 values that its header states"),
        (
            gzip.compress(idx(LABELS) + b"1"),
            "does not have the 10,000 values that its header states",
        ),
        (
            gzip.compress(idx(LABELS[:100])),
            r"not have the header of an IDX file of shape \(10000,\)",
        ),
        (
            gzip.compress(idx(LABELS[:, None])),
            r"not have the header of an IDX file of shape \(10000,\)",
        ),
        (idx(LABELS), r"ubyte\.gz is not a gzip file, is truncated or was modified"),
    ],
    ids=["cut off", "too short", "too long", "few", "two dimensions", "not gzipped"],
)
def test_damaged_idx_file_is_refused(folder: Path, content: bytes, finding: str) -> None:
    (write_idx(folder) / "t10k-labels-idx1-ubyte.gz").write_bytes(content)

    with pytest.raises(DataUnavailable, match=finding):
        loading.load_held_out("fashion-mnist")
