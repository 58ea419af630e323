"""The store with real processes: several at once, killed ones, and ones that may not write."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from core.store import RunStore
from core.variant import Variant
from support.runs import assert_same_run, make_run

ROOT = Path(__file__).parents[3]
DEADLINE = 60

PREAMBLE = """
import dataclasses, os, signal, sys
from pathlib import Path
from core.errors import StoreUnavailable
from core.store import RunStore
from core.variant import Variant
from support.runs import make_run

def seeded(seed, **overrides):
    return make_run(Variant(seed=seed, layers=(2,)), **overrides)
"""


Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts a Python process that runs a script with the names above at hand."""
    with ExitStack() as started:

        def start(script: str, *arguments: object) -> subprocess.Popen[str]:
            process = subprocess.Popen(
                [sys.executable, "-c", PREAMBLE + textwrap.dedent(script), *map(str, arguments)],
                cwd=ROOT,
                env={**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'tests'}"},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            started.enter_context(process)
            started.callback(process.kill)
            return process

        yield start


def said_by(process: subprocess.Popen[str]) -> list[str]:
    """All lines of a process that ended well."""
    output, _ = process.communicate(timeout=DEADLINE)
    assert process.returncode == 0
    return output.splitlines()


def test_processes_that_write_and_read_the_same_runs_see_only_whole_ones(
    tmp_path: Path, start: Start
) -> None:
    script = """
        store = RunStore(Path(sys.argv[1]))
        print("ready", flush=True)
        sys.stdin.readline()
        opened = 0
        for turn in range(25):
            seed = turn % 3
            store.put(seeded(seed, status=("finished", "stopped")[turn % 2]))
            opened += store.get(seeded(1 - seed % 2).variant.key) is not None
            store.enforce_limit(0.2)
            if turn % 5 == 4:
                store.delete(seeded(2).variant.key)
            store.summaries()
        print(len(store.messages), [message.text for message in store.messages])
        print(opened)
    """
    processes = [start(script, tmp_path) for _ in range(3)]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    answers = [said_by(process) for process in processes]
    assert [answer[0] for answer in answers] == ["0 []"] * 3
    assert all(int(answer[1]) > 0 for answer in answers)
    store = RunStore(tmp_path)
    keys = store.keys()
    assert None not in [store.get(key) for key in keys]
    assert sorted(summary.key for summary in store.summaries()) == keys
    assert store.messages == []
    assert list((tmp_path / "damaged").iterdir()) == []
    assert sorted(path.name for path in (tmp_path / "runs").iterdir()) == [
        f"{key}.zip" for key in keys
    ]


@pytest.mark.parametrize("killed_at", [1, 2, 3])
def test_a_process_killed_while_it_replaces_a_run_leaves_a_whole_one(
    tmp_path: Path, start: Start, killed_at: int
) -> None:
    """Killed when it flushes the file, then the folder; there is no third time."""
    script = """
        store = RunStore(Path(sys.argv[1]))
        store.put(seeded(1))
        flushes, fsync = 0, os.fsync
        def count(descriptor):
            global flushes
            flushes += 1
            if flushes == int(sys.argv[2]):
                os.kill(os.getpid(), signal.SIGKILL)
            fsync(descriptor)
        os.fsync = count
        store.put(seeded(1, status="stopped"))
        print("not killed")
    """
    process = start(script, tmp_path, killed_at)
    process.communicate(timeout=DEADLINE)
    assert process.returncode == (0 if killed_at == 3 else -9)
    store = RunStore(tmp_path)
    status = "finished" if killed_at == 1 else "stopped"
    expected = make_run(Variant(seed=1, layers=(2,)), status=status)
    assert_same_run(store.get(expected.variant.key), expected)
    assert [summary.status for summary in store.summaries()] == [status]
    assert store.messages == []


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every user may look into, as those of pytest are not."""
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        yield Path(folder)


@pytest.mark.parametrize("with_index", [True, False])
def test_a_read_only_store_still_shows_its_runs(
    open_folder: Path, start: Start, with_index: bool
) -> None:
    script = """
        root, other = Path(sys.argv[1]), seeded(2)
        rehearsal = RunStore(root.with_name("rehearsal"))
        rehearsal.put(other)  # imports all that is needed while it may be read
        rehearsal.get(other.variant.key)
        if os.getuid() == 0:  # whom no permission stops
            os.setgroups([])
            os.setgid(65534)
            os.setuid(65534)
        store = RunStore(root)
        print(store.writable, len(store.summaries()), store.get(store.keys()[0]).status)
        try:
            store.put(other)
        except StoreUnavailable as error:
            print(error)
        try:
            store.delete(store.keys()[0])
        except StoreUnavailable as error:
            print(error)
        print(*(message.text for message in store.messages), sep="; ")
    """
    root = open_folder / "store"
    store = RunStore(root)
    store.put(make_run(Variant(seed=1, layers=(2,))))
    if not with_index:
        (root / "index.sqlite3").unlink()
    before = sorted([root, *root.rglob("*")])
    for path in before:
        path.chmod(0o555 if path.is_dir() else 0o444)
    try:
        lines = said_by(start(script, root))
    finally:
        for path in before:
            path.chmod(0o755 if path.is_dir() else 0o644)
    sentence = f"The folder {root} is not writable: stored runs open, new ones are not saved."
    assert lines == ["False 1 finished", sentence, sentence, sentence]
    assert sorted([root, *root.rglob("*")]) == before


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit on a file's size")
def test_full_disk_leaves_no_partial_file(tmp_path: Path, start: Start) -> None:
    script = """
        import resource
        store = RunStore(Path(sys.argv[1]))
        store.put(seeded(1))
        resource.setrlimit(resource.RLIMIT_FSIZE, (4000, 4000))
        try:
            store.put(seeded(2))
        except StoreUnavailable as error:
            print(error)
        print(len(store.summaries()), store.get(seeded(1).variant.key).status)
    """
    [sentence, rest] = said_by(start(script, tmp_path))
    assert sentence.startswith("The disk is full: nothing more can be saved in")
    assert rest == "1 finished"
    assert len(list((tmp_path / "runs").iterdir())) == 1
