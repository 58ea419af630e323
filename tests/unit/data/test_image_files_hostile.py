"""Hostile files of images: each is refused with one clear sentence, in bounded memory."""

from __future__ import annotations

import gzip
import io
import pickle
import struct
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.data.image_files.parts import ReadLimits
from core.data.image_files.reading import read
from core.errors import InvalidImages
from support.data_files import idx
from support.image_files import csv_of, digits, given, npy_of, npz_of, pictures_zip, png, zip_of

GREYS, LABELS = digits()
PICTURES = {f"{place}.png": png(image) for place, image in enumerate(GREYS)}
# Those of a public host are higher; what is beyond these is made sooner.
LIMITS = ReadLimits(file_bytes=20_000_000, images=2_000, inflated_bytes=60_000_000)
SHAPES = (
    r"expected \(images, height, width\), \(images, height, width, 1 or 3\), or \(images, height ×"
    r" width\) of square images\.$"
)


class Runs:
    """What would run a command where it is unpickled."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return exec, ("raise SystemExit('unpickled')",)


def npy(kind: str, shape: str, content: bytes = b"", *, in_columns: bool = False) -> bytes:
    """An .npy file whose header says anything."""
    text = f"{{'descr': '{kind}', 'fortran_order': {in_columns}, 'shape': {shape}, }}\n".encode()
    return b"\x93NUMPY\1\0" + struct.pack("<H", len(text)) + text + content


def objects() -> bytes:
    array = np.empty(20, object)
    array[:] = [Runs()] * 20
    return npy_of(array)


def changed(content: bytes, *, at: int) -> bytes:
    """A file with one byte changed."""
    return content[:at] + bytes([content[at] ^ 0xFF]) + content[at + 1 :]


def stored_zip(name: str, content: bytes, announced: int) -> bytes:
    """A zip whose directory announces another size of its file than it has."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    found = target.getvalue()
    at = found.rindex(b"PK\1\2") + 24
    return found[:at] + struct.pack("<I", announced) + found[at + 4 :]


def encrypted() -> bytes:
    content = zip_of(PICTURES)
    at = content.index(b"PK\1\2") + 8
    return content[:at] + b"\1\0" + content[at + 2 :]


def with_row(row: str) -> bytes:
    """A table of which row 12 is this one."""
    rows = csv_of(GREYS, LABELS, header=True).split(b"\n")
    rows[11] = row.encode()
    return b"\n".join(rows)


def with_member(name: str, content: bytes = b"") -> bytes:
    return zip_of({**PICTURES, name: content})


def with_value(value: float) -> bytes:
    array = (GREYS / 255).astype(np.float32)
    array[7, 3, 3] = value
    return npy_of(array)


def huge_png() -> bytes:
    """A PNG that announces 100,000 x 100,000 pixels."""
    header = struct.pack(">IIBBBBB", 100_000, 100_000, 8, 0, 0, 0, 0)
    chunk = b"IHDR" + header
    return (
        b"\x89PNG\r\n\x1a\n"
        + struct.pack(">I", 13)
        + chunk
        + struct.pack(">I", zlib.crc32(chunk))
        + png(GREYS[0])[33:]
    )


def animation() -> bytes:
    target = io.BytesIO()
    Image.fromarray(GREYS[0]).save(target, "GIF")
    return target.getvalue()


# Name of the file to its content, and what is said of it.
FILES: dict[str, tuple[Callable[[], bytes], str]] = {
    "empty": (lambda: b"", r"^The file is empty\.$"),
    "npy of objects": (objects, r"^The array holds Python objects, which are not read since"),
    "npz of objects": (
        lambda: zip_of({"x_train.npy": objects()}),
        r"^x_train holds Python objects, which are not read since they can run code\.",
    ),
    "pickle": (lambda: pickle.dumps(Runs()), r"^This is a Python pickle, which is not read"),
    "npy of text": (
        lambda: npy_of(np.array([["a"] * 784] * 20)),
        r"^The array holds str32; expected whole or real numbers\.$",
    ),
    "npy of complex numbers": (
        lambda: npy_of(np.zeros((20, 784), complex)),
        r"^The array holds complex128; expected whole or real numbers\.$",
    ),
    "npy with a header that is code": (
        lambda: npy("|u1", "(__import__('os').abort(),)"),
        r"^The array is not an array of numbers: its content does not have a NumPy array header",
    ),
    "npy that claims 10 GB": (
        lambda: npy("|u1", "(20, 1024, 524288)"),
        r"^An image has 1,024 × 524,288 pixels; a side may have up to 1,024\.",
    ),
    "npy that claims 10 GB in large images": (
        lambda: npy("<f8", "(1200, 1024, 1024)"),
        r"^Its images take 10,066 MB once they are unpacked; up to 60 MB are allowed\.",
    ),
    "npy that claims a billion images": (
        lambda: npy("|u1", "(1000000000, 28, 28)"),
        r"^There are 1,000,000,000 images; up to 2,000 are allowed\. Leave some out\.$",
    ),
    "npy that claims more than any memory": (
        lambda: npy("|u1", "(20, 999999999999999999)"),
        r"^An image has 999,999,999,999,999,999 values, which is not the square",
    ),
    "npy that ends early": (
        lambda: npy("|u1", "(20, 28, 28)", bytes(19 * 784)),
        r"^The array ends before the 20 images that its header states\. Save it again\.$",
    ),
    "npy that goes on": (
        lambda: npy("|u1", "(20, 28, 28)", bytes(21 * 784)),
        r"^The array has more than the 20 images that its header states\. Save it again\.$",
    ),
    "npy in columns": (
        lambda: npy_of(np.asfortranarray(GREYS)),
        r"^The array is stored column by column; save it with numpy\.ascontiguousarray\.$",
    ),
    "npy of one dimension": (
        lambda: npy_of(np.zeros(784, np.uint8)),
        r"^The array has the shape \(784\); " + SHAPES,
    ),
    "npy of five dimensions": (
        lambda: npy_of(np.zeros((20, 2, 2, 2, 2), np.uint8)),
        r"^The array has the shape \(20, 2, 2, 2, 2\); " + SHAPES,
    ),
    "npy of four channels": (
        lambda: npy_of(np.zeros((20, 28, 28, 4), np.uint8)),
        r"^The array has the shape \(20, 28, 28, 4\); " + SHAPES,
    ),
    "npy of 300 columns": (
        lambda: npy_of(np.zeros((20, 300), np.uint8)),
        r"^An image has 300 values, which is not the square of a whole number, as 784 = 28 × 28",
    ),
    "npy of 1 x 100,000 pixels": (
        lambda: npy_of(np.zeros((20, 1, 100_000), np.uint8)),
        r"^An image has 1 × 100,000 pixels; a side may have up to 1,024\.",
    ),
    "npy without pixels": (
        lambda: npy_of(np.zeros((20, 0, 28), np.uint8)),
        r"^The array has the shape \(20, 0, 28\); " + SHAPES,
    ),
    "no image": (
        lambda: npy_of(np.zeros((0, 28, 28), np.uint8)),
        r"^There are 0 images; at least 20 are needed, some to train on and 10 held out\.$",
    ),
    "one image": (
        lambda: npy_of(GREYS[:1]),
        r"^There is 1 image; at least 20 are needed, some to train on and 10 held out\.$",
    ),
    "19 images": (
        lambda: npy_of(GREYS[:19]),
        r"^There are 19 images; at least 20 are needed, some to train on and 10 held out\.$",
    ),
    "9 test images": (
        lambda: npz_of(x_train=GREYS[:30], x_test=GREYS[31:]),
        r"^There are 9 test images; at least 10 are needed\. Leave them out,",
    ),
    "NaN": (lambda: with_value(np.nan), r"^Some pixel values are not finite \(NaN or infinite\);"),
    "infinite": (lambda: with_value(-np.inf), r"^Some pixel values are not finite"),
    "1e30": (
        lambda: with_value(1e30),
        r"^Pixel values reach 1e\+30; expected 0 to 255, 0 to 1 or the like\.$",
    ),
    "npz of two arrays": (
        lambda: npz_of(a=GREYS, b=GREYS),
        r"^The file contains a, b; expected an array of images named x_train, or a single one\.$",
    ),
    "npz with labels of another length": (
        lambda: npz_of(x_train=GREYS, y_train=LABELS[:7]),
        r"^The labels y_train are int64 of shape \(7\); expected whole numbers of shape \(40,\),",
    ),
    "npz with real labels": (
        lambda: npz_of(x_train=GREYS, y_train=LABELS / 2),
        r"^The labels y_train are float64 of shape \(40\); expected whole numbers",
    ),
    "npz with a path": (
        lambda: zip_of({"../x_train.npy": npy_of(GREYS)}),
        r"^An \.npz file of arrays cannot contain '\.\./x_train\.npy'; save it with numpy\.savez\.",
    ),
    "npz cut off": (
        lambda: npz_of(x_train=GREYS)[:-30],
        r"^The zip file cannot be read: it is not a zip file, or is truncated\.$",
    ),
    "npz with a changed byte": (
        lambda: changed(zip_of({"x_train.npy": npy_of(GREYS)}), at=2_000),
        r"^The \.npz file cannot be read: (its compressed bytes are corrupt|its content does not"
        r" match its checksum)\.$",
    ),
    "npz bomb": (
        lambda: npz_of(x_train=np.zeros((60, 1024, 1024), np.uint8)),
        r"^Its images take 63 MB once they are unpacked; up to 60 MB are allowed\.",
    ),
    "ragged csv": (
        lambda: with_row("1,2,3"),
        r"^Row 12 of the table has 3 columns and those before it have 785; expected one image",
    ),
    "csv with text": (
        lambda: with_row("5" + ",0" * 783 + ",high"),
        r"^Row 12 of the table has the text 'high' in column 785; expected numbers\.$",
    ),
    "csv with a gap": (
        lambda: with_row("5,,0" + ",0" * 782),
        r"^Row 12 of the table has nothing in column 2; expected numbers\.$",
    ),
    "csv with NaN": (
        lambda: with_row("5,nan,0" + ",0" * 782),
        r"^Some pixel values are not finite",
    ),
    "csv of 300 columns": (
        lambda: csv_of(np.zeros((20, 300), np.uint8)),
        r"^The table has 300 columns; expected a square number of pixels, as 784 = 28 × 28 is,",
    ),
    "csv with real labels": (
        lambda: b"\n".join([b"0.5" + b",0" * 784] * 20),
        r"^The first column of the table is not whole numbers, as labels are;",
    ),
    "csv of a header alone": (
        lambda: csv_of(GREYS[:1], LABELS[:1], header=True).split(b"\n")[0],
        r"^The table has no rows of numbers\.$",
    ),
    "csv of one endless row": (
        lambda: b"0," * 600_000,
        r"^A row of the table has more than 1 MB; expected one image in each row\.$",
    ),
    "csv.gz bomb": (
        lambda: gzip.compress((b"0" + b",0" * 783 + b"\n") * 2_001),
        r"^There are 2,001 images; up to 2,000 are allowed\.",
    ),
    "words": (
        lambda: b"Dear lab,\nplease train on this.\n",
        r"^The table has 2 columns; expected a square number of pixels, as 784 = 28 × 28 is,",
    ),
    "bytes": (
        lambda: bytes(range(255, 127, -1)) * 100,
        r"^This is not an \.npy, \.npz, \.csv, IDX or \.zip file, nor a PNG, JPEG or WebP image\.$",
    ),
    "idx cut off": (
        lambda: idx(GREYS)[:-5],
        r"^The IDX file ends before the 40 images that its header states\. Save it again\.$",
    ),
    "idx with half a header": (
        lambda: idx(GREYS)[:9],
        r"^The header of the IDX file is incomplete\. Download it again\.$",
    ),
    "idx of labels": (
        lambda: idx(LABELS.astype(np.uint8)),
        r"^The IDX file holds labels; give the file of images with it\.$",
    ),
    "idx that claims 4 billion images": (
        lambda: b"\0\0\x08\x03" + struct.pack(">3I", 2**32 - 1, 28, 28),
        r"^There are 4,294,967,295 images; up to 2,000 are allowed\.",
    ),
    "idx.gz cut off": (
        lambda: gzip.compress(idx(GREYS))[:-40],
        r"^The gzip file is damaged or truncated\. Download it again\.$",
    ),
    "zip of nothing": (
        lambda: zip_of({}),
        r"^The zip file contains no PNG, JPEG or WebP images\.$",
    ),
    "zip in a zip": (
        lambda: with_member("more.zip", zip_of(PICTURES)),
        r"^The zip file contains another archive, 'more\.zip'; unpack that first\.$",
    ),
    "zip with text": (
        lambda: with_member("notes.txt", b"hello"),
        r"^The zip file contains 'notes\.txt', which is not a PNG, JPEG or WebP image; leave it",
    ),
    "zip with a path out of it": (
        lambda: with_member("../../etc/passwd.png", PICTURES["0.png"]),
        r"^The zip file contains '\.\./\.\./etc/passwd\.png', which leads out of it;",
    ),
    "zip with an absolute path": (
        lambda: with_member("/root/0.png", PICTURES["0.png"]),
        r"^The zip file contains '/root/0\.png', which leads out of it;",
    ),
    "zip with a drive": (
        lambda: with_member("C:\\0.png", PICTURES["0.png"]),
        r"^The zip file contains 'C:\\\\0\.png', which leads out of it;",
    ),
    "zip with text named as a picture": (
        lambda: with_member("zz.png", b"not a picture"),
        r"^Image 41 cannot be read\. It is not a PNG, JPEG or WebP image\.$",
    ),
    "zip with a GIF named as a PNG": (
        lambda: with_member("zz.png", animation()),
        r"^Image 41 cannot be read\. It is not a PNG, JPEG or WebP image\.$",
    ),
    "zip with half a picture": (
        lambda: with_member("zz.png", PICTURES["0.png"][:90]),
        r"^Image 41 cannot be read\. The image is damaged or truncated\. Save it again\.$",
    ),
    "zip with a picture of 10 gigapixels": (
        lambda: with_member("zz.png", huge_png()),
        r"^Image 41 cannot be read\. The image has (100,000 × 100,000|too many) pixels",
    ),
    "zip bomb": (
        lambda: zip_of({f"{place}.png": bytes(19_000_000) for place in range(4)}),
        r"^Its images take 76 MB once they are unpacked; up to 60 MB are allowed\.",
    ),
    "zip of one bomb": (
        lambda: zip_of({"0.png": bytes(30_000_000)}),
        r"^The zip file cannot be read: 0\.png has 30,000,000 bytes; 20,000,000 are allowed\.$",
    ),
    "zip that announces less than it has": (
        lambda: stored_zip("0.png", bytes(30_000_000), 500),
        r"^The zip file cannot be read: its content does not match its checksum\.$",
    ),
    "encrypted zip": (
        encrypted,
        r"^The zip file cannot be read: it is encrypted, or its compression is unknown\.$",
    ),
    "zip of 2,001 pictures": (
        lambda: zip_of({f"{place}.png": b"" for place in range(2_001)}),
        r"^There are 2,001 images; up to 2,000 are allowed\.",
    ),
    "zip of long names": (
        lambda: zip_of({f"{'n' * 900}{place}.png": b"" for place in range(700)}),
        r"^The zip file contains too many files\. Leave some out\.$",
    ),
    "21 MB": (
        lambda: bytes(21_000_000),
        r"^The file has 21\.0 MB; up to 20 MB are allowed\. Leave some images out,",
    ),
}


def test_there_are_at_least_forty() -> None:
    assert len(FILES) >= 40


@pytest.mark.parametrize("name", FILES)
def test_hostile_file_is_refused_in_one_sentence(name: str) -> None:
    make, sentence = FILES[name]
    with pytest.raises(InvalidImages, match=sentence) as refusal:
        read([given(make())], LIMITS)
    assert "\n" not in str(refusal.value)
    assert len(str(refusal.value)) < 260


def test_files_that_do_not_belong_together_are_refused() -> None:
    with pytest.raises(
        InvalidImages, match=r"^Several files can be read together only if they are"
    ):
        read([given(npy_of(GREYS)), given(png(GREYS[0]))], LIMITS)
    with pytest.raises(InvalidImages, match=r"^Several files can be read together"):
        read([given(idx(GREYS), "a"), given(idx(GREYS), "b")], LIMITS)
    with pytest.raises(InvalidImages, match=r"^There are 40 images and 7 labels; expected one for"):
        read([given(idx(GREYS)), given(idx(LABELS[:7].astype(np.uint8)))], LIMITS)
    with pytest.raises(InvalidImages, match=r"^The file is empty"):
        read([given(b"")], LIMITS)


# Reads a file with no more memory than what the imports and one ordinary file took, and some.
READER = """
import io, resource, sys
from pathlib import Path
from core.data.image_files.parts import ReadLimits
from core.data.image_files.reading import read
from core.data.image_files.given_file import GivenFile
from core.errors import InvalidImages
def given(path):
    return GivenFile(name="f", size=path.stat().st_size, open=lambda: path.open("rb"))
limits = ReadLimits(file_bytes=20_000_000, images=2_000, inflated_bytes=60_000_000)
read([given(Path(sys.argv[1]))], limits)
pages = int(open("/proc/self/statm").read().split()[0])
most = pages * resource.getpagesize() + 40 * 2**20
resource.setrlimit(resource.RLIMIT_AS, (most, most))
for name in sys.argv[2:]:
    try:
        found = read([given(Path(name))], limits)
        print(len(found.training))
    except InvalidImages as refusal:
        print(refusal)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="memory is limited on Linux only")
def test_bombs_are_refused_and_large_files_read_in_40_megabytes(tmp_path: Path) -> None:
    bombs = [name for name in FILES if "bomb" in name or "claims" in name or "announces" in name]
    ordinary = tmp_path / "ordinary"
    ordinary.write_bytes(pictures_zip(GREYS))
    paths = [ordinary]
    for place, name in enumerate(bombs):
        paths.append(tmp_path / str(place))
        paths[-1].write_bytes(FILES[name][0]())
    # 50 MB of real numbers, and 58 MB of large images, which are allowed.
    paths += [tmp_path / "numbers", tmp_path / "large"]
    paths[-2].write_bytes(npz_of(x_train=np.zeros((2_000, 63, 50))))
    paths[-1].write_bytes(npz_of(x_train=np.zeros((55, 1024, 1024), np.uint8)))
    process = subprocess.run(
        [sys.executable, "-c", READER, *map(str, paths)],
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert process.stderr == ""
    *refusals, numbers, large = process.stdout.splitlines()
    assert (numbers, large) == ("2000", "55")
    assert len(refusals) == len(bombs)
    assert not any("memory" in refusal for refusal in refusals)
