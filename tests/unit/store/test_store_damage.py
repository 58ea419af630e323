"""Damaged runs are set aside, and said."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from core.store import RunStore
from core.store.run_files import ALL
from support.runs import assert_same_run, make_run, small_run

RUN = make_run()
KEY = RUN.variant.key


@pytest.fixture
def store(tmp_path: Path) -> RunStore:
    return RunStore(tmp_path)


def folders_of(root: Path, kind: str) -> list[str]:
    return sorted(path.name for path in (root / kind).iterdir())


def damage_by_cutting(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-10])


def damage_by_a_bit(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 4
    path.write_bytes(content)


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("damage", [damage_by_cutting, damage_by_a_bit, Path.unlink])
def test_a_damaged_run_is_set_aside_and_said(
    tmp_path: Path, name: str, damage: Callable[[Path], None]
) -> None:
    store = RunStore(tmp_path)
    store.put(RUN)
    damage(tmp_path / "runs" / KEY / name)
    assert store.get(KEY) is None
    assert KEY not in store
    assert store.summaries() == []
    [aside] = folders_of(tmp_path, "damaged")
    [message] = store.messages
    assert message.key == KEY
    assert message.text.startswith("The stored run is damaged. The file ")
    # A manifest with a wrong digit accuses the file that the digit is of.
    assert name in message.text or name == "manifest.json"
    assert aside in message.text


def test_a_damaged_run_is_forgotten_once_it_was_trained_again(
    store: RunStore, tmp_path: Path
) -> None:
    store.put(RUN)
    damage_by_a_bit(tmp_path / "runs" / KEY / "frames.npz")
    assert store.get(KEY) is None
    store.put(RUN)
    assert_same_run(store.get(KEY), RUN)
    assert store.messages == []


def test_a_run_filed_under_another_key_is_not_shown_as_that(
    store: RunStore, tmp_path: Path
) -> None:
    store.put(RUN)
    other = "0123456789abcdef"
    (tmp_path / "runs" / KEY).rename(tmp_path / "runs" / other)
    assert store.get(other) is None
    assert "not those that it is filed under" in store.messages[-1].text


def test_damage_found_while_listing_is_set_aside_too(store: RunStore, tmp_path: Path) -> None:
    store.put(RUN)
    store.put(small_run(1))
    damage_by_a_bit(tmp_path / "runs" / KEY / "run.json")
    (tmp_path / "index.sqlite3").unlink()
    assert [summary.variant.seed for summary in store.summaries()] == [1]
    assert [message.key for message in store.messages] == [KEY]


def test_only_the_latest_twenty_damaged_runs_are_kept(tmp_path: Path) -> None:
    RunStore(tmp_path)
    for age in range(25):
        folder = tmp_path / "damaged" / f"{age:016x}.tag"
        folder.mkdir()
        moment = time.time() - age * 1000
        os.utime(folder, (moment, moment))
    RunStore(tmp_path)
    assert folders_of(tmp_path, "damaged") == [f"{age:016x}.tag" for age in range(20)]
