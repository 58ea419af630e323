"""The files that can be taken home, opened as their readers open them."""

from __future__ import annotations

import io
import tracemalloc
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from core.errors import LabError, LimitExceeded
from core.export.export import Export
from core.export.export_files import archive_bytes, exports
from core.export.keras_model import keras_model
from core.limits import PUBLIC, UNLIMITED
from core.run import Scores
from core.store import RunStore
from core.store.import_export import import_archive
from core.store.library import Library
from core.store.shipped import Gallery
from core.variant import Variant
from support.runs import assert_same_run, make_run, small_run


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(RunStore(tmp_path / "store"), Gallery(tmp_path / "nothing.zip"))


def by_name(library: Library, *variants: Variant) -> dict[str, Export]:
    return {file.name: file for file in exports(library, variants, models=variants)}


def test_a_shipped_run_has_every_file_but_an_archive(tmp_path: Path) -> None:
    library = Library(RunStore(tmp_path), Gallery())
    files = by_name(library, Variant())
    assert list(files) == [
        *("script", "report", "png", "svg", "pptx", "gif", "curve-svg", "scores", "history"),
        "model",
    ]
    assert files["report"].build().startswith(b"<!doctype html>")
    assert b"Known before training" in files["report"].build()
    assert Image.open(io.BytesIO(files["png"].build())).format == "PNG"
    assert files["scores"].build().startswith(b"run,pictures,dataset")
    # 67 ends of epochs and every eleventh of 3,015 steps are kept.
    assert files["history"].build().count(b"\n") > 300


def test_the_archive_brings_the_run_to_another_lab(library: Library, tmp_path: Path) -> None:
    run = small_run(1)
    library.store.put(run)
    content = by_name(library, run.variant)["archive"].build()
    other = RunStore(tmp_path / "other")
    assert import_archive(other, io.BytesIO(content)).added == (run.variant.key,)
    assert_same_run(other.get(run.variant.key), run)


def test_nothing_is_built_before_it_is_asked_for(library: Library) -> None:
    run = small_run(1)
    files = by_name(library, run.variant)
    library.store.put(run)
    assert b"0.0141" in files["scores"].build()


def test_the_script_of_a_large_data_set_is_one_file_and_of_the_sample_has_its_digits(
    library: Library,
) -> None:
    assert by_name(library, Variant(dataset="mnist"))["script"].file_name.endswith(".py")
    script = by_name(library, Variant())["script"]
    assert script.file_name.endswith(".zip")
    names = zipfile.ZipFile(io.BytesIO(script.build())).namelist()
    assert names == ["sigmoid-bce-unit-mnist-sample-67ep.py", "mnist_5k.npz"]


def test_more_runs_than_letters_have_tables_but_no_report(library: Library) -> None:
    runs = [small_run(seed) for seed in range(7)]
    for run in runs:
        library.store.put(run)
    files = by_name(library, *(run.variant for run in runs))
    assert list(files) == ["script", "scores", "history", "archive", "model"]
    assert files["scores"].build().count(b"this run") == 7
    assert len(zipfile.ZipFile(io.BytesIO(files["script"].build())).namelist()) == 7 + 1


def test_the_report_of_a_comparison_says_whether_a_seed_would_do_as_much(library: Library) -> None:
    pair = [Variant(), Variant(activation="softmax")]
    for variant, mse in zip(pair, (0.0150, 0.1119), strict=True):
        library.store.put(make_run(variant, scores=Scores(mse=mse, mae=0.1, psnr=18.0, ssim=0.8)))
    assert b"With one seed each, the effect of chance is unknown." in report_of(library, pair)
    for variant, mse in zip(pair, (0.0154, 0.1121), strict=True):
        second = replace(variant, seed=1)
        library.store.put(make_run(second, scores=Scores(mse=mse, mae=0.1, psnr=18.0, ssim=0.8)))
    # Means 0.0152 and 0.1120; the seeds of sigmoid lie 0.0004 apart, those of softmax 0.0002.
    assert (
        b"More than chance: seeds change the pixel error by up to 4.0e-4, this setting by 0.0968."
        in report_of(library, pair)
    )


def test_the_keras_model_of_one_run_is_one_file_and_of_several_a_zip_file(library: Library) -> None:
    runs = [small_run(seed) for seed in (1, 2)]
    for run in runs:
        library.store.put(run)
    one = by_name(library, runs[0].variant)["model"]
    assert (one.label, one.file_name) == (
        "Keras model",
        "sigmoid-bce-unit-mnist-sample-67ep-layers-2-seed-1.keras",
    )
    assert one.build() == keras_model(runs[0].weights or ())
    two = by_name(library, *(run.variant for run in runs))["model"]
    assert (two.label, two.file_name) == ("Keras models of 2 runs", "keras_models.zip")
    assert len(zipfile.ZipFile(io.BytesIO(two.build())).namelist()) == 2
    assert "model" not in [file.name for file in exports(library, [runs[0].variant])]


def test_a_model_of_a_run_without_weights_is_refused(library: Library) -> None:
    run = small_run(1, weights=None)
    library.store.put(run)
    with pytest.raises(
        LabError, match=r"The weights of this run have been deleted\. Train it again"
    ):
        by_name(library, run.variant)["model"].build()


def report_of(library: Library, variants: list[Variant]) -> bytes:
    return by_name(library, *variants)["report"].build()


def test_exporting_does_not_change_the_order_by_use(library: Library) -> None:
    runs = [small_run(seed) for seed in (1, 2)]
    for run in runs:
        library.store.put(run)
    before = list(library.summaries())
    by_name(library, runs[0].variant)["scores"].build()
    assert list(library.summaries()) == before
    library.get(runs[0].variant.key)
    assert list(library.summaries()) == before[::-1]


def test_a_run_deleted_before_its_file_is_built_is_omitted(library: Library) -> None:
    here, gone = make_run(Variant()), make_run(Variant(seed=5))
    for run in (here, gone):
        library.store.put(run)
    files = by_name(library, here.variant, gone.variant)
    library.store.delete(gone.variant.key)
    assert gone.variant.key.encode() not in files["scores"].build()
    assert b"<h1>" in files["report"].build()


def wide(seed: int) -> Variant:
    """Of 512 units, with 784 x 512 weights at either end: 3.2 MB in 32 bits."""
    return Variant(seed=seed, layers=(512,))


WIDE_BYTES = 2 * 784 * 512 * 4


@pytest.mark.parametrize("name", ["script", "scores", "history", "archive", "model"])
def test_few_of_many_selected_runs_are_in_memory_at_once(library: Library, name: str) -> None:
    runs = [wide(seed) for seed in range(12)]
    for variant in runs:
        library.store.put(make_run(variant))
    file = by_name(library, *runs)[name]
    tracemalloc.start()
    try:
        size = len(file.build())
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    # The file, twice while it grows; a run with its files, and the one before it that goes.
    assert peak < 2 * size + 4 * WIDE_BYTES


def test_a_public_lab_makes_no_archive_that_is_too_large_for_its_memory(library: Library) -> None:
    runs = [wide(seed) for seed in range(10)]
    for variant in runs:
        library.store.put(make_run(variant))
    size = archive_bytes(library, runs)
    assert 10 * WIDE_BYTES < size < 11 * WIDE_BYTES
    refused = r"These runs have 34 MB; this public lab exports up to 30 MB at once. Select fewer\."
    with pytest.raises(LimitExceeded, match=refused):
        PUBLIC.check_archive(size)
    # A byte more is said as a megabyte more.
    with pytest.raises(LimitExceeded, match="These runs have 31 MB"):
        PUBLIC.check_archive(30_000_001)
    PUBLIC.check_archive(archive_bytes(library, runs[:8]))
    UNLIMITED.check_archive(size)
    assert "archive" not in [file.name for file in exports(library, runs, has_archive=False)]
