"""Hostile data files are refused in bounded time and memory, each with its own sentence.

They are read in a process of its own, whose memory the system limits.
"""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from support.data_files import COUNTS, artificial_arrays, write_idx, write_npz

DEADLINE = 60
MEGABYTES = 100
NOBODY = 65534
# Reads a data set with no more memory than what the imports took and some; root gives up its
# rights first, for nothing is closed to it.
READER = f"""
import os, resource, sys
from core.data import loading
from core.errors import DataUnavailable
loading.load("mnist-sample")  # which imports all that reading takes
pages = int(open("/proc/self/statm").read().split()[0])
limit = pages * resource.getpagesize() + {MEGABYTES} * 2**20
resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
if os.getuid() == 0:
    os.seteuid({NOBODY})
try:
    loading.load(sys.argv[1])
except DataUnavailable as problem:
    print(type(problem).__name__, problem)
"""

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="memory is limited on Linux only")


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder that AUTOENCODER_LAB_DATA names, which any user may read."""
    path = Path(tempfile.mkdtemp(prefix="lab-data-"))
    path.chmod(0o755)
    for variable in ("AUTOENCODER_LAB_HOME", "KERAS_HOME"):
        monkeypatch.setenv(variable, str(path / "nowhere"))
    monkeypatch.setenv("AUTOENCODER_LAB_DATA", str(path))
    yield path
    path.chmod(0o755)
    shutil.rmtree(path)


def refusal(name: str = "mnist") -> str:
    """What is said when a data set is read."""
    process = subprocess.run(
        [sys.executable, "-c", READER, name],
        capture_output=True,
        text=True,
        timeout=DEADLINE,
        check=False,
    )
    assert process.stderr == ""
    return process.stdout


def npy(announced: tuple[int, ...], content: bytes) -> bytes:
    """An array of bytes whose header may lie."""
    stream = io.BytesIO()
    header = {"descr": "|u1", "fortran_order": False, "shape": announced}
    np.lib.format.write_array_header_1_0(stream, header)
    return stream.getvalue() + content


def write_members(folder: Path, kind: int = zipfile.ZIP_DEFLATED, **changed: bytes) -> None:
    """`mnist.npz` with the bytes of some members changed; all images are small."""
    with zipfile.ZipFile(folder / "mnist.npz", "w", kind, compresslevel=1) as archive:
        for name, array in artificial_arrays().items():
            honest = npy(array.shape, array.tobytes())
            archive.writestr(f"{name}.npy", changed.get(name, honest))


def announcing(name: str, *shape: int) -> Callable[[Path], None]:
    return lambda folder: write_members(folder, **{name: npy(shape, bytes(100))})


def with_zeros(name: str) -> Callable[[Path], None]:
    """The right header, and 300 MB behind it."""
    count = COUNTS["test" if name.endswith("test") else "train"]
    return lambda folder: write_members(folder, **{name: npy((count,), bytes(300_000_000))})


def sparse(path: Path) -> None:
    with path.open("ab") as file:
        file.truncate(3 * 2**30)


def changed(**arrays: np.ndarray) -> Callable[[Path], None]:
    return lambda folder: write_npz(folder, **arrays) and None


def in_columns(folder: Path) -> None:
    arrays = artificial_arrays()
    write_npz(folder, x_test=np.asfortranarray(arrays["x_test"]))


def link(target: str) -> Callable[[Path], None]:
    return lambda folder: (folder / "mnist.npz").symlink_to(target)


def closed_file(folder: Path) -> None:
    write_npz(folder).chmod(0)


def closed_folder(folder: Path) -> None:
    write_npz(folder)
    folder.chmod(0)


GREY = np.full((10_000, 28, 28), 7, np.uint8)
CLOSED = "cannot be read: permission denied. Give the user who runs the lab permission to read it."


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (announcing("y_test", 10**12), "labels are uint8 of shape (1000000000000,), expected"),
        (announcing("x_test", 10**12, 28, 28), "images are uint8 of shape (1000000000000, 28, 28)"),
        (announcing("y_train", 60_000), "does not have the 60,000 values that its header states"),
        (with_zeros("y_test"), "y_test.npy does not have the 10,000 values that its header states"),
        (
            lambda folder: sparse(folder / "mnist.npz"),
            "mnist.npz has 3,221,225,472 bytes, expected at most 100,000,000",
        ),
        (changed(x_test=GREY), "all pixels of its images are 7. Delete it, or replace"),
        (
            in_columns,
            "its images are stored column by column; save them with numpy.ascontiguousarray",
        ),
        (
            lambda folder: write_members(folder, zipfile.ZIP_LZMA),
            "x_test.npy is not compressed with deflate",
        ),
        (
            lambda folder: os.mkfifo(folder / "mnist.npz"),
            "cannot be read: not a regular file. Replace",
        ),
        (
            lambda folder: (folder / "mnist.npz").mkdir(),
            "cannot be read: not a regular file. Replace",
        ),
        (link("/dev/zero"), "cannot be read: not a regular file. Replace it with an intact copy."),
        (
            link("mnist.npz"),
            "cannot be read: too many levels of symbolic links. Replace it with an intact copy",
        ),
        (link("unplugged"), "cannot be read: a broken link. Replace it with an intact copy"),
        (closed_file, CLOSED),
        (closed_folder, CLOSED),
    ],
    ids=[
        *("10^12 labels", "10^12 images", "missing labels", "zeros", "3 GB", "grey", "columns"),
        *("LZMA", "pipe", "folder", "device", "loop", "broken link", "closed file"),
        "closed folder",
    ],
)
def test_mnist_is_refused_in_bounds(folder: Path, harm: Callable[[Path], None], said: str) -> None:
    harm(folder)

    found = refusal()

    assert str(folder / "mnist.npz") in found
    assert said in found
    assert len(found.splitlines()) == 1


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (sparse, "3,221,225,472 bytes, expected at most 100,000,000"),
        (os.mkfifo, "cannot be read: not a regular file"),
    ],
    ids=["3 GB", "pipe"],
)
def test_fashion_mnist_is_refused_in_bounds(
    folder: Path, harm: Callable[[Path], None], said: str
) -> None:
    labels = write_idx(folder) / "t10k-labels-idx1-ubyte.gz"
    labels.unlink()
    harm(labels)

    assert said in refusal("fashion-mnist")
