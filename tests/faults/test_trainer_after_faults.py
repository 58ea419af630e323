"""What a visitor sees when worker, lab or clock fail, and that the lab goes on."""

from __future__ import annotations

import time
from pathlib import Path

import psutil
import pytest

from core.store import RunStore
from core.variant import Variant
from support.clock import Clock
from support.lab_server import LabServer
from support.runs import assert_same_run
from support.visitor import Visitor
from support.visits import (
    TRAINING_SECONDS,
    epoch_of,
    has_ended,
    train,
    train_until_midway,
    visit,
    worker_of,
)
from support.waiting import wait_until

pytestmark = pytest.mark.timeout(240)

# A lab that comes back must be usable by then; a run is opened, not trained again.
BACK_SECONDS = 15.0
LONG = Variant(epochs=1000, seed=101)
# Its nine kernels and their gradients and moments alone are 160 MB.
LARGE = Variant(layers=(1024,) * 9, epochs=1)
MEGABYTE = 1_000_000
DAY = 86_400


def trains_the_next_run(server: LabServer, seed: int) -> None:
    with visit(server, Variant(epochs=1, seed=seed)) as page:
        page.until(lambda: page.buttons().get("Train"), TRAINING_SECONDS)
        train(page)
        assert "Trainer ready" in page.text
        assert page.errors == []


def test_killed_worker_is_reported_and_next_run_trains(lab: LabServer) -> None:
    with visit(lab, LONG) as page:
        train_until_midway(page)
        worker_of(lab).kill()
        page.until(lambda: "Not finished." in page.text)
        assert "The trainer died in epoch" in page.text
        assert "Its curve and images up to then are kept." in page.text
        assert lab.is_healthy()
        assert "Train" in page.buttons()
        assert page.errors == []
    trains_the_next_run(lab, 102)
    assert f"key={LONG.key}" in lab.log.read_text()


@pytest.mark.skipif(not hasattr(psutil, "RLIMIT_AS"), reason="only Linux limits another process")
def test_worker_out_of_memory_is_reported_and_next_run_trains(
    lab: LabServer,
) -> None:
    with visit(lab, LARGE) as page:
        page.until(lambda: "Trainer ready" in page.text, TRAINING_SECONDS)
        worker = worker_of(lab)
        most = worker.memory_info().vms + 100 * MEGABYTE
        worker.rlimit(psutil.RLIMIT_AS, (most, most))
        page.click("Train")
        page.until(lambda: "Not finished." in page.text, TRAINING_SECONDS)
        assert "The trainer died in epoch 1." in page.text
        assert "It may have run out of memory: a smaller network needs less." in page.text
        assert page.errors == []
    trains_the_next_run(lab, 104)
    assert worker_of(lab).pid != worker.pid


def test_a_lab_killed_in_mid_run_has_its_finished_runs_and_offers_the_unfinished_one(
    tmp_path: Path,
) -> None:
    short = Variant(epochs=1, seed=103)
    with LabServer(tmp_path / "home") as server:
        with visit(server, short) as page:
            train(page)
        with visit(server, LONG) as page:
            train_until_midway(page)
            worker = worker_of(server)
            server.process.kill()
    kept = RunStore(server.home).get(short.key)
    assert kept is not None
    with LabServer(tmp_path / "home") as server:
        began = time.monotonic()
        with visit(server, short) as page:
            assert "Train again" in page.buttons()
            assert page.errors == []
        with visit(server, LONG) as page:
            assert "Not trained yet." in page.text
            assert page.buttons()["Train"]
        assert time.monotonic() - began < BACK_SECONDS
    wait_until(lambda: has_ended(worker))
    assert_same_run(RunStore(server.home).get(short.key), kept)


def goes_on(page: Visitor) -> None:
    """Wait until the training is several epochs further, as the page tells it."""
    before = epoch_of(page)
    page.until(lambda: epoch_of(page) > before + 3)


def test_a_clock_that_goes_back_or_ahead_by_a_day_ends_no_training(
    timed: LabServer, clock: Clock
) -> None:
    short = Variant(epochs=1, seed=141)
    with visit(timed, short) as page:
        train(page)
    with visit(timed, LONG) as page:
        train_until_midway(page)
        for wall in (-DAY, DAY, 0):
            clock.set(wall=wall)
            goes_on(page)
        clock.set(wall=-DAY)
        page.click("Stop")
        page.until(lambda: "Stopped in epoch" in page.text)
        assert page.errors == []
    trains_the_next_run(timed, 142)
    with visit(timed, short) as page:
        assert "Train again" in page.buttons()
    keys = {short.key, LONG.key, Variant(epochs=1, seed=142).key}
    assert keys <= set(RunStore(timed.home).keys())
    clock.set()


def test_a_browser_that_was_reloaded_or_away_for_ten_minutes_finds_its_training(
    timed: LabServer, clock: Clock
) -> None:
    mine = Variant(epochs=1000, seed=143)
    with visit(timed, mine) as page:
        train_until_midway(page)
    with visit(timed, mine, cookie=page.cookie) as reloaded:
        goes_on(reloaded)
        left_at = epoch_of(reloaded)
    clock.set(wall=600, counted=600)
    with visit(timed, mine, cookie=page.cookie) as back:
        back.until(lambda: epoch_of(back) > left_at)
        goes_on(back)
        back.click("Stop")
        back.until(lambda: "Stopped in epoch" in back.text)
        assert back.errors == []
    with visit(timed, mine) as page:
        assert "Stopped in epoch" in page.text


def test_temporary_folders_of_a_killed_lab_are_removed_at_the_next_start(tmp_path: Path) -> None:
    folders = tmp_path / "tmp"
    folders.mkdir()
    environment = {"TMPDIR": str(folders)}
    ready = "Trainer ready"
    with LabServer(tmp_path / "home", environment=environment) as server:
        with Visitor(f"{server.url}/lab") as page:
            page.until(lambda: ready in page.text, TRAINING_SECONDS)
        worker = worker_of(server)
        server.process.kill()
        server.process.wait()
        wait_until(lambda: has_ended(worker))
    (left,) = folders.glob("autoencoder-lab-*")
    with LabServer(tmp_path / "home", environment=environment) as server:
        with Visitor(f"{server.url}/lab") as page:
            page.until(lambda: ready in page.text, TRAINING_SECONDS)
        assert not left.exists()
        assert len(list(folders.glob("autoencoder-lab-*"))) == 1
