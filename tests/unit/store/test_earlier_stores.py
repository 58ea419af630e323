"""A store and an archive that an earlier version made, in which each run is a folder.

Both were written by that version and never since: runs 1 (complete), 2 (without weights), 3 (a
loss in its table changed on disk), 4 (set aside), 5 (in the trash) and 6 (moved away by a process
that was killed before it put another in its place). The numbers below are what it read itself.
"""

from __future__ import annotations

import errno
import hashlib
import io
import logging
import os
import shutil
import time
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.errors import InvalidArchive
from core.files import atomic_files
from core.run import LossPair, Run
from core.store import RunStore
from core.store.import_export import import_archive

EARLIER = Path(__file__).parents[2] / "support" / "earlier"
COMPLETE = "a4332563304de2da"
WITHOUT_WEIGHTS = "b51df2d9cc20c6b1"
CHANGED = "a24ae9c8aa99bb0b"
SET_ASIDE = "190d83db490b3b25"
THROWN_AWAY = "d2ca07a1bf1adbf7"
MOVED_AWAY = "323fc538171a5ba8"
WRITTEN = 1_700_000_000


@pytest.fixture
def earlier(tmp_path: Path) -> Path:
    """The store on disk; what is in the trash was thrown away just now."""
    root = tmp_path / "store"
    with zipfile.ZipFile(EARLIER / "store_of_folders.zip") as content:
        content.extractall(root)
    for kind in ("runs", "replaced"):
        for folder in (root / kind).iterdir():
            os.utime(folder, (WRITTEN, WRITTEN))
    return root


def digest(array: np.ndarray[Any, Any]) -> str:
    return hashlib.sha256(np.ascontiguousarray(array).tobytes()).hexdigest()[:16]


def assert_complete(run: Run | None) -> None:
    assert run is not None
    assert run.variant.seed == 1
    assert (run.status, run.scores.mse, run.floor) == (
        "finished",
        0.0141,
        LossPair(training=0.0583, held_out=0.0587),
    )
    assert run.history.losses[:2] == [0.6992674659622995, 0.6801002255052693]
    assert (len(run.history.losses), run.history.losses[-1]) == (135, 0.10866073635421385)
    assert [scores.mse for scores in run.history.epochs] == [0.042, 0.021, 0.014]
    assert [frame.step for frame in run.history.frames] == [0, 45, 90, 135]
    assert digest(run.history.frames[-1].pixels) == "b4691e725a083d2f"
    assert digest(run.pinned.images) == "d740e87af0bad853"
    assert [digest(layer.kernel) for layer in run.weights or ()] == [
        "3ecfe039aa558f66",
        "009bf6fe1b3496c4",
    ]


def names(root: Path, kind: str) -> list[str]:
    return sorted(path.name for path in (root / kind).iterdir())


def test_every_run_is_there_and_the_count_is_logged(
    earlier: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        store = RunStore(earlier)
    assert "runs-converted count=4" in caplog.text
    assert store.keys() == sorted([COMPLETE, WITHOUT_WEIGHTS, MOVED_AWAY])
    assert_complete(store.get(COMPLETE))
    stopped, moved = store.get(WITHOUT_WEIGHTS), store.get(MOVED_AWAY)
    assert stopped is not None
    assert moved is not None
    assert (stopped.status, stopped.weights) == ("stopped", None)
    assert (moved.variant.seed, len(moved.weights or ())) == (6, 2)
    assert store.restore(THROWN_AWAY)
    restored = store.get(THROWN_AWAY)
    assert restored is not None
    assert restored.variant.seed == 5
    assert names(earlier, "runs") == sorted(
        f"{key}.zip" for key in (COMPLETE, WITHOUT_WEIGHTS, MOVED_AWAY, THROWN_AWAY)
    )
    assert sorted(path.name for path in earlier.iterdir()) == [
        "damaged",
        "index.sqlite3",
        "runs",
        "trash",
    ]


def test_changed_file_is_moved_to_damaged_and_reported(earlier: Path) -> None:
    store = RunStore(earlier)
    assert store.get(CHANGED) is None
    [message] = store.messages
    assert message.key == CHANGED
    assert "The file history.csv does not match its checksum." in message.text
    changed, move_to_damaged = sorted(names(earlier, "damaged"), reverse=True)
    assert (changed[:16], move_to_damaged[:16]) == (CHANGED, SET_ASIDE)
    for folder in (changed, move_to_damaged):
        assert len(names(earlier / "damaged", folder)) == 7


def test_lists_keep_the_verdicts_and_the_order_of_use(earlier: Path) -> None:
    listed = [summary for summary in RunStore(earlier).summaries() if summary.key != MOVED_AWAY]
    assert [summary.key for summary in listed] == [WITHOUT_WEIGHTS, COMPLETE]
    assert [summary.verdict and summary.verdict.code for summary in listed] == [
        "stopped",
        "unmeasured",
    ]
    assert [summary.has_weights for summary in listed] == [False, True]
    (earlier / "index.sqlite3").unlink()
    assert {summary.used for summary in RunStore(earlier).summaries()} == {WRITTEN}


def test_an_interrupted_conversion_continues(
    earlier: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    write = atomic_files.write

    def until_the_disk_is_full(path: Path, content: bytes) -> str:
        if len(list((earlier / "runs").glob("*.zip"))) == 1:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return write(path, content)

    with monkeypatch.context() as full:
        full.setattr(atomic_files, "write", until_the_disk_is_full)
        store = RunStore(earlier)
    assert len(store.keys()) == 1
    texts = [message.text for message in store.messages if message.key is None]
    assert texts[0].startswith("The disk is full")
    assert texts[1].endswith("of an earlier version cannot be converted, and are not listed.")
    later = RunStore(earlier)
    assert_complete(later.get(COMPLETE))
    assert later.keys() == sorted([COMPLETE, WITHOUT_WEIGHTS, MOVED_AWAY])


def test_a_folder_beside_its_file_is_left_from_a_conversion(earlier: Path, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    shutil.copytree(earlier / "runs" / COMPLETE, kept)
    RunStore(earlier)
    (kept / "weights.npz").unlink()
    shutil.move(kept, earlier / "runs" / COMPLETE)
    store = RunStore(earlier)
    assert store.messages == []
    assert_complete(store.get(COMPLETE))
    assert not (earlier / "runs" / COMPLETE).exists()


def test_unfinished_files_of_an_earlier_version_stay_for_ten_minutes(earlier: Path) -> None:
    new, old = (earlier / "incoming" / f"{COMPLETE}.{tag}" for tag in ("new", "old"))
    for folder in (new, old):
        folder.mkdir()
    long_ago = time.time() - 700
    os.utime(old, (long_ago, long_ago))
    RunStore(earlier)
    assert names(earlier, "incoming") == [new.name]


def test_an_archive_of_an_earlier_version_is_imported(tmp_path: Path) -> None:
    store = RunStore(tmp_path)
    with (EARLIER / "archive_of_folders.zip").open("rb") as source:
        assert import_archive(store, source).added == (COMPLETE, WITHOUT_WEIGHTS)
    assert_complete(store.get(COMPLETE))


@pytest.mark.parametrize(
    ("change", "refused"),
    [
        ({"history.csv": b"step,loss\n1,0.5\n"}, "history.csv does not match its checksum"),
        ({"weights.npz": None}, "The file weights.npz is missing"),
        *(
            ({"manifest.json": content}, "manifest.json cannot be read")
            for content in (b"", b"{", b"[]", b'{"format": 1}', b"[" * 100_000, b"\xff")
        ),
        ({"manifest.json": b'{"format": 2, "files": {}}'}, "another version of the lab"),
        ({"manifest.json": b'{"format": 1, "files": {}}'}, "The file run.json is missing"),
        ({"manifest.json": b'{"format": 1, "files": {"../x": {}}}'}, "lists a file ../x"),
    ],
)
def test_such_an_archive_is_held_to_its_manifest(
    tmp_path: Path, change: dict[str, bytes | None], refused: str
) -> None:
    with zipfile.ZipFile(EARLIER / "archive_of_folders.zip") as content:
        members = {name: content.read(name) for name in content.namelist()}
    members |= {f"{COMPLETE}/{name}": changed for name, changed in change.items()}
    with zipfile.ZipFile(tmp_path / "changed.zip", "w") as content:
        for name, member in members.items():
            if member is not None:
                content.writestr(name, member)
    store = RunStore(tmp_path / "store")
    source = io.BytesIO((tmp_path / "changed.zip").read_bytes())
    with pytest.raises(InvalidArchive, match=refused):
        import_archive(store, source)
    assert store.keys() == []
