"""Files between their upload and their use: on disk, bounded, and gone in the end."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from core.data import pending_images
from core.data.image_files.reading import read
from core.errors import InvalidImages, StoreUnavailable
from support.image_files import digits, png


def hold(*contents: bytes, most: int | None = None, of_all: int | None = None):  # type: ignore[no-untyped-def]
    files = [(f"../../{place}.png", content) for place, content in enumerate(contents)]
    return pending_images.hold(files, max_bytes=most, max_total_bytes=of_all)


def test_pending_files_are_read_and_dropped(home: Path) -> None:
    pending = hold(*(png(image) for image in digits()[0]))
    assert len(read(pending.files()).training) == 40
    assert {path.parent.parent for path in home.rglob("*") if path.is_file()} == {
        home / "images" / "pending"
    }
    pending.drop()
    assert [path for path in home.rglob("*") if path.is_file()] == []
    with pytest.raises(InvalidImages, match=r"^The files are no longer here\. Upload them again"):
        pending.files()


def test_files_are_limited_per_visitor_and_in_total(home: Path) -> None:
    with pytest.raises(InvalidImages, match=r"^The files have 0\.0 MB; up to 1e-05 MB are allowed"):
        hold(b"0" * 11, most=10)
    hold(b"0" * 60, of_all=100)
    with pytest.raises(InvalidImages, match=r"^Many visitors add images now\."):
        hold(b"0" * 60, of_all=100)
    assert len([path for path in home.rglob("*") if path.is_file()]) == 1


def test_files_that_another_session_drops_meanwhile_take_no_space(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone, scandir = hold(b"0" * 60), os.scandir

    def dropped_meanwhile(folder: Path | int):  # type: ignore[no-untyped-def]
        if isinstance(folder, Path) and folder.name == gone.token:
            gone.drop()
        return scandir(folder)

    monkeypatch.setattr(os, "scandir", dropped_meanwhile)
    assert hold(b"0" * 60, of_all=100).files()[0].size == 60


def test_files_older_than_an_hour_are_dropped(home: Path) -> None:
    pending = hold(b"0" * 60, of_all=100)
    os.utime(home / "images" / "pending" / pending.token, (1_000_000, 1_000_000))
    assert hold(b"0" * 60, of_all=100).files()[0].size == 60


def test_full_disk_leaves_no_partial_upload(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: Path, content: bytes) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(StoreUnavailable, match=r"^The disk is full"):
        hold(b"0")
    assert list((home / "images" / "pending").iterdir()) == []
