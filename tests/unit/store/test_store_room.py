"""Room on the disk: what goes first at the limit, and what is deleted and had back."""

from __future__ import annotations

import os
import time
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from core import environment
from core.errors import LabError
from core.store import RunStore
from core.store.archive import Archive
from core.store.run_format import LAYERS, REQUIRED
from support.runs import assert_same_run, make_run, small_run

RUN = make_run()
KEY = RUN.variant.key


@pytest.fixture
def store(tmp_path: Path) -> RunStore:
    return RunStore(tmp_path)


def folders_of(root: Path, kind: str) -> list[str]:
    return sorted(path.name for path in (root / kind).iterdir())


def sizes(store: RunStore) -> dict[int, tuple[int, bool]]:
    return {s.variant.seed: (s.bytes, s.has_weights) for s in store.summaries()}


def test_nothing_is_deleted_below_the_limit(store: RunStore) -> None:
    store.put(small_run(1))
    freed = store.enforce_limit(store.size() / 1e6)
    assert (freed.weights, freed.runs) == ((), ())


def test_least_recently_used_weights_are_deleted_first(store: RunStore) -> None:
    for seed in (1, 2, 3):
        store.put(small_run(seed))
    store.get(small_run(1).variant.key)
    freed = store.enforce_limit(store.size() / 1e6 - 0.001)
    assert freed.weights == (small_run(2).variant.key,)
    assert freed.runs == ()
    assert {seed: weights for seed, (_, weights) in sizes(store).items()} == {
        1: True,
        2: False,
        3: True,
    }
    assert_same_run(store.get(small_run(2).variant.key), small_run(2, weights=None))
    assert store.messages == []


def test_whole_runs_are_deleted_after_all_weights(store: RunStore, tmp_path: Path) -> None:
    for seed in (1, 2, 3):
        store.put(small_run(seed, weights=None))
    for seed in (4, 5):
        store.put(small_run(seed))
    without_weights = sum(sizes(store)[seed][0] for seed in (1, 2, 3)) / 3
    keys = {seed: small_run(seed).variant.key for seed in range(1, 6)}
    freed = store.enforce_limit(without_weights * 3.5 / 1e6)
    assert freed.weights == (keys[4], keys[5])
    assert freed.runs == (keys[1], keys[2])
    assert store.size() <= without_weights * 3.5
    assert folders_of(tmp_path, "trash") == []


def test_protected_runs_are_not_reduced(store: RunStore) -> None:
    for seed in (1, 2):
        store.put(small_run(seed))
    key = small_run(1).variant.key
    freed = store.enforce_limit(0, protected={key})
    assert freed.runs == (small_run(2).variant.key,)
    assert store.keys() == [key]
    assert_same_run(store.get(key), small_run(1))


def test_a_store_stays_within_its_limit_and_keeps_the_newest_runs(tmp_path: Path) -> None:
    unlimited = RunStore(tmp_path)
    unlimited.put(small_run(1))
    one = unlimited.size()
    limited = RunStore(tmp_path, megabytes=(2 * one - 1) / 1e6)
    limited.put(small_run(2))
    assert {seed: weights for seed, (_, weights) in sizes(limited).items()} == {1: False, 2: True}
    limited.protected.add(small_run(1).variant.key)
    limited.put(small_run(3))
    assert {seed: weights for seed, (_, weights) in sizes(limited).items()} == {1: False, 3: True}
    assert limited.size() < 2 * one


def test_the_limit_is_read_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AUTOENCODER_LAB_CACHE_MB", raising=False)
    assert environment.cache_megabytes() == 500
    monkeypatch.setenv("AUTOENCODER_LAB_CACHE_MB", "1.5")
    assert environment.cache_megabytes() == 1.5


@pytest.mark.parametrize("text", ["many", "-1", "nan", "inf"])
def test_a_limit_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("AUTOENCODER_LAB_CACHE_MB", text)
    with pytest.raises(LabError, match=f"is '{text}'; set it to a number of megabytes"):
        environment.cache_megabytes()


def test_weights_come_back_with_training_again(store: RunStore) -> None:
    store.put(small_run(1))
    store.enforce_limit(store.size() / 1e6 - 0.001)
    assert sizes(store)[1][1] is False
    store.put(small_run(1))
    assert sizes(store)[1][1] is True
    assert_same_run(store.get(small_run(1).variant.key), small_run(1))


def test_deleted_run_can_be_restored(store: RunStore) -> None:
    store.put(RUN)
    assert store.delete(KEY)
    assert store.get(KEY) is None
    assert store.summaries() == []
    assert store.restore(KEY)
    assert_same_run(store.get(KEY), RUN)
    assert [summary.key for summary in store.summaries()] == [KEY]
    assert not store.restore(KEY)


def test_a_purged_run_is_gone_and_others_stay(store: RunStore, tmp_path: Path) -> None:
    store.put(RUN)
    store.put(small_run(1))
    store.delete(KEY)
    store.delete(small_run(1).variant.key)
    store.purge([KEY])
    assert not store.restore(KEY)
    assert store.restore(small_run(1).variant.key)
    assert folders_of(tmp_path, "trash") == []


def test_deleting_twice_can_still_be_undone(store: RunStore) -> None:
    store.put(RUN)
    assert store.delete(KEY)
    assert not store.delete(KEY)
    assert store.restore(KEY)


def test_deleting_what_was_trained_again_keeps_the_later_run(store: RunStore) -> None:
    store.put(RUN)
    store.delete(KEY)
    later = replace(RUN, status="stopped")
    store.put(later)
    assert store.delete(KEY)
    assert store.restore(KEY)
    assert_same_run(store.get(KEY), later)


def test_a_run_trained_again_is_not_overwritten_by_an_undo(store: RunStore) -> None:
    store.put(RUN)
    store.delete(KEY)
    newer = replace(RUN, status="stopped")
    store.put(newer)
    assert not store.restore(KEY)
    assert_same_run(store.get(KEY), newer)


def test_the_trash_is_emptied_after_an_hour(tmp_path: Path) -> None:
    store = RunStore(tmp_path)
    for run in (RUN, small_run(1)):
        store.put(run)
        store.delete(run.variant.key)
    long_ago = time.time() - 3700
    os.utime(tmp_path / "trash" / f"{KEY}.zip", (long_ago, long_ago))
    later = RunStore(tmp_path)
    assert not later.restore(KEY)
    assert later.restore(small_run(1).variant.key)


def test_deleting_weights_frees_their_size(store: RunStore, tmp_path: Path) -> None:
    store.put(RUN)
    path = tmp_path / "runs" / f"{KEY}.zip"
    before = path.stat().st_size
    freed = store.enforce_limit(before / 1e6 - 0.001)
    assert freed.weights == (KEY,)
    with zipfile.ZipFile(path) as content:
        assert sorted(content.namelist()) == sorted(f"{KEY}/{name}" for name in (*REQUIRED, LAYERS))
    # float32: 784 x 128, 128 x 64, 64 x 28 and back, a bias for each output; in an .npz of twelve
    # arrays with headers of 128 bytes.
    weights = 4 * (2 * (784 * 128 + 128 * 64 + 64 * 28) + 2 * (128 + 64) + 28 + 784)
    # float16: the codes of 20 images in 4 frames, which deflate little; in an .npz of four arrays.
    codes = 2 * 4 * 20 * 28
    freed_bytes = before - path.stat().st_size
    assert weights + 0.8 * codes < freed_bytes < weights + codes + (12 + 4) * 400


def test_weights_of_a_run_that_was_trained_again_meanwhile_stay(
    store: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    for seed in (1, 2):
        store.put(small_run(seed))
    read = Archive.files

    def replaced_meanwhile(archive: Archive, *arguments: Any) -> dict[str, bytes]:
        monkeypatch.undo()
        store.put(small_run(1, status="stopped"))
        return read(archive, *arguments)

    monkeypatch.setattr(Archive, "files", replaced_meanwhile)
    freed = store.enforce_limit(store.size() / 1e6 - 0.001)
    assert (freed.weights, freed.runs) == ((small_run(2).variant.key,), ())
    assert_same_run(store.get(small_run(1).variant.key), small_run(1, status="stopped"))
