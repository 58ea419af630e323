"""A visitor's picture becomes an image like MNIST's, or is refused in a sentence."""

from __future__ import annotations

import contextlib
import io
import struct
import zlib
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image, ImageFile

from core.data import loading
from core.data.uploaded_image import read
from core.errors import InvalidImage

DIGIT, GARMENT = "mnist-sample", "fashion-mnist"
FITTED = (
    "It is scaled to fit 20 × 20 pixels and centred on its centre of mass, like MNIST's digits."
)
INVERTED = "Its background is bright and the data set's is black, so it is inverted."


def saved(picture: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    target = io.BytesIO()
    picture.save(target, kind, **options)
    return target.getvalue()


def block(paper: int = 0, ink: int = 255, *, mode: str = "L") -> Image.Image:
    """A page of 90 x 120 with a block of ink, 60 high and 33 wide, off its centre."""
    greys = np.full((90, 120), paper, np.uint8)
    greys[7:67, 70:103] = ink
    return Image.fromarray(greys).convert(mode)


def square(content: bytes, dataset: str = DIGIT) -> NDArray[np.uint8]:
    return read(content, dataset).image.reshape(28, 28)


# 60 x 33 shrinks to 20 x 11. The block's own centre is row 9.5 and column 5, which go to 14, so it
# begins in row 4.5, rounded to the even 4, and in column 9.
def expected_block() -> NDArray[np.uint8]:
    expected = np.zeros((28, 28), np.uint8)
    expected[4:24, 9:20] = 255
    return expected


def test_ink_is_fitted_into_the_box_and_centred_by_mass() -> None:
    own = read(saved(block()), DIGIT)
    assert own.image.shape == (1, 784)
    assert own.image.dtype == np.uint8
    assert np.array_equal(own.image.reshape(28, 28), expected_block())
    assert own.notes == (FITTED,)


def assert_block(image: NDArray[np.uint8]) -> None:
    """The block, but for a row or a column: JPEG and WebP let ink run over its edges."""
    off = np.abs(image.astype(int) - expected_block())
    assert (off > 16).sum() <= 2 * 20


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
def test_dark_ink_on_grey_paper_is_inverted_and_stretched(kind: str) -> None:
    own = read(saved(block(paper=200, ink=40, mode="RGB"), kind), DIGIT)
    assert_block(own.image.reshape(28, 28))
    assert own.notes == (INVERTED, FITTED)


def test_a_garment_fills_the_image_and_is_centred_by_its_box() -> None:
    expected = np.zeros((28, 28), np.uint8)
    expected[:, 6:21] = 255  # 33 of 60 are 15.4 of 28: 15 columns, 6 of 13 empty ones before them
    own = read(saved(block()), GARMENT)
    assert np.array_equal(own.image.reshape(28, 28), expected)
    assert own.notes == ("It is scaled to fit 28 × 28 pixels, like Fashion-MNIST's garments.",)


def test_a_digit_of_the_data_set_is_unchanged() -> None:
    digit = loading.load(DIGIT).held_out[3]
    own = read(saved(Image.fromarray(digit.reshape(28, 28))), DIGIT)
    assert np.array_equal(own.image[0], digit)
    assert own.notes == ("It is 28 × 28 pixels already, so it is neither scaled nor centred.",)


def test_large_digits_on_white_paper_become_like_those_of_the_data_set() -> None:
    errors, baselines = [], []
    for digit in loading.load(DIGIT).held_out[::10]:
        large = Image.fromarray(255 - digit.reshape(28, 28)).resize((280, 280))
        page = Image.new("L", (400, 600), 255)
        page.paste(large, (20, 250))
        found = square(saved(page)).ravel()
        errors.append(np.square((found - digit.astype(float)) / 255).mean())
        baselines.append(np.square(digit / 255).mean())
    assert np.mean(errors) < 0.01
    assert np.mean(baselines) > 0.1  # what an image of nothing would be away


@given(st.integers(2, 40), st.integers(2, 40), st.integers(0, 2**32 - 1))
@settings(max_examples=100)
def test_the_centre_of_mass_is_where_mnist_has_it(height: int, width: int, seed: int) -> None:
    greys = np.zeros((60, 60), np.uint8)
    patch = np.random.default_rng(seed).integers(64, 256, (height, width))
    greys[3 : 3 + height, 11 : 11 + width] = patch
    image = square(saved(Image.fromarray(greys))).astype(float)
    rows, columns = np.mgrid[:28, :28]
    # Half a pixel, for it is moved by whole ones.
    assert abs((image * rows).sum() / image.sum() - 14) < 0.53
    assert abs((image * columns).sum() / image.sum() - 14) < 0.53


@pytest.mark.parametrize(("ink", "background"), [(0, "white"), (255, "black")])
def test_transparent_parts_contrast_with_the_ink(ink: int, background: str) -> None:
    page = Image.new("RGBA", (120, 90), (128, 128, 128, 0))
    page.paste((ink, ink, ink, 255), (70, 7, 103, 67))
    own = read(saved(page), DIGIT)
    assert np.array_equal(own.image.reshape(28, 28), expected_block())
    assert own.notes[0] == f"Transparent parts count as {background}."
    assert (INVERTED in own.notes) == (background == "white")


def test_an_alpha_channel_that_hides_nothing_is_not_mentioned() -> None:
    assert read(saved(block(mode="RGBA")), DIGIT).notes == (FITTED,)


def test_palettes_with_a_transparent_colour_are_understood() -> None:
    page = Image.new("P", (120, 90), 0)
    page.putpalette([10, 200, 30, 0, 0, 0])
    page.paste(1, (70, 7, 103, 67))
    own = read(saved(page, "GIF", transparency=0), DIGIT)
    assert np.array_equal(own.image.reshape(28, 28), expected_block())
    assert own.notes[0] == "Transparent parts count as white."


def test_sixteen_bits_are_as_good_as_eight() -> None:
    deep = np.asarray(block(paper=30, ink=220), np.uint16) * 257
    assert np.array_equal(
        read(saved(Image.fromarray(deep)), DIGIT).image,
        read(saved(block(paper=30, ink=220)), DIGIT).image,
    )


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
def test_the_first_frame_of_an_animation_is_used_with_a_note(kind: str) -> None:
    others = [Image.new("L", (120, 90), 90) for _ in range(3)]
    own = read(saved(block(), kind, save_all=True, append_images=others, **lossless(kind)), DIGIT)
    assert own.notes[0] == "It is an animation; its first frame is used."
    assert np.array_equal(own.image.reshape(28, 28), expected_block())


def lossless(kind: str) -> dict[str, bool]:
    return {"lossless": True} if kind == "WEBP" else {}


def test_a_photo_is_rotated_by_its_exif_orientation() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # "turn by a quarter to the right to see it upright"
    lying = block().transpose(Image.Transpose.ROTATE_90)
    assert_block(square(saved(lying, "JPEG", quality=95, exif=exif)))


@pytest.mark.parametrize("size", [(5000, 1), (1, 5000), (3, 2), (3999, 4000), (29, 27)])
def test_odd_sizes_become_an_image_too(size: tuple[int, int]) -> None:
    page = Image.new("L", size, 0)
    page.paste(255, (size[0] // 3, size[1] // 3, 2 * size[0] // 3 + 1, 2 * size[1] // 3 + 1))
    if min(size) == 1:
        page.paste(0, (0, 0, max(size[0] // 3, 1), max(size[1] // 3, 1)))
    image = square(saved(page))
    assert image.max() == 255
    assert 0 < (image > 0).sum() <= 400


def png_of_zeros(width: int, height: int) -> bytes:
    """A whole PNG file of black pixels, some thousand times smaller than what it unpacks to."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        check = zlib.crc32(kind + content)
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", check)

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    deflate = zlib.compressobj(9)
    lines = b"".join(deflate.compress(bytes(width + 1)) for _ in range(min(height, 5000)))
    pixels = chunk(b"IDAT", lines + deflate.flush())
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + pixels + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("edges", "sentence"),
    [
        (
            (5000, 5000),
            "The image has 5,000 × 5,000 pixels; a PNG like this may have up to 16 million."
            " Make it smaller.",
        ),
        (
            (31_000, 1),
            "The image has 31,000 × 1 pixels; a side may have up to 30,000. Make it smaller.",
        ),
        ((60_000, 60_000), "The image has too many pixels. Make it smaller."),
    ],
)
def test_a_bomb_is_refused_before_a_pixel_is_decoded(
    edges: tuple[int, int], sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def explode(picture: ImageFile.ImageFile) -> None:
        raise AssertionError("the picture was decoded")

    monkeypatch.setattr(ImageFile.ImageFile, "load", explode)
    with pytest.raises(InvalidImage) as refusal:
        read(png_of_zeros(*edges), DIGIT)
    assert str(refusal.value) == sentence


def tiff() -> bytes:
    return saved(block(), "TIFF")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "This is not a PNG, JPEG, WebP or GIF image."),
        (b"PK\x03\x04 an archive", "This is not a PNG, JPEG, WebP or GIF image."),
        (b"<svg onload='alert(1)'/>", "This is not a PNG, JPEG, WebP or GIF image."),
        (tiff(), "This is not a PNG, JPEG, WebP or GIF image."),
        (
            bytes(100_000_000),
            "The file has 100 MB; up to 20 are allowed. Make the image smaller.",
        ),
        (saved(block())[:-60], "The image is damaged or truncated. Save it again."),
        (saved(block(), "JPEG")[:-300], "The image is damaged or truncated. Save it again."),
        (
            saved(Image.new("RGBA", (50, 50), (9, 9, 9, 0))),
            "The image is fully transparent.",
        ),
        (
            saved(Image.new("L", (50, 50), 180)),
            "All pixels of the image have the same value.",
        ),
        (
            saved(Image.new("L", (1, 1), 0)),
            "All pixels of the image have the same value.",
        ),
    ],
    ids="empty archive svg tiff 100MB cut-png cut-jpeg transparent grey pixel".split(),
)
def test_file_that_cannot_be_shown_is_refused_in_a_sentence(content: bytes, sentence: str) -> None:
    with pytest.raises(InvalidImage) as refusal:
        read(content, DIGIT)
    assert str(refusal.value) == sentence


FILES = [
    saved(block(mode="RGBA"), "PNG"),
    saved(block(mode="RGB"), "JPEG"),
    saved(block(), "WEBP"),
    saved(block(), "GIF", save_all=True, append_images=[block(90, 10)]),
    saved(block(), "PNG", save_all=True, append_images=[block(90, 10)]),
]


@pytest.mark.timeout(300)
@given(
    st.sampled_from(FILES),
    st.lists(st.tuples(st.integers(0, 10_000), st.binary(min_size=1, max_size=4)), max_size=4),
    st.integers(1, 10_000),
)
@settings(max_examples=1500)
def test_a_harmed_file_gives_an_image_or_a_refusal(
    file: bytes, changes: list[tuple[int, bytes]], length: int
) -> None:
    content = bytearray(file)
    for place, new in changes:
        start = place % len(content)
        content[start : start + len(new)] = new
    with contextlib.suppress(InvalidImage):
        assert read(bytes(content[: max(length, 20)]), DIGIT).image.shape == (1, 784)
