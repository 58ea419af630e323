""".npz files as bytes, the hostile ones included."""

from __future__ import annotations

import io
import pickle
import tracemalloc
import zipfile
import zlib

import numpy as np
import pytest

from core.files import npz

TYPES = {"steps": "<i8", "pixels": "<f2"}
ARRAYS = {"steps": np.arange(3), "pixels": np.full((3, 2), 0.5, np.float16)}


def zipped(members: dict[str, bytes], kind: int = zipfile.ZIP_STORED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", kind) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def npy(array: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    np.lib.format.write_array(buffer, array)
    return buffer.getvalue()


@pytest.mark.parametrize("compressed", [True, False])
def test_arrays_survive_a_round_trip_and_numpy_reads_them_too(compressed: bool) -> None:
    content = npz.to_npz(ARRAYS, compressed=compressed)
    found = npz.from_npz(content, TYPES)
    by_numpy = np.load(io.BytesIO(content), allow_pickle=False)
    for name, array in ARRAYS.items():
        np.testing.assert_array_equal(found[name], array)
        np.testing.assert_array_equal(by_numpy[name], array)
        assert found[name].dtype == array.dtype


def test_equal_arrays_give_equal_bytes() -> None:
    assert npz.to_npz(ARRAYS, compressed=True) == npz.to_npz(dict(ARRAYS), compressed=True)


def test_fortran_order_becomes_c_order() -> None:
    array = np.asfortranarray(np.arange(6, dtype=np.float32).reshape(2, 3))
    found = npz.from_npz(npz.to_npz({"a": array}, compressed=False), {"a": "<f4"})
    np.testing.assert_array_equal(found["a"], [[0, 1, 2], [3, 4, 5]])


def test_an_array_without_elements_comes_back() -> None:
    content = npz.to_npz({"a": np.empty((0, 10, 784), np.float16)}, compressed=True)
    assert npz.from_npz(content, {"a": "<f2"})["a"].shape == (0, 10, 784)


def test_other_arrays_than_expected_are_refused() -> None:
    content = npz.to_npz(ARRAYS, compressed=False)
    with pytest.raises(ValueError, match=r"holds pixels\.npy, steps\.npy"):
        npz.from_npz(content, {"steps": "<i8"})


def test_another_type_is_refused() -> None:
    content = npz.to_npz({"a": np.zeros(3)}, compressed=False)
    with pytest.raises(ValueError, match="type <f8 where <f4 is expected"):
        npz.from_npz(content, {"a": "<f4"})


def test_a_pickle_is_refused_and_not_opened() -> None:
    class Mine:
        def __reduce__(self) -> tuple[object, ...]:
            return (pytest.fail, ("a pickle was opened",))

    buffer = io.BytesIO()
    np.lib.format.write_array(buffer, np.array([Mine()], dtype=object), allow_pickle=True)
    with pytest.raises(ValueError, match=r"array of type \|O where"):
        npz.from_npz(zipped({"a.npy": buffer.getvalue()}), {"a": "<f4"})
    with pytest.raises(ValueError, match="does not have a NumPy array header"):
        npz.from_npz(zipped({"a.npy": pickle.dumps(3)}), {"a": "<f4"})


def test_a_header_that_promises_too_much_allocates_nothing() -> None:
    honest = npy(np.zeros(4, np.float32))
    huge = honest.replace(b"(4,)", b"(9999999999999,)".ljust(4))
    # The header is padded with spaces; take as many away as were put in.
    huge = huge.replace(b" " * 12 + b"\n", b"\n", 1)
    tracemalloc.start()
    with pytest.raises(ValueError, match="not the \\(9999999999999,\\) of its header"):
        npz.from_npz(zipped({"a.npy": huge}), {"a": "<f4"})
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 5e6


@pytest.mark.parametrize(
    "header",
    [
        b"{'descr': '<f4', 'fortran_order': (",
        b"{'descr': [('x', '<f4')], 'fortran_order': False, 'shape': (1,), }",
        b"{'descr': '<f4', 'fortran_order': False, 'shape': (-1,), }",
        b"{'descr': '<f4', 'fortran_order': False, 'shape': (" + b"9" * 300 + b",), }",
        b"(" * 900,
        b"",
    ],
    ids=["open", "structure", "negative", "300 digits", "nested", "empty"],
)
def test_a_header_that_numpy_does_not_write_is_refused(header: bytes) -> None:
    content = b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header
    with pytest.raises(ValueError, match="does not have a NumPy array header"):
        npz.from_npz(zipped({"a.npy": content}), {"a": "<f4"})


def test_a_member_above_the_limit_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(npz, "MAX_BYTES", 1000)
    content = npz.to_npz({"a": np.zeros(1000, np.float32)}, compressed=True)
    assert len(content) < 1000
    with pytest.raises(ValueError, match="4,128 bytes; 1,000 are allowed"):
        npz.from_npz(content, {"a": "<f4"})


def test_a_bomb_that_lies_about_its_size_is_not_unpacked() -> None:
    bomb = bytearray(zipped({"a.npy": bytes(200_000_000)}, zipfile.ZIP_DEFLATED))
    said = (200_000_000).to_bytes(4, "little")
    assert bomb.count(said) == 2  # in front of the member and in the directory
    lie = bytes(bomb.replace(said, (1000).to_bytes(4, "little")))
    tracemalloc.start()
    with pytest.raises(ValueError, match="does not match its checksum"):
        npz.from_npz(lie, {"a": "<f4"})
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 20e6


@pytest.mark.parametrize("kind", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_compressions_that_cannot_be_bounded_are_refused(kind: int) -> None:
    content = zipped({"a.npy": npy(np.zeros(4, np.float32))}, kind)
    with pytest.raises(ValueError, match="is not compressed with deflate"):
        npz.from_npz(content, {"a": "<f4"})


def test_a_flipped_bit_is_noticed() -> None:
    content = bytearray(npz.to_npz(ARRAYS, compressed=False))
    content[content.index(np.float16(0.5).tobytes() * 6)] ^= 1
    with pytest.raises(ValueError, match="does not match its checksum"):
        npz.from_npz(bytes(content), TYPES)


@pytest.mark.parametrize("content", [b"", b"PK", b"not a zip", zlib.compress(b"x" * 100)])
def test_file_that_is_not_an_archive_is_refused(content: bytes) -> None:
    with pytest.raises(ValueError, match="not a zip file, or is truncated"):
        npz.from_npz(content, TYPES)
