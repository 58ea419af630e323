"""Archives of runs: there and back, and what strangers may send instead."""

from __future__ import annotations

import io
import json
import stat
import struct
import tracemalloc
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.errors import InvalidArchive
from core.files import npz
from core.files.json_codec import to_json
from core.store import RunStore, archive, run_format
from core.store.import_export import export_archive, import_archive
from support.archives import bytes_of, flip_bit
from support.runs import assert_same_run, small_run

RUNS = [small_run(1), small_run(2, weights=None, status="stopped")]
BOMB = 100_000_000
KEYS = tuple(run.variant.key for run in RUNS)


@pytest.fixture
def mine(tmp_path: Path) -> RunStore:
    store = RunStore(tmp_path / "mine")
    for run in RUNS:
        store.put(run)
    return store


@pytest.fixture
def yours(tmp_path: Path) -> RunStore:
    return RunStore(tmp_path / "yours")


def zipped(members: dict[str, bytes]) -> io.BytesIO:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer


def members_of(*runs: object) -> dict[str, bytes]:
    return {
        f"{run.variant.key}/{name}": content
        for run in runs
        for name, content in run_format.pack(run).items()
    }


def assert_refused(store: RunStore, source: io.BytesIO, match: str) -> None:
    with pytest.raises(InvalidArchive, match=match):
        import_archive(store, source)
    assert store.keys() == []
    assert [p for p in store.root.rglob("*") if p.is_file()] == []


def test_runs_are_transferred_from_one_lab_to_another(mine: RunStore, yours: RunStore) -> None:
    buffer = io.BytesIO()
    assert export_archive(mine, KEYS, buffer) == KEYS
    imported = import_archive(yours, buffer)
    assert (imported.added, imported.kept) == (KEYS, ())
    for run in RUNS:
        assert_same_run(yours.get(run.variant.key), run)


def test_a_run_that_is_here_already_stays_as_it_is(mine: RunStore, yours: RunStore) -> None:
    own = replace(RUNS[0], status="stopped")
    yours.put(own)
    buffer = io.BytesIO()
    export_archive(mine, KEYS, buffer)
    imported = import_archive(yours, buffer)
    assert (imported.added, imported.kept) == (KEYS[1:], KEYS[:1])
    assert_same_run(yours.get(KEYS[0]), own)


def test_missing_runs_are_omitted(mine: RunStore) -> None:
    buffer = io.BytesIO()
    asked = [KEYS[0], KEYS[0], "0123456789abcdef", "../runs"]
    assert export_archive(mine, asked, buffer) == KEYS[:1]
    with zipfile.ZipFile(buffer) as exported:
        assert sorted(exported.namelist()) == sorted(
            f"{KEYS[0]}/{name}"
            for name in (
                *run_format.REQUIRED,
                run_format.WEIGHTS,
                run_format.LAYERS,
                run_format.CODES,
            )
        )


def test_the_same_runs_give_the_same_bytes(mine: RunStore) -> None:
    buffers = [io.BytesIO(), io.BytesIO()]
    for buffer in buffers:
        export_archive(mine, KEYS, buffer)
    assert buffers[0].getvalue() == buffers[1].getvalue()


def test_archive_rezipped_with_folders_is_read(yours: RunStore) -> None:
    imported = import_archive(yours, zipped({f"{KEYS[0]}/": b"", **members_of(RUNS[0])}))
    assert imported.added == KEYS[:1]


def test_an_imported_run_is_not_taken_for_a_shipped_one(yours: RunStore) -> None:
    boasting = replace(RUNS[0], provenance=replace(RUNS[0].provenance, shipped=True))
    import_archive(yours, zipped(members_of(boasting)))
    assert [summary.shipped for summary in yours.summaries()] == [False]


@pytest.mark.parametrize(
    "content",
    [b"", b"PK\x05\x06", b"GIF89a" + bytes(100), b"PK\x03\x04" + bytes(500), bytes(22)],
)
def test_another_kind_of_file_is_refused(yours: RunStore, content: bytes) -> None:
    assert_refused(yours, io.BytesIO(content), "not an archive of runs")


def test_an_empty_archive_is_refused(yours: RunStore) -> None:
    assert_refused(yours, zipped({}), "The archive is empty")


def test_a_truncated_archive_is_refused(yours: RunStore) -> None:
    whole = zipped(members_of(RUNS[0])).getvalue()
    assert_refused(yours, io.BytesIO(whole[: len(whole) // 2]), "not an archive of runs")
    assert_refused(yours, io.BytesIO(whole[len(whole) // 2 :]), "not a valid archive")


@pytest.mark.parametrize(
    "name",
    [
        "../../.bashrc",
        "/etc/passwd",
        "C:\\autoexec.bat",
        f"../{KEYS[0]}/run.json",
        f"{KEYS[0]}/../run.json",
        f"{KEYS[0]}/sub/run.json",
        f"{KEYS[0]}/run.py",
        f"{KEYS[0]}/run.json\n",
        f"{KEYS[0].upper()}/run.json",
        f"{KEYS[0]}\\run.json",
        "run.json",
        "index.sqlite3",
        f"{KEYS[0]}/run.json\0.txt",
    ],
)
def test_a_name_that_no_run_has_is_refused(yours: RunStore, name: str) -> None:
    source = zipped({**members_of(RUNS[1]), "0" * len(name): b"x"})
    # Written over afterwards, since zipfile itself mends some of these names.
    renamed = source.getvalue().replace(b"0" * len(name), name.encode())
    assert_refused(
        yours, io.BytesIO(renamed), "An archive of runs cannot contain|not a valid archive"
    )


def test_a_symbolic_link_is_refused(yours: RunStore) -> None:
    source = io.BytesIO()
    with zipfile.ZipFile(source, "w") as hostile:
        link = zipfile.ZipInfo(f"{KEYS[0]}/run.json")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        hostile.writestr(link, "/etc/passwd")
    assert_refused(yours, source, "An archive of runs cannot contain")


def test_a_duplicate_file_is_refused(yours: RunStore) -> None:
    source = io.BytesIO()
    with zipfile.ZipFile(source, "w") as hostile:
        hostile.writestr(f"{KEYS[0]}/run.json", "{}")
        with pytest.warns(UserWarning, match="Duplicate name"):
            hostile.writestr(f"{KEYS[0]}/run.json", "{}")
    assert_refused(yours, source, "twice")


@pytest.mark.parametrize("name", [*run_format.REQUIRED, run_format.WEIGHTS])
def test_one_damaged_run_rejects_the_whole_archive(
    yours: RunStore, tmp_path: Path, name: str
) -> None:
    path = tmp_path / "damaged.zip"
    path.write_bytes(zipped(members_of(*RUNS, small_run(3))).getvalue())
    start, end = bytes_of(path, f"{KEYS[0]}/{name}")
    flip_bit(path, (start + end) // 2)
    refused = f"{KEYS[0]} of the archive is damaged. The file {name} cannot be read"
    assert_refused(yours, io.BytesIO(path.read_bytes()), refused)


def test_a_run_under_another_name_is_refused(yours: RunStore) -> None:
    other = {
        name.replace(KEYS[0], "0123456789abcdef"): content
        for name, content in members_of(RUNS[0]).items()
    }
    assert_refused(yours, zipped(other), "settings do not match its key")


def test_impossible_settings_are_refused(yours: RunStore) -> None:
    files = run_format.pack(RUNS[1])
    facts = json.loads(files["run.json"])
    facts["variant"]["layers"] = [10**9]
    kept = {name: files[name] for name in run_format.REQUIRED} | {"run.json": to_json(facts)}
    source = zipped({f"{KEYS[1]}/{name}": content for name, content in kept.items()})
    assert_refused(yours, source, "layers cannot be 1000000000")


def test_unknown_baselines_are_refused(yours: RunStore) -> None:
    files = run_format.pack(RUNS[1])
    facts = json.loads(files["run.json"])
    facts["rivals"]["<img src=x>"] = facts["rivals"].pop("mean image")
    kept = {name: files[name] for name in run_format.REQUIRED} | {"run.json": to_json(facts)}
    source = zipped({f"{KEYS[1]}/{name}": content for name, content in kept.items()})
    assert_refused(yours, source, "its baselines are not all black, mean image, median image")


def test_pca_is_taken_with_the_width_of_the_bottleneck_alone(yours: RunStore) -> None:
    assert RUNS[1].variant.layers == (2,)

    def with_pca(width: int) -> io.BytesIO:
        pca = {f"PCA, {width} components": RUNS[1].scores}
        files = run_format.pack(replace(RUNS[1], baselines={**RUNS[1].baselines, **pca}))
        return zipped({f"{KEYS[1]}/{name}": files[name] for name in run_format.REQUIRED})

    assert_refused(yours, with_pca(28), "its baselines are not all black, mean image, median image")
    import_archive(yours, with_pca(2))
    found = yours.get(KEYS[1])
    assert found is not None
    assert "PCA, 2 components" in found.baselines


def peak_memory(work: Callable[[], None]) -> int:
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_a_bomb_is_refused_before_it_is_unpacked(yours: RunStore) -> None:
    bomb = zipped({**members_of(RUNS[1]), f"{KEYS[0]}/frames.npz": bytes(BOMB)})
    refused = "100,000,000 bytes; 67,108,864 are allowed"
    assert peak_memory(lambda: assert_refused(yours, bomb, refused)) < 20e6


def test_a_bomb_within_a_run_is_refused_before_it_is_unpacked(yours: RunStore) -> None:
    files = run_format.pack(RUNS[1])
    kept = {name: files[name] for name in run_format.REQUIRED}
    kept["frames.npz"] = zipped({"steps.npy": bytes(BOMB), "pixels.npy": b""}).getvalue()
    bomb = zipped({f"{KEYS[1]}/{name}": content for name, content in kept.items()})
    refused = "100,000,000 bytes; 67,108,864 are allowed"
    assert peak_memory(lambda: assert_refused(yours, bomb, refused)) < 20e6


def test_valid_runs_that_are_too_large_together_are_refused(
    yours: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "ALWAYS_UNPACKED_BYTES", 5_000_000)
    monkeypatch.setattr(archive, "MAX_RATIO", 10)
    # 200 black frames: 200 x 10 x 784 x 2 bytes are 3.1 MB, and packed less than 20 kB.
    black = np.zeros((200, 10, 784), np.float16)
    frames = npz.to_npz({"steps": np.arange(200), "pixels": black}, compressed=True)
    members = members_of(*(small_run(seed, weights=None) for seed in (1, 2)))
    dark = {
        name: frames if name.endswith("frames.npz") else content
        for name, content in members.items()
    }
    first = {name: content for name, content in dark.items() if name.startswith(KEYS[0])}
    assert_refused(yours, zipped(dark), "unpacks to more than 5 MB")
    assert import_archive(yours, zipped(first)).added == KEYS[:1]


def test_many_files_that_are_large_together_are_refused(
    yours: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "MAX_UNPACKED_BYTES", 20_000)
    assert_refused(yours, zipped(members_of(*RUNS)), "unpacks to more than")


def test_more_runs_than_allowed_are_refused(
    yours: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "MAX_RUNS", 1)
    assert_refused(yours, zipped(members_of(*RUNS)), "has 2 runs; at most 1 are allowed")


def test_a_directory_of_a_million_entries_is_not_read(yours: RunStore) -> None:
    directory = bytes(46) * 1_000_000
    end = struct.pack("<4s4HLLH", b"PK\x05\x06", 0, 0, 65535, 65535, len(directory), 0, 0)
    source = io.BytesIO(directory + end)
    refused = "too many files; 1,000 runs are allowed"
    assert peak_memory(lambda: assert_refused(yours, source, refused)) < 1e6
    zip64 = io.BytesIO(b"PK\x06\x07" + bytes(16) + struct.pack("<4s4HLLH", b"PK\x05\x06", *[0] * 7))
    assert_refused(yours, zip64, refused)


def test_an_archive_above_the_size_limit_is_refused(
    yours: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "MAX_ARCHIVE_BYTES", 3_000_000)
    assert_refused(yours, io.BytesIO(bytes(4_000_000)), "has 4 MB; 3 are allowed")


def test_an_encrypted_archive_is_refused(yours: RunStore) -> None:
    content = bytearray(zipped(members_of(RUNS[1])).getvalue())
    with zipfile.ZipFile(io.BytesIO(content)) as plain:
        offset = plain.start_dir
    content[offset + 8] |= 1  # the flag "encrypted" of the first directory entry
    assert_refused(yours, io.BytesIO(content), "not a valid archive")


def test_deleted_weights_are_omitted(mine: RunStore) -> None:
    mine.enforce_limit(mine.size() / 1e6 - 0.001)
    buffer = io.BytesIO()
    export_archive(mine, KEYS, buffer)
    with zipfile.ZipFile(buffer) as exported:
        assert not any("weights" in name for name in exported.namelist())
