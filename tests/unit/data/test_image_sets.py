"""Image sets: kept whole or not at all, found by their digest and their label, and removed."""

from __future__ import annotations

import os
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pytest

from core.data import image_sets, loading
from core.data.datasets import DIGITS
from core.data.image_files.preparation import Options, PreparedImages, prepare
from core.data.image_files.reading import read
from core.data.typical_images import most_different
from core.errors import (
    DamagedData,
    DataUnavailable,
    InvalidImages,
    InvalidVariant,
    MissingData,
    StoreUnavailable,
)
from core.files import atomic_files
from core.metrics.dataset_stats import statistics
from core.text.labels import run_name, value_text
from core.variant import Variant
from support.image_files import digits, given, npz_of
from support.open_files import no_more_files

UNKNOWN = "images-" + "0" * 32


def prepared(*, labelled: bool = True) -> PreparedImages:
    """200 digits, 20 of them held out."""
    greys, labels = digits(200)
    arrays = {"x_train": greys, "y_train": labels} if labelled else {"x_train": greys}
    return prepare(read([given(npz_of(**arrays))]), Options())


def kept(label: str = "digits", *, labelled: bool = True) -> str:
    """The name of an image set that has just been added."""
    images = prepared(labelled=labelled)
    arrays = {"x_train": images.training, "x_test": images.held_out}
    if images.training_labels is not None and images.held_out_labels is not None:
        arrays |= {"y_train": images.training_labels, "y_test": images.held_out_labels}
    return image_sets.keep(images.digest, arrays, label=label, pca_width=9).name


def test_a_set_is_loaded_as_it_was_stored(home: Path) -> None:
    images, name = prepared(), kept()
    data = loading.load(name, download=True)
    np.testing.assert_array_equal(data.training, images.training)
    np.testing.assert_array_equal(data.held_out, images.held_out)
    np.testing.assert_array_equal(data.training_labels, images.training_labels)
    np.testing.assert_array_equal(data.held_out_labels, images.held_out_labels)
    assert data.info.label == "digits"
    assert (data.info.training_count, data.info.held_out_count) == (180, 20)
    assert (data.info.class_names, data.info.pca_width) == (DIGITS, 9)
    assert statistics(name).training_count == 180


def test_a_variant_takes_the_name_and_links_carry_it(home: Path) -> None:
    name = kept("Café_<b>12</b>")
    variant = Variant(dataset=name)
    # 3,000 steps of 100 of 180 images would be 1,667 epochs.
    assert variant.epochs == 100
    assert Variant.from_query(variant.to_query()) == (variant, [])
    assert value_text("dataset", name) == "Café b 12 b"
    assert run_name(variant) == "sigmoid + BCE, Café b 12 b"
    for wrong in ("images-12", "images-" + "g" * 32, "../images-" + "0" * 32, f"{name}\n"):
        with pytest.raises(InvalidVariant, match=r"mnist, fashion-mnist, images-… of your own"):
            Variant(dataset=wrong)


def test_a_missing_set_is_named_and_reported_as_missing(home: Path) -> None:
    variant = Variant(dataset=UNKNOWN)
    assert variant.to_query()["dataset"] == UNKNOWN
    assert value_text("dataset", UNKNOWN) == "Images 000000"
    with pytest.raises(MissingData, match=r"^These images are not in this lab: .* Your images"):
        loading.load(UNKNOWN, download=True)


def test_a_damaged_set_is_reported_and_not_offered(home: Path) -> None:
    name = kept()
    file = image_sets.path(name)
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 0xFF
    atomic_files.write(file, bytes(content))
    with pytest.raises(DamagedData):
        loading.load(name)
    atomic_files.write(file, b"nothing")
    assert image_sets.list_all() == []
    assert not image_sets.is_kept(name)


def test_a_set_that_cannot_be_opened_now_is_neither_missing_nor_damaged_afterwards(
    home: Path,
) -> None:
    name = kept()
    image_sets._read.cache_clear()  # as after a start
    with no_more_files():
        assert not image_sets.is_kept(name)
        with pytest.raises(DataUnavailable, match="cannot be read: too many open files") as caught:
            loading.load_held_out(name)
    assert not isinstance(caught.value, DamagedData)
    assert image_sets.is_kept(name)
    assert image_sets.info_of(name).held_out_count == 20
    assert [info.label for info in image_sets.list_all()] == ["digits"]
    assert loading.load_held_out(name).held_out.shape == (20, 784)


def test_intact_images_are_not_damaged_after_only_their_description_could_not_be_read(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = kept()
    image_sets._read.cache_clear()
    opened, refused = atomic_files.open_file, [OSError(24, "Too many open files")]

    def open_from_the_second_time(path: Path) -> BinaryIO:
        if refused:
            raise refused.pop()
        return opened(path)

    monkeypatch.setattr(atomic_files, "open_file", open_from_the_second_time)
    with pytest.raises(DataUnavailable, match="cannot be read: too many open files"):
        loading.load_held_out(name)
    assert loading.load_held_out(name).held_out.shape == (20, 784)


def test_a_set_in_use_stays_in_memory(home: Path) -> None:
    name = kept()
    part, whole = loading.load_held_out(name), loading.load(name)
    for time in (1_000_000_000, 2_000_000_000):
        os.utime(image_sets.path(name), (time, time))
        image_sets.touch(name)
        assert loading.load_held_out(name) is part
        assert loading.load(name) is whole


def test_an_intact_copy_in_the_place_of_a_damaged_set_is_read(home: Path) -> None:
    name = kept()
    file = image_sets.path(name)
    intact = file.read_bytes()
    changed = bytearray(intact)
    changed[len(intact) // 2] ^= 0xFF
    for content, time in ((bytes(changed), 1_000_000_000), (intact, 1_000_000_001)):
        with file.open("r+b") as same_file:  # as if its inode were used again
            same_file.write(content)
        os.utime(file, (time, time))
        if content != intact:
            with pytest.raises(DamagedData):
                loading.load(name)
    assert loading.load(name).training.shape == (180, 784)


def test_the_same_images_again_are_one_set_with_the_new_label(home: Path) -> None:
    assert kept("one") == kept("two")
    assert [info.label for info in image_sets.list_all()] == ["two"]


def test_a_label_is_taken_once_and_never_that_of_another_data_set(home: Path) -> None:
    names = [kept("MNIST"), kept("mnist", labelled=False)]
    assert [image_sets.info_of(name).label for name in names] == ["MNIST 2", "mnist 3"]
    assert image_sets.find_by_label("mnist 2 ") == names[0]
    assert image_sets.find_by_label("mnist") is None


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("train.csv", "train csv"),
        ("=SUM(A1)", "SUM A1"),
        ("  ", "Images"),
        ("**b** [x](http://a)", "b x http a"),
        ("a" * 99, "a" * 40),
        ("Ziffern für März", "Ziffern für März"),
    ],
)
def test_a_label_has_no_special_characters(text: str, label: str) -> None:
    assert image_sets.clean_label(text) == label


def test_nothing_is_stored_without_enough_space(home: Path) -> None:
    with pytest.raises(InvalidImages, match=r"^There is room for 0 MB of images here, and 0 MB"):
        image_sets.keep(
            "0" * 32,
            {"x_train": prepared().training, "x_test": prepared().held_out},
            label="a",
            pca_width=1,
            max_bytes=100,
        )
    assert list(home.rglob("*.npz*")) == []


def test_full_disk_leaves_no_partial_set(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StoreUnavailable, match=r"^The disk is full"):
        kept()
    assert list((home / "images").iterdir()) == []


def test_unused_sets_are_found_even_if_the_clock_was_set_back(home: Path) -> None:
    name = kept()
    assert image_sets.unused_for(3600) == []
    file = image_sets.path(name)
    for seconds in (-4000, 4000):
        used = file.stat().st_mtime + seconds
        os.utime(file, (used, used))
        assert image_sets.unused_for(3600) == [name]
        image_sets.touch(name)
        assert image_sets.unused_for(3600) == []


def test_without_labels_the_ten_most_different_images_are_shown(home: Path) -> None:
    part = loading.load_held_out(kept(labelled=False))
    images = part.held_out.astype(np.float64)
    # By hand: the nearest to the mean, then always the farthest from all chosen.
    chosen = [int(np.square(images - images.mean(axis=0)).sum(axis=1).argmin())]
    for _ in range(9):
        to_chosen = np.square(images[:, None] - images[chosen]).sum(axis=2).min(axis=1)
        chosen.append(int(to_chosen.argmax()))
    assert loading.pinned(part).indices.tolist() == chosen


def test_ten_distinct_indices_are_chosen_among_equal_images() -> None:
    places = most_different(np.full((12, 784), 7, np.uint8), 10, [])
    assert len(set(places)) == 10


def test_a_missing_class_is_filled_with_different_images(home: Path) -> None:
    greys, labels = digits(200)
    content = npz_of(x_train=greys, y_train=labels % 3)
    images = prepare(read([given(content)]), Options(share=0.5))
    assert images.training_labels is not None
    assert images.held_out_labels is not None
    name = image_sets.keep(
        images.digest,
        {
            "x_train": images.training,
            "x_test": images.held_out,
            "y_train": images.training_labels,
            "y_test": images.held_out_labels,
        },
        label="three",
        pca_width=1,
    ).name
    pinned = loading.pinned(loading.load_held_out(name))
    assert pinned.labels[:3].tolist() == [0, 1, 2]
    assert len(set(pinned.indices.tolist())) == 10
