"""The sample that comes with the lab, and the large data sets where they are on this machine."""

from __future__ import annotations

import os
import tracemalloc
from pathlib import Path

import numpy as np
import pytest

from core.data import loading
from core.errors import LabError, MissingData
from support.data_files import artificial_arrays, write_npz


@pytest.fixture
def nowhere(no_data: None, tmp_path: Path) -> Path:
    """Keras' cache folder, not made yet, where no large data set is anywhere."""
    return tmp_path / "keras" / "datasets"


@pytest.fixture(scope="module")
def made_up_mnist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_npz(tmp_path_factory.mktemp("own"))


def test_sample_has_450_digits_of_each_class_to_train_and_50_held_out() -> None:
    sample = loading.load("mnist-sample")

    assert sample.training.shape == (4500, 784)
    assert sample.training.dtype == np.uint8
    assert sample.held_out.shape == (500, 784)
    assert np.bincount(sample.training_labels).tolist() == [450] * 10
    assert np.bincount(sample.held_out_labels).tolist() == [50] * 10
    assert (sample.training.min(), sample.training.max()) == (0, 255)


def test_no_digit_of_the_sample_is_both_trained_on_and_held_out() -> None:
    sample = loading.load("mnist-sample")

    digits = np.vstack([sample.training, sample.held_out])

    assert len(np.unique(digits, axis=0)) == 5000


def test_any_batch_of_the_sample_is_mixed() -> None:
    labels = loading.load("mnist-sample").training_labels.reshape(45, 100)

    assert min(len(np.unique(batch)) for batch in labels) >= 9


def test_sample_consists_of_mnist_digits_with_their_labels(full_mnist: str) -> None:
    sample, full = loading.load("mnist-sample"), loading.load(full_mnist)
    # An own copy may have set greys of 1 to 0.
    known = dict(zip(map(bytes, without_ones(full.training)), full.training_labels, strict=True))

    images = without_ones(np.vstack([sample.training, sample.held_out]))
    labels = np.concatenate([sample.training_labels, sample.held_out_labels])

    assert [known[bytes(image)] for image in images] == labels.tolist()


def without_ones(images: np.ndarray) -> np.ndarray:
    return np.where(images == 1, 0, images).astype(np.uint8)


def test_full_mnist_has_its_known_counts_mean_and_deviation(full_mnist: str) -> None:
    mnist = loading.load(full_mnist)

    # Labels per class as published; grey mean 33.3184 and deviation 78.5675 of the original.
    counts = [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]
    assert np.bincount(mnist.training_labels).tolist() == counts
    assert mnist.training[:1000].dtype == np.uint8
    assert mnist.training.mean() == pytest.approx(33.318, abs=0.001)
    assert mnist.training_labels[:5].tolist() == [5, 0, 4, 1, 9]
    assert mnist.held_out_labels[:5].tolist() == [7, 2, 1, 0, 4]


def test_all_callers_share_read_only_arrays() -> None:
    first, second = loading.load("mnist-sample"), loading.load("mnist-sample")

    assert first.training is second.training
    with pytest.raises(ValueError, match="read-only"):
        first.training[0, 0] = 1


def test_pinned_digits_are_the_same_ten_held_out_ones_in_class_order() -> None:
    sample = loading.load_held_out("mnist-sample")

    pinned = loading.pinned(sample)

    # Chosen by eye as well: each is legible. Stored runs show these.
    assert pinned.indices.tolist() == [330, 226, 439, 339, 477, 170, 353, 358, 131, 487]
    assert pinned.labels.tolist() == list(range(10))
    assert np.array_equal(pinned.images, sample.held_out[pinned.indices])


def test_own_copy_is_accepted_whatever_its_bytes(nowhere: Path, made_up_mnist: Path) -> None:
    arrays = artificial_arrays()
    nowhere.mkdir(parents=True)
    np.savez(nowhere / "mnist.npz", **arrays)

    mnist = loading.load("mnist")

    assert mnist.origin == "Keras' cache: mnist.npz"
    assert np.array_equal(mnist.training, arrays["x_train"].reshape(60_000, 784))
    assert mnist.held_out_labels.tolist() == arrays["y_test"].tolist()


def test_fingerprint_is_of_the_content_and_not_of_its_compression(
    nowhere: Path, made_up_mnist: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nowhere.mkdir(parents=True)
    np.savez(nowhere / "mnist.npz", **artificial_arrays())
    uncompressed = loading.load_held_out("mnist").fingerprint
    monkeypatch.setenv("AUTOENCODER_LAB_DATA", str(made_up_mnist.parent))
    compressed = loading.load_held_out("mnist").fingerprint

    changed = artificial_arrays()["x_train"]
    changed[59_999, 27, 27] = 1
    write_npz(nowhere, x_train=changed)
    monkeypatch.delenv("AUTOENCODER_LAB_DATA")

    assert compressed == uncompressed
    assert loading.load_held_out("mnist").fingerprint != uncompressed


def test_named_folder_comes_before_keras_cache_and_that_before_downloads(
    nowhere: Path, home: Path, made_up_mnist: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    origins = []
    for folder in (home / "datasets", nowhere):
        folder.mkdir(parents=True)
        os.link(made_up_mnist, folder / "mnist.npz")
        origins.append(loading.load_held_out("mnist").origin)
    monkeypatch.setenv("AUTOENCODER_LAB_DATA", str(made_up_mnist.parent))
    origins.append(loading.load_held_out("mnist").origin)

    assert origins == [
        "the lab's downloads: mnist.npz",
        "Keras' cache: mnist.npz",
        "the folder that AUTOENCODER_LAB_DATA names: mnist.npz",
    ]


def test_missing_data_set_is_reported_with_what_to_do(nowhere: Path) -> None:
    with pytest.raises(MissingData, match=r"MNIST is not on this machine.*put mnist\.npz"):
        loading.load("mnist")
    with pytest.raises(MissingData, match=r"folder fashion-mnist with its 4 \.gz files"):
        loading.load_held_out("fashion-mnist")


@pytest.mark.parametrize("variable", ["AUTOENCODER_LAB_DATA", "KERAS_HOME", "AUTOENCODER_LAB_HOME"])
def test_folder_of_an_unknown_user_is_named(
    nowhere: Path, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    monkeypatch.setenv(variable, "~nosuchuser/lab")
    with pytest.raises(LabError, match=f"{variable} is '~nosuchuser/lab', and that user has no"):
        loading.load("mnist")


def test_sample_can_be_read_whatever_the_environment_names(nowhere: Path) -> None:
    assert loading.problem("mnist-sample") is None


def test_replaced_file_is_read_again(nowhere: Path, made_up_mnist: Path) -> None:
    arrays = artificial_arrays()
    write_npz(nowhere)
    before = loading.load_held_out("mnist")

    arrays["x_test"][0, 5, 5] = 77
    write_npz(nowhere, x_test=arrays["x_test"])

    assert before.held_out[0, 5 * 28 + 5] == 0
    assert loading.load_held_out("mnist").held_out[0, 5 * 28 + 5] == 77


def test_held_out_part_is_read_without_the_training_images(
    nowhere: Path, made_up_mnist: Path
) -> None:
    nowhere.mkdir(parents=True)
    os.link(made_up_mnist, nowhere / "mnist.npz")

    held_out = peak_megabytes(lambda: loading.load_held_out("mnist"))
    whole = peak_megabytes(lambda: loading.load("mnist"))

    # The held-out images are 7.8 MB and the training images 47.0 MB of uint8. A float copy of
    # them would be 188 MB, a second copy of uint8 another 47 MB.
    assert held_out < 12
    assert 47 < whole < 60


def peak_megabytes(work) -> float:
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1] / 1e6
    finally:
        tracemalloc.stop()
