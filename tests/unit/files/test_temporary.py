"""Temporary folders: gone afterwards, or at the next start after a kill."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from core.files.temporary import PREFIX, remove_abandoned, temporary_folder

CHILD = """
import sys, tempfile
tempfile.tempdir = sys.argv[1]
from core.files.temporary import temporary_folder
with temporary_folder() as folder:
    (folder / "file").write_text("of a worker")
    print(folder, flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def test_a_folder_exists_while_it_is_used(place: Path) -> None:
    with temporary_folder() as folder:
        assert list(place.iterdir()) == [folder]
        remove_abandoned()
        assert folder.is_dir()
    assert list(place.iterdir()) == []


def test_leftovers_of_a_killed_process_are_removed_at_next_start(place: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", CHILD, str(place)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as child:
        assert child.stdout is not None
        folder = Path(child.stdout.readline().strip())
        remove_abandoned()
        assert (folder / "file").exists()
        child.kill()
    assert (folder / "file").exists()
    remove_abandoned()
    assert not folder.exists()


def test_only_the_folders_of_this_machine_s_ended_processes_are_removed(place: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as ended:
        pass
    kept = place / "kept"
    kept.mkdir()
    (kept / "file").write_text("of somebody else")
    others = [place / f"{PREFIX}x-abc", place / f"autoencoder-lab-other-{ended.pid}-abc"]
    for folder in others:
        folder.mkdir()
    (place / f"{PREFIX}{ended.pid}-abc").symlink_to(kept)
    remove_abandoned()
    assert (kept / "file").exists()
    assert all(folder.is_dir() for folder in others)
