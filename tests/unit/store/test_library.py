"""Runs trained here come before those that are shipped for the same settings."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.cli.gallery_build import write
from core.data.loading import load_held_out
from core.run import Run
from core.store import RunStore
from core.store.library import Library
from core.store.shipped import Gallery
from core.variant import Variant
from support.runs import make_run

SHIPPED_ONLY = Variant(activation="tanh")
BOTH = Variant(activation="softmax")
STORED_ONLY = Variant(activation="relu")


@pytest.fixture
def library(tmp_path: Path) -> Library:
    pinned = make_run().pinned
    write([make_run(v, pinned=pinned) for v in (SHIPPED_ONLY, BOTH)], tmp_path / "gallery.zip")
    store = RunStore(tmp_path / "store")
    for variant in (BOTH, STORED_ONLY):
        run = make_run(variant)
        store.put(replace(run, scores=replace(run.scores, mse=0.5)))
    return Library(store, Gallery(tmp_path / "gallery.zip"))


@pytest.mark.parametrize(
    ("variant", "mse", "shipped"),
    [(SHIPPED_ONLY, 0.0141, True), (BOTH, 0.5, False), (STORED_ONLY, 0.5, False)],
)
def test_local_run_takes_precedence(
    library: Library, variant: Variant, mse: float, shipped: bool
) -> None:
    run = library.get(variant.key)
    summary = library.summaries()[variant.key]
    assert run is not None
    assert (run.scores.mse, run.provenance.shipped) == (mse, shipped)
    assert (summary.scores.mse, summary.shipped) == (mse, shipped)


def test_every_run_is_listed_once(library: Library) -> None:
    expected = {SHIPPED_ONLY.key, BOTH.key, STORED_ONLY.key}
    assert library.summaries().keys() == expected
    assert library.get(Variant(seed=9).key) is None


def test_a_thumbnail_is_the_seven_of_either_kind(library: Library) -> None:
    for variant in (SHIPPED_ONLY, STORED_ONLY):
        last = make_run(variant).history.frames[-1].pixels[7]
        shown = library.thumbnail(variant.key)
        assert shown is not None
        np.testing.assert_array_equal(shown, np.round(np.clip(last, 0, 1) * 255))
    assert library.thumbnail(Variant(seed=9).key) is None


def earlier_run(variant: Variant, fingerprint: str) -> Run:
    """A run without PCA, of data with this fingerprint."""
    run = make_run(variant)
    return replace(run, provenance=replace(run.provenance, data_fingerprint=fingerprint))


def test_an_earlier_run_gets_pca_of_its_width_when_it_is_opened(library: Library) -> None:
    fingerprint = load_held_out("mnist-sample").fingerprint
    run = earlier_run(Variant(layers=(10,)), fingerprint)
    library.store.put(run)
    found = library.get(run.variant.key)
    assert found is not None
    # Computed with NumPy's SVD of the sample's centred training images.
    assert found.baselines["PCA, 10 components"].mse == pytest.approx(0.032877, abs=1e-6)
    assert {**found.baselines, **run.baselines} == found.baselines


@pytest.mark.parametrize(
    ("variant", "fingerprint"),
    [
        (Variant(layers=(10,)), "5f" * 8),  # other data under the same name
        (Variant(layers=(10,), dataset="fashion-mnist"), "5f" * 8),  # not on this machine
        (Variant(layers=(784,)), ""),  # of the sample; nothing is left to lose
    ],
)
def test_pca_is_left_out_where_there_is_none(
    library: Library, variant: Variant, fingerprint: str
) -> None:
    run = earlier_run(variant, fingerprint or load_held_out("mnist-sample").fingerprint)
    library.store.put(run)
    found = library.get(variant.key)
    assert found is not None
    assert found.baselines == run.baselines
