"""What is counted of a data set: right, counted once, and never trusted when damaged."""

from __future__ import annotations

import threading
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from core.data import loading
from core.data.normalization import GreyMoments
from core.errors import DataUnavailable
from core.metrics import dataset_stats
from core.objectives import floors


@pytest.fixture
def forgotten() -> Iterator[None]:
    """Statistics are not in memory, before and after."""
    dataset_stats._statistics.cache_clear()
    yield
    dataset_stats._statistics.cache_clear()


def stored(home: Path) -> list[Path]:
    return sorted((home / "statistics").iterdir())


def test_counts_of_the_sample_agree_with_numpy_on_the_whole_arrays() -> None:
    sample = loading.load("mnist-sample")
    counted = dataset_stats.statistics("mnist-sample")

    assert counted.fingerprint == sample.fingerprint
    assert counted.training_count == 4500
    assert counted.histogram.tolist() == np.bincount(sample.training.ravel()).tolist()
    assert counted.image_sums.tolist() == sample.training.sum(axis=1).tolist()


def test_moments_mean_and_median_image_agree_with_numpy() -> None:
    training = loading.load("mnist-sample").training.astype(np.float64)
    counted = dataset_stats.statistics("mnist-sample")

    assert counted.moments.mean == pytest.approx(training.mean(), rel=1e-12)
    assert counted.moments.deviation == pytest.approx(training.std(), rel=1e-12)
    assert counted.mean_image == pytest.approx(training.mean(axis=0) / 255, abs=1e-7)
    assert counted.median_image == pytest.approx(np.median(training, axis=0) / 255, abs=1e-7)


def test_minimum_binary_crossentropy_is_the_mean_entropy_of_the_pixels() -> None:
    pixels = loading.load("mnist-sample").held_out / 255
    inner = pixels[(pixels > 0) & (pixels < 1)]
    # Pixels that are 0 or 1 have no entropy.
    entropy = -(inner * np.log(inner) + (1 - inner) * np.log(1 - inner)).sum() / pixels.size

    targets = dataset_stats.statistics("mnist-sample").held_out_targets

    assert targets["unit/bce_logits"] == pytest.approx(entropy, rel=1e-6)
    assert targets["binarized/bce_logits"] == pytest.approx(0, abs=1e-12)
    assert targets["raw/bce_logits"] is None


def test_full_mnist_has_its_known_numbers(full_mnist: str) -> None:
    counted = dataset_stats.statistics(full_mnist)

    # 33.3184 and 78.5675 are those of the original; an own copy may differ in faint pixels.
    assert counted.moments.mean == pytest.approx(33.3184, abs=0.001)
    assert counted.moments.deviation == pytest.approx(78.5675, abs=0.001)
    # An image's sum of pixel values is 784 times their mean of 0.1307 (training), 0.1325 (test).
    assert counted.image_sums.mean() / 255 == pytest.approx(784 * 0.1307, abs=0.05)
    assert counted.held_out_targets["unit/sum"] == pytest.approx(784 * 0.1325, abs=0.05)
    assert counted.training_targets["unit/bce_logits"] == pytest.approx(0.058, abs=0.0005)


@pytest.mark.parametrize(
    ("greys", "mean", "deviation"),
    [([0, 255], 127.5, 127.5), ([10, 10, 10], 10, 0), ([0, 0, 0, 4], 1, 3**0.5)],
)
def test_moments_of_a_histogram(greys: list[int], mean: float, deviation: float) -> None:
    histogram = dataset_stats.grey_histogram(np.array([greys], np.uint8))

    assert dataset_stats.grey_moments(histogram) == GreyMoments(mean=mean, deviation=deviation)


def test_histogram_of_a_large_set_is_counted_in_parts() -> None:
    images = np.zeros((60_000, 784), np.uint8)
    images[-1, -1] = 255
    tracemalloc.start()
    try:
        histogram = dataset_stats.grey_histogram(images)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert histogram[[0, 255]].tolist() == [60_000 * 784 - 1, 1]
    # In one piece NumPy would make 376 MB of int64 of it.
    assert peak < 40e6


def test_second_process_reads_the_statistics_of_the_first(
    home: Path, forgotten: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = dataset_stats.statistics("mnist-sample")
    assert len(stored(home)) == 1
    dataset_stats._statistics.cache_clear()
    monkeypatch.setattr(floors, "target_statistics", None)

    second = dataset_stats.statistics("mnist-sample")

    assert second is not first
    assert second.training_targets == first.training_targets
    assert second.held_out_targets == first.held_out_targets
    assert second.moments == first.moments
    assert np.array_equal(second.image_sums, first.image_sums)
    assert np.array_equal(second.median_image, first.median_image)


@pytest.mark.parametrize("content", [b"", b"no archive", None], ids=["empty", "text", "cut off"])
def test_damaged_statistics_are_recomputed_and_reported(
    home: Path, forgotten: None, caplog: pytest.LogCaptureFixture, content: bytes | None
) -> None:
    first = dataset_stats.statistics("mnist-sample")
    (path,) = stored(home)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2] if content is None else content)
    dataset_stats._statistics.cache_clear()

    with caplog.at_level("INFO", logger="autoencoder_lab"):
        second = dataset_stats.statistics("mnist-sample")

    assert second.training_targets == first.training_targets
    assert "event=statistics-recounted" in caplog.text
    assert path.read_bytes() == whole


def test_statistics_that_cannot_be_stored_are_still_used(
    home: Path, forgotten: None, caplog: pytest.LogCaptureFixture
) -> None:
    (home / "statistics").write_text("a file where the folder should be")

    with caplog.at_level("INFO", logger="autoencoder_lab"):
        counted = dataset_stats.statistics("mnist-sample")

    assert counted.training_count == 4500
    assert "event=statistics-not-stored" in caplog.text


def test_statistics_of_older_code_are_not_read(
    home: Path, forgotten: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    dataset_stats.statistics("mnist-sample")
    dataset_stats._statistics.cache_clear()
    monkeypatch.setattr(dataset_stats.inspect, "getsource", lambda module: f"new {module.__name__}")

    dataset_stats.statistics("mnist-sample")

    assert len(stored(home)) == 2


def test_missing_data_set_has_no_statistics(no_data: None) -> None:
    with pytest.raises(DataUnavailable, match="Fashion-MNIST is not on this machine"):
        dataset_stats.statistics("fashion-mnist")


def test_concurrent_callers_wait_for_the_computation(
    forgotten: None, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    count, counted, begun = dataset_stats._count, [], threading.Event()

    def slowly(dataset: loading.Dataset) -> dataset_stats.DatasetStats:
        begun.set()
        others_are_there.wait(30)
        counted.append(dataset)
        return count(dataset)

    others_are_there = threading.Event()
    monkeypatch.setattr(dataset_stats, "_count", slowly)
    threads = [
        threading.Thread(target=dataset_stats.statistics, args=("mnist-sample",)) for _ in range(4)
    ]
    threads[0].start()
    assert begun.wait(30)
    for thread in threads[1:]:
        thread.start()
    others_are_there.set()
    for thread in threads:
        thread.join(60)
    assert len(counted) == 1
    assert len(dataset_stats._locks) == 0
