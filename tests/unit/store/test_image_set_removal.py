"""Removing image sets: with their runs and statistics, and counted against the disk limit."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from core.data import image_sets
from core.data.image_files.preparation import Options, prepare
from core.data.image_files.reading import read
from core.errors import InvalidImages
from core.store import RunStore, image_set_sizes
from core.store.image_set_removal import remove_image_set, remove_unused
from core.store.image_set_storage import add_image_set
from core.variant import Variant
from support.image_files import digits, given, npy_of
from support.runs import make_run


def added(label: str, seed: int = 0) -> str:
    images = prepare(read([given(npy_of(digits(60)[0]))]), Options(seed=seed))
    return add_image_set(images, label, None).name


def test_images_go_with_their_runs_and_statistics(home: Path) -> None:
    # Sets that no other test has: statistics in memory would not be written to this home.
    name, other = added("one", seed=10), added("other", seed=11)
    store = RunStore(home)
    for variant in (Variant(dataset=name), Variant(dataset=name, seed=1), Variant(dataset=other)):
        store.put(make_run(variant))
    assert len(list((home / "statistics").iterdir())) == 2
    assert remove_image_set(store, name) == 2
    assert [info.name for info in image_sets.list_all()] == [other]
    assert store.keys() == [Variant(dataset=other).key]
    assert len(list((home / "statistics").iterdir())) == 1
    assert list((home / "trash").iterdir()) == []


def test_unused_sets_are_removed_and_those_in_use_stay(home: Path) -> None:
    name, other = added("one"), added("other", seed=1)
    store = RunStore(home)
    for one in (name, other):
        os.utime(image_sets.path(one), (1_000_000, 1_000_000))
    assert remove_unused(store, 3600, in_use=[other]) == [name]
    assert [info.name for info in image_sets.list_all()] == [other]


def test_images_count_against_the_limit_of_the_store(home: Path) -> None:
    run, later = make_run(Variant()), make_run(Variant(seed=1))
    roomy = RunStore(home)
    roomy.put(run)
    one = roomy.size()
    store = RunStore(home, megabytes=2.5 * one / 1e6, other_bytes=lambda: 0)
    store.put(later)
    assert len(store.keys()) == 2
    crowded = RunStore(home, megabytes=2.5 * one / 1e6, other_bytes=lambda: 2 * one)
    crowded.put(later)
    assert crowded.keys() == [later.variant.key]


def test_statistics_of_images_count_with_them(home: Path) -> None:
    one = added("one", seed=7)
    [counted] = (home / "statistics").iterdir()
    size = image_sets.path(one).stat().st_size + counted.stat().st_size
    # 784 components of 784 float32 values hardly compress: 2.5 MB are most of it.
    assert size > 1_000_000
    assert image_set_sizes.size_of(one) == image_set_sizes.total() == size
    images = prepare(read([given(npy_of(digits(60)[0]))]), Options(seed=8))
    with pytest.raises(InvalidImages, match=r"^There is room for 1 MB of images here, and"):
        add_image_set(images, "other", 1_000_000)
    assert remove_image_set(RunStore(home), one) == 0
    assert image_set_sizes.total() == 0
    assert add_image_set(images, "other", 1_000_000).label == "other"


def test_a_run_of_images_that_are_gone_can_still_be_opened(home: Path) -> None:
    name = added("one")
    store = RunStore(home)
    store.put(make_run(Variant(dataset=name)))
    image_sets.remove(name)
    run = store.get(Variant(dataset=name, epochs=100).key)
    assert run is not None
    assert run.variant.dataset == name
