"""The list of runs: from an index that is always in line with the files."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from core.diagnostics import Verdict
from core.run import Run
from core.store import RunStore
from support.runs import make_run, small_run

RUN = make_run()
KEY = RUN.variant.key


@pytest.fixture
def store(tmp_path: Path) -> RunStore:
    return RunStore(tmp_path)


def test_a_summary_has_what_a_list_shows(store: RunStore) -> None:
    store.put(RUN)
    [summary] = store.summaries()
    assert summary.key == KEY
    assert summary.variant == RUN.variant
    assert summary.scores == RUN.scores
    assert summary.floor == RUN.floor
    assert (summary.status, summary.created) == ("finished", "2026-01-02T03:04:05+00:00")
    assert (summary.seconds, summary.shipped, summary.has_weights) == (6.1, False, True)
    on_disk = (store.root / "runs" / f"{KEY}.zip").stat().st_size
    assert summary.bytes == on_disk == store.size()


def test_a_verdict_is_kept_for_the_list(tmp_path: Path) -> None:
    def judge(run: Run) -> Verdict:
        word = f"worked for {run.variant.seed}"
        return Verdict(code="works", tone="good", word=word, sentence="It works.", cause=None)

    store = RunStore(tmp_path, judge=judge)
    store.put(small_run(5))
    (tmp_path / "index.sqlite3").unlink()
    for reader in (store, RunStore(tmp_path)):
        [summary] = reader.summaries()
        assert summary.verdict == judge(small_run(5))
    RunStore(tmp_path).put(small_run(5))
    assert RunStore(tmp_path).summaries()[0].verdict is None


def test_runs_are_listed_by_their_last_use(store: RunStore) -> None:
    for seed in (1, 2, 3):
        store.put(small_run(seed))
    store.get(small_run(1).variant.key)
    assert [summary.variant.seed for summary in store.summaries()] == [1, 3, 2]


def test_order_of_use_does_not_depend_on_the_clock(
    store: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    for seed in (1, 2):
        store.put(small_run(seed))
    monkeypatch.setattr("time.time", lambda: 1000.0)  # back to 1970
    store.get(small_run(1).variant.key)
    assert [summary.variant.seed for summary in store.summaries()] == [1, 2]


def lose(index: Path) -> None:
    index.unlink()


def overwrite(index: Path) -> None:
    index.write_bytes(b"this is no database at all" * 100)


def cut(index: Path) -> None:
    index.write_bytes(index.read_bytes()[:-1500])


def empty(index: Path) -> None:
    index.write_bytes(b"")


def belittle_an_error(index: Path) -> None:
    content = index.read_bytes()
    index.write_bytes(content.replace(b'"mse": 0.0141', b'"mse": 0.0041'))


def make_from_another_version(index: Path) -> None:
    connection = sqlite3.connect(index)
    connection.execute("UPDATE runs SET facts = '{}'")
    connection.execute("PRAGMA user_version = 1")
    connection.commit()
    connection.close()


def take_for_another_purpose(index: Path) -> None:
    connection = sqlite3.connect(index)
    connection.executescript("DROP TABLE runs; CREATE TABLE runs (id INTEGER);")
    connection.close()


@pytest.mark.parametrize(
    "harm",
    [
        lose,
        overwrite,
        cut,
        empty,
        belittle_an_error,
        make_from_another_version,
        take_for_another_purpose,
    ],
)
def test_lost_or_damaged_index_is_rebuilt(tmp_path: Path, harm: Callable[[Path], None]) -> None:
    store = RunStore(tmp_path)
    for seed in (1, 2, 3):
        store.put(small_run(seed))
    before = [replace(summary, used=0.0) for summary in store.summaries()]
    for reader in (store, RunStore(tmp_path)):
        harm(tmp_path / "index.sqlite3")
        assert [replace(summary, used=0.0) for summary in reader.summaries()] == before
        assert reader.get(small_run(2).variant.key, record_use=False) is not None
        said = {message.text for message in reader.messages}
        assert said <= {"The index of the runs was damaged and has been rebuilt."}


def test_an_index_that_cannot_be_created_is_kept_in_memory(tmp_path: Path) -> None:
    (tmp_path / "index.sqlite3").mkdir()
    store = RunStore(tmp_path)
    store.put(small_run(1))
    store.put(small_run(2))
    store.get(small_run(1).variant.key)
    assert [summary.variant.seed for summary in store.summaries()] == [1, 2]
    assert [message.text for message in store.messages] == [
        "The index of the runs cannot be written (unable to open database file) and is kept in"
        " memory."
    ]


def test_files_that_were_changed_by_hand_are_listed_as_they_are(
    store: RunStore, tmp_path: Path
) -> None:
    for seed in (1, 2):
        store.put(small_run(seed))
    elsewhere = RunStore(tmp_path / "elsewhere")
    elsewhere.put(small_run(3, status="stopped"))
    elsewhere.put(small_run(2, status="stopped"))
    (tmp_path / "runs" / f"{small_run(1).variant.key}.zip").unlink()
    (tmp_path / "runs" / f"{small_run(2).variant.key}.zip").unlink()
    shutil.copytree(tmp_path / "elsewhere" / "runs", tmp_path / "runs", dirs_exist_ok=True)
    found = {summary.variant.seed: summary.status for summary in store.summaries()}
    assert found == {2: "stopped", 3: "stopped"}


def test_file_that_is_not_a_run_is_not_listed(store: RunStore, tmp_path: Path) -> None:
    store.put(RUN)
    (tmp_path / "runs" / "notes.zip").write_text("a file")
    (tmp_path / "runs" / "0123456789abcdef.zip").mkdir()
    (tmp_path / "runs" / "fedcba9876543210.zip").symlink_to(tmp_path / "runs" / f"{KEY}.zip")
    assert store.keys() == [KEY]
    assert [summary.key for summary in store.summaries()] == [KEY]
