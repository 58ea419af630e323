"""Files of images that can be read: what is found in them, and what becomes of it."""

from __future__ import annotations

import gzip
import io
import zipfile
from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from core.data.image_files import preparation, value_range
from core.data.image_files.given_file import GivenFile
from core.data.image_files.parts import ReadLimits
from core.data.image_files.preparation import Options, prepare
from core.data.image_files.reading import ReadImages, read
from core.data.image_files.resizing import cropped, padded
from core.errors import InvalidImages
from support.data_files import idx
from support.image_files import csv_of, digits, given, npy_of, npz_of, pictures_zip, png

GREYS, LABELS = digits()


def opened(content: bytes, name: str = "images", **options: object) -> ReadImages:
    return read([given(content, name)], **options)  # type: ignore[arg-type]


FORMS: dict[str, Callable[[], bytes]] = {
    "npy (N, H, W)": lambda: npy_of(GREYS),
    "npy (N, H, W, 1)": lambda: npy_of(GREYS[..., None]),
    "npy (N, H, W, 3)": lambda: npy_of(np.repeat(GREYS[..., None], 3, axis=3)),
    "npy (N, H*W)": lambda: npy_of(GREYS.reshape(-1, 784)),
    "npy 0-1": lambda: npy_of((GREYS / 255).astype(np.float32)),
    "npy -1-1": lambda: npy_of(GREYS / 127.5 - 1),
    "npy 16 bits": lambda: npy_of(GREYS.astype(np.uint16) * 257),
    "npy big-endian": lambda: npy_of(GREYS.astype(">i4")),
    "npz, one array": lambda: npz_of(pixels=GREYS),
    "npz, x_train": lambda: npz_of(x_train=GREYS, y_train=LABELS),
    "csv": lambda: csv_of(GREYS),
    "csv, labelled": lambda: csv_of(GREYS, LABELS),
    "csv, labelled with a header": lambda: csv_of(GREYS, LABELS, header=True),
    "csv 0-1": lambda: csv_of(GREYS / 255),
    "csv, semicolons": lambda: csv_of(GREYS).replace(b",", b";"),
    "csv.gz": lambda: gzip.compress(csv_of(GREYS)),
    "idx": lambda: idx(GREYS),
    "idx.gz": lambda: gzip.compress(idx(GREYS)),
    "zip of PNG": lambda: pictures_zip(GREYS),
}


@pytest.mark.parametrize("form", FORMS)
def test_same_images_are_found_in_every_form(form: str) -> None:
    found = opened(FORMS[form]())
    np.testing.assert_array_equal(found.training, GREYS.reshape(-1, 784))
    assert found.sides == "28 × 28"


def test_long_table_is_read_to_its_end() -> None:
    # More rows than are parsed at a time.
    rows = np.arange(1_200 * 4).reshape(-1, 4) % 251
    found = opened(csv_of(rows))
    assert len(found.training) == 1_200
    # The last pixel of the last row is the last of its enlarged image.
    assert found.training[-1, -1] == rows[-1, -1]


def test_labels_are_found_in_npz_csv_idx_and_folders() -> None:
    pair = [given(idx(GREYS), "train-images"), given(idx(LABELS.astype(np.uint8)), "train-labels")]
    for found in (
        opened(npz_of(x_train=GREYS, y_train=LABELS)),
        opened(npz_of(train_images=GREYS, train_labels=LABELS[:, None])),
        opened(csv_of(GREYS, LABELS, header=True)),
        opened(csv_of(GREYS, LABELS)),
        opened(pictures_zip(GREYS, LABELS)),
        read(pair),
    ):
        assert found.labels is not None
        np.testing.assert_array_equal(found.labels, LABELS)


def test_given_test_images_are_held_out_as_they_are() -> None:
    content = npz_of(x_train=GREYS[:30], y_train=LABELS[:30], x_test=GREYS[30:], y_test=LABELS[30:])
    prepared = prepare(opened(content), Options(seed=5))
    np.testing.assert_array_equal(prepared.training, GREYS[:30].reshape(-1, 784))
    np.testing.assert_array_equal(prepared.held_out, GREYS[30:].reshape(-1, 784))
    assert prepared.held_out_labels is not None
    np.testing.assert_array_equal(prepared.held_out_labels, LABELS[30:])


def test_four_idx_files_are_one_data_set() -> None:
    files = [
        given(gzip.compress(idx(array)), f"{part}-{kind}-ubyte.gz")
        for part, rows in (("t10k", slice(30, None)), ("train", slice(0, 30)))
        for kind, array in (("images", GREYS[rows]), ("labels", LABELS[rows].astype(np.uint8)))
    ]
    found = read(files)
    assert found.test is not None
    assert found.test_labels is not None
    np.testing.assert_array_equal(found.training, GREYS[:30].reshape(-1, 784))
    np.testing.assert_array_equal(found.test, GREYS[30:].reshape(-1, 784))
    np.testing.assert_array_equal(found.test_labels, LABELS[30:])


def test_several_pictures_are_read_in_order() -> None:
    found = read([given(png(image), f"{place}.png") for place, image in enumerate(GREYS)])
    np.testing.assert_array_equal(found.training, GREYS.reshape(-1, 784))


@pytest.mark.parametrize("kind", ["JPEG", "WEBP"])
def test_lossy_images_are_close_to_their_originals(kind: str) -> None:
    # At quality 100, JPEG and WebP err by a few greys.
    contents: list[GivenFile] = []
    for image in GREYS[:20]:
        target = io.BytesIO()
        Image.fromarray(image).save(target, kind, quality=100)
        contents.append(given(target.getvalue(), f"{len(contents)}.{kind.lower()}"))
    found = read(contents)
    errors = np.abs(found.training.astype(int) - GREYS[:20].reshape(-1, 784))
    assert errors.mean() < 6


@pytest.mark.parametrize(
    ("lowest", "highest", "name"),
    [
        (0, 1, "0-1"),
        (0, 0, "0-1"),
        (0, 255, "0-255"),
        (3, 200, "0-255"),
        (-1, 1, "-1-1"),
        (-0.2, 0.5, "-1-1"),
        (0, 65_535, "0-65535"),
        (0, 4_095, "0-65535"),
        (-0.42, 2.82, "own"),
        (0, 70_000, "own"),
    ],
)
def test_value_range_is_recognised(lowest: float, highest: float, name: str) -> None:
    extent = value_range.Extent(lowest=lowest, highest=highest)
    assert value_range.recognised(extent).name == name


def test_value_range_can_be_stated() -> None:
    # Greys that end at 100: 100 * 255 / 100 is white by their own span, 100 by bytes.
    dim = (GREYS // 255 * 100).astype(np.uint8)
    assert opened(npy_of(dim)).training.max() == 100
    assert opened(npy_of(dim), values=value_range.OWN).training.max() == 255
    assert opened(npy_of(dim), values="0-1").training.max() == 255  # clipped


def test_colours_become_luma() -> None:
    red = np.zeros((20, 28, 28, 3), np.uint8)
    red[..., 0] = 255
    red[0, 0, 0] = (0, 255, 0)
    training = opened(npy_of(red)).training
    assert training[1, 0] == 76  # 0.299 * 255 = 76.2
    assert training[0, 0] == 150  # 0.587 * 255 = 149.7


def test_wide_image_is_padded_with_its_own_background_and_averaged() -> None:
    # 28 rows of 56: padded to 56 x 56 by 14 rows above and below, then 2 x 2 pixels become one.
    image = np.full((28, 56), 200, np.uint8)
    image[1:27, 2:54] = 0
    small = padded(image, 28)
    assert small.shape == (28, 28)
    assert (small[:7] == 200).all()
    assert (small[21:] == 200).all()
    # Row 7 averages the border's 200 and the 0 below it.
    assert small[7, 14] == 100
    assert (small[8:20, 1:27] == 0).all()


def test_crop_fits_the_ink_into_20_pixels_and_centres_it() -> None:
    page = np.full((100, 80), 255, np.uint8)
    page[10:50, 5:25] = 0
    small = cropped(page, 28).astype(int)
    rows, columns = np.nonzero(small == 0)
    # 40 x 20 becomes 20 x 10, about the middle of 28.
    assert (rows.min(), rows.max()) == (4, 23)
    assert (columns.min(), columns.max()) in [(9, 18), (10, 19)]
    assert small[0, 0] == 255


def test_crop_is_the_same_for_either_polarity() -> None:
    image = np.zeros((60, 60), np.uint8)
    image[20:30, 10:50] = 180
    np.testing.assert_array_equal(cropped(255 - image, 28), 255 - cropped(image, 28))


def test_invert_and_stretch() -> None:
    grey = np.full((20, 28, 28), 50, np.uint8)
    grey[:, 0, 0], grey[:, 0, 1] = 100, 75
    found = opened(npy_of(grey))
    inverted = prepare(found, Options(invert=True)).training
    assert (inverted[0, 0], inverted[0, 1], inverted[0, 2]) == (155, 180, 205)
    both = prepare(found, Options(invert=True, stretch=True)).training
    # 155 is the darkest, 205 the brightest, 180 in the middle: 127.5 is rounded to even.
    assert (both[0, 0], both[0, 1], both[0, 2]) == (0, 128, 255)
    flat = np.full((2, 784), 9, np.uint8)
    assert (preparation.stretched(flat) == 9).all()


def test_split_takes_the_stated_share_by_the_seed() -> None:
    found = opened(npy_of(np.repeat(GREYS, 5, axis=0)[:200]))
    prepared = prepare(found, Options(share=0.2, seed=3))
    places = np.sort(np.random.default_rng(3).permutation(200)[:40])
    np.testing.assert_array_equal(prepared.held_out, found.training[places])
    assert len(prepared.training) == 160
    # A tenth of 20 would be 2; ten are shown.
    assert len(prepare(opened(npy_of(GREYS[:20])), Options()).held_out) == 10
    with pytest.raises(InvalidImages, match=r"The share held out cannot be 0.9; allowed: 0.05"):
        Options(share=0.9)


def test_digest_follows_images_labels_and_split() -> None:
    found = opened(npz_of(x_train=GREYS, y_train=LABELS))
    others = [
        prepare(found, Options(seed=1)),
        prepare(found, Options(invert=True)),
        prepare(opened(npy_of(GREYS)), Options()),
    ]
    one = prepare(found, Options())
    assert one.digest == prepare(opened(npz_of(x_train=GREYS, y_train=LABELS)), Options()).digest
    assert len({one.digest, *(other.digest for other in others)}) == 4
    assert len(one.digest) == 32


def test_other_labels_are_omitted_with_a_note() -> None:
    found = opened(npz_of(x_train=GREYS, y_train=LABELS + 5))
    assert found.labels is None
    assert found.notes == (
        "The labels range from 5 to 14; the lab supports 0 to 9, so none are used.",
    )


def test_system_files_in_a_zip_are_ignored() -> None:
    content = io.BytesIO(pictures_zip(GREYS))
    with zipfile.ZipFile(content, "a") as archive:
        archive.writestr("__MACOSX/._1.png", b"litter")
        archive.writestr("folder/.DS_Store", b"litter")
        archive.writestr("folder/", b"")
    assert len(opened(content.getvalue()).training) == len(GREYS)


def test_transparent_parts_of_pictures_are_white() -> None:
    image = np.zeros((28, 28, 4), np.uint8)
    image[:14, :, 3] = 255
    target = io.BytesIO()
    Image.fromarray(image).save(target, "PNG")
    found = read([given(target.getvalue(), "a.png")] * 20)
    rows: NDArray[np.uint8] = found.training[0].reshape(28, 28)
    assert (rows[:14] == 0).all()
    assert (rows[14:] == 255).all()


def test_twenty_samples_are_unchanged_originals() -> None:
    large = np.repeat(np.repeat(GREYS, 2, axis=1), 2, axis=2)
    found = opened(npy_of(large))
    assert found.samples.shape == (20, 56, 56)
    np.testing.assert_array_equal(found.samples[0], large[0])
    np.testing.assert_array_equal(found.samples[-1], large[-1])
    assert found.sample_indices.tolist()[-1] == len(GREYS) - 1


def test_limits_count_training_and_test_images_together() -> None:
    content = npz_of(x_train=GREYS[:30], x_test=GREYS[30:])
    with pytest.raises(InvalidImages, match=r"^There are 40 images; up to 39 are allowed\."):
        opened(content, limits=ReadLimits(images=39))
