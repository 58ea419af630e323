"""What a visitor sees when stored runs or their folder fail, and that nothing is lost."""

from __future__ import annotations

import os
import resource
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from core.store import RunStore
from core.variant import Variant
from support.archives import bytes_of, flip_bit, remove
from support.lab_server import LabServer
from support.runs import assert_same_run, make_run
from support.visitor import Visitor
from support.visits import TRAINING_SECONDS, train, visit

pytestmark = pytest.mark.timeout(240)

# Less than a run's weights have, and more than the index.
FULL_AT = 100_000


def unescaped(page: Visitor) -> str:
    """The text of a page without the signs that keep it from being read as Markdown."""
    return page.text.replace("\\", "")


def cut(path: Path, name: str) -> None:
    path.write_bytes(path.read_bytes()[:-20])


def flip(path: Path, name: str) -> None:
    start, end = bytes_of(path, name)
    flip_bit(path, (start + end) // 2)


@pytest.mark.parametrize(
    ("harm", "file", "seed"),
    [(cut, "frames.npz", 111), (flip, "weights.npz", 112), (remove, "run.json", 113)],
)
def test_damaged_run_is_reported_and_not_shown(
    lab: LabServer, harm: Callable[[Path, str], None], file: str, seed: int
) -> None:
    run = make_run(Variant(epochs=1, seed=seed))
    RunStore(lab.home).put(run)
    harm(lab.home / "runs" / f"{run.variant.key}.zip", f"{run.variant.key}/{file}")
    with visit(lab, run.variant) as page:
        assert "The stored run is damaged." in page.text
        assert "Not trained yet." in page.text
        assert "Train again" not in page.buttons()
        assert page.errors == []
        train(page)
        page.until(lambda: "The stored run is damaged." not in page.text)
    kept = RunStore(lab.home).get(run.variant.key)
    assert kept is not None
    assert kept.provenance.created > run.provenance.created


def test_a_lost_index_loses_no_run(lab: LabServer) -> None:
    RunStore(lab.home).put(make_run(Variant(seed=121)))
    for _ in range(2):
        with Visitor(f"{lab.url}/matrix?seed=121") as page:
            assert "1 of " in page.text
            assert "1 of " in page.text
            assert " are trained" in page.text
            assert page.errors == []
        for index in lab.home.glob("index.sqlite3*"):
            index.unlink()


def test_two_labs_on_one_store_show_each_other_s_runs(lab: LabServer) -> None:
    variant = Variant(epochs=1, seed=131)
    with LabServer(lab.home) as other, visit(other, variant) as before:
        assert "Not trained yet." in before.text
        with visit(lab, variant) as page:
            train(page)
        with visit(other, variant) as page:
            assert "Train again" in page.buttons()
            assert page.errors == []
        before.choose("Output activation", 1)
        before.choose("Output activation", 0)
        assert "Train again" in before.buttons()


@pytest.mark.skipif(not hasattr(psutil, "RLIMIT_AS"), reason="only Linux limits another process")
def test_full_disk_is_reported_and_run_is_stored_when_there_is_room(lab: LabServer) -> None:
    variant = Variant(epochs=1, seed=151)
    before = make_run(Variant(seed=152))
    RunStore(lab.home).put(before)
    page_process = psutil.Process(lab.process.pid)
    page_process.rlimit(psutil.RLIMIT_FSIZE, (FULL_AT, resource.RLIM_INFINITY))
    try:
        with visit(lab, variant) as page:
            train(page)
            page.until(lambda: "could not be stored" in page.text, TRAINING_SECONDS)
            assert "The disk is full: nothing more can be saved in" in unescaped(page)
            assert "Free some space, or delete runs." in page.text
            assert page.errors == []
        with visit(lab, before.variant) as page:
            assert "Train again" in page.buttons()
    finally:
        page_process.rlimit(psutil.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    assert RunStore(lab.home).get(variant.key) is None
    assert_same_run(RunStore(lab.home).get(before.variant.key), before)
    with visit(lab, variant) as page:
        assert "Train again" in page.buttons()  # it lasts until the lab ends
        page.click("Train again")
        page.until(lambda: RunStore(lab.home).get(variant.key), TRAINING_SECONDS)
        page.until(lambda: "could not be stored" not in page.text)
        assert page.errors == []


# Root may write everywhere but where the file system itself is read-only.
AS_ROOT = 'mount --bind "$0" "$0" && mount -o remount,ro,bind "$0" && exec "$@"'


@contextmanager
def read_only(folder: Path) -> Iterator[Sequence[str]]:
    """A folder that cannot be written by the command that begins with these words."""
    if os.getuid() == 0:
        if shutil.which("unshare") is None:
            pytest.skip("root cannot be kept from writing here")
        yield "unshare", "--mount", "sh", "-c", AS_ROOT, str(folder)
        return
    inside = [folder, *folder.rglob("*")]
    for path in inside:
        path.chmod(0o555 if path.is_dir() else 0o444)
    try:
        yield ()
    finally:
        for path in inside:
            path.chmod(0o755 if path.is_dir() else 0o644)


def test_a_read_only_store_shows_its_runs_and_says_that_new_ones_are_not_kept(
    tmp_path: Path,
) -> None:
    home = tmp_path / "home"
    stored = make_run(Variant(seed=161))
    RunStore(home).put(stored)
    environment = {"AUTOENCODER_LAB_HOME": str(home)}
    said = f"The folder {home} is not writable: stored runs open, new ones are not saved."
    with (
        read_only(home) as prefix,
        LabServer(tmp_path / "log", environment=environment, prefix=prefix) as server,
    ):
        with visit(server, stored.variant) as page:
            assert "Train again" in page.buttons()
            assert said in unescaped(page)
        with visit(server, Variant(epochs=1, seed=162)) as page:
            train(page)
            page.until(lambda: "could not be stored" in page.text, TRAINING_SECONDS)
            assert "could not be stored and is lost when the lab stops" in page.text
            assert page.errors == []
        with Visitor(f"{server.url}/library") as page:
            assert "1 trained here" in page.text
            assert page.errors == []
    assert_same_run(RunStore(home).get(stored.variant.key), stored)


def test_a_home_that_was_removed_is_made_again(tmp_path: Path) -> None:
    home = tmp_path / "home"
    variant = Variant(epochs=1, seed=171)
    with (
        LabServer(tmp_path / "log", environment={"AUTOENCODER_LAB_HOME": str(home)}) as server,
        visit(server, variant) as page,
    ):
        page.until(lambda: (home / "runs").is_dir())
        shutil.rmtree(home)
        train(page)
        page.until(lambda: RunStore(home).get(variant.key), TRAINING_SECONDS)
        assert "could not be stored" not in page.text
        assert page.errors == []


def test_home_of_unknown_user_is_one_sentence(tmp_path: Path) -> None:
    with LabServer(tmp_path, environment={"AUTOENCODER_LAB_HOME": "~nosuchuser"}) as server:
        for page in ("", "lab", "matrix", "library", "status"):
            with Visitor(f"{server.url}/{page}") as visitor:
                said = "AUTOENCODER_LAB_HOME is '~nosuchuser', and that user has no home"
                assert said in unescaped(visitor)
                assert visitor.errors == []
