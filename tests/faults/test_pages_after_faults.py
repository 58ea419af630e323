"""What a visitor sees after a fault, and that the lab goes on."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from core.store import RunStore
from core.variant import Variant
from support.lab_server import LabServer
from support.runs import assert_same_run, make_run
from support.visitor import Visitor

pytestmark = pytest.mark.timeout(240)

TRAINING_SECONDS = 120.0
# A lab that comes back must be usable by then; a run is opened, not trained again.
BACK_SECONDS = 15.0
LONG = Variant(epochs=1000, seed=101)


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabServer]:
    """One lab for the faults that it is to survive."""
    with LabServer(tmp_path_factory.mktemp("lab")) as server:
        yield server


def visit(server: LabServer, variant: Variant) -> Visitor:
    """A visitor of the Lab page with these settings, not yet there."""
    query = "&".join(f"{name}={value}" for name, value in variant.to_query().items())
    return Visitor(f"{server.url}/lab?{query}")


def train(page: Visitor) -> None:
    """Train to the end."""
    page.click("Train")
    page.until(lambda: "Train again" in page.buttons(), TRAINING_SECONDS)


def train_until_midway(page: Visitor) -> None:
    """Train until steps are told."""
    page.click("Train")
    page.until(lambda: "steps/s" in page.text, TRAINING_SECONDS)


def worker_of(server: LabServer) -> psutil.Process:
    """The process that trains."""
    children = psutil.Process(server.process.pid).children()
    (worker,) = [child for child in children if "distributed.cli.dask_worker" in child.cmdline()]
    return worker


def test_a_worker_killed_in_mid_run_is_said_and_the_next_run_is_trained(lab: LabServer) -> None:
    with visit(lab, LONG) as page:
        train_until_midway(page)
        worker_of(lab).kill()
        page.until(lambda: "Not finished." in page.text)
        assert "The trainer died in epoch" in page.text
        assert "What it learned until then is kept." in page.text
        assert lab.is_healthy()
        assert "Train" in page.buttons()
    with visit(lab, Variant(epochs=1, seed=102)) as page:
        page.until(lambda: page.buttons()["Train"], TRAINING_SECONDS)
        train(page)
        assert "Trainer ready" in page.text
        assert page.errors == []
    assert f"key={LONG.key}" in lab.log.read_text()


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
        assert not worker.is_running()
    assert_same_run(RunStore(server.home).get(short.key), kept)


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-20])


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0x10
    path.write_bytes(content)


@pytest.mark.parametrize(
    ("harm", "file", "seed"),
    [(cut, "frames.npz", 111), (flip, "weights.npz", 112), (Path.unlink, "run.json", 113)],
)
def test_a_damaged_run_is_said_and_not_shown(
    lab: LabServer, harm: Callable[[Path], None], file: str, seed: int
) -> None:
    run = make_run(Variant(seed=seed))
    RunStore(lab.home).put(run)
    harm(lab.home / "runs" / run.variant.key / file)
    with visit(lab, run.variant) as page:
        assert "The stored run is damaged." in page.text
        assert "Not trained yet." in page.text
        assert "Train again" not in page.buttons()
        assert page.errors == []


def test_a_lost_index_loses_no_run(lab: LabServer) -> None:
    RunStore(lab.home).put(make_run(Variant(seed=121)))
    for _ in range(2):
        with Visitor(f"{lab.url}/matrix?seed=121") as page:
            assert "1 of " in page.text
            assert " are stored" in page.text
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


def test_a_store_that_cannot_be_written_is_said_and_the_run_is_shown_all_the_same(
    tmp_path: Path,
) -> None:
    blocked = tmp_path / "a file"
    blocked.touch()
    environment = {"AUTOENCODER_LAB_HOME": str(blocked / "home")}
    with (
        LabServer(tmp_path / "log", environment=environment) as server,
        visit(server, Variant(epochs=1)) as page,
    ):
        assert "cannot be" in page.text
        train(page)
        page.until(lambda: "could not be stored" in page.text, TRAINING_SECONDS)
        assert "could not be stored, so it lasts until the lab ends" in page.text
        assert page.errors == []


def test_without_a_network_mnist_is_refused_in_plain_words_and_the_sample_is_selected(
    tmp_path: Path,
) -> None:
    nowhere = "http://127.0.0.1:9"
    environment = {
        "AUTOENCODER_LAB_DATA": str(tmp_path),
        "KERAS_HOME": str(tmp_path),
        **dict.fromkeys(("http_proxy", "https_proxy", "HTTPS_PROXY"), nowhere),
        "no_proxy": "127.0.0.1",
    }
    with (
        LabServer(tmp_path / "home", environment=environment) as server,
        visit(server, Variant(dataset="mnist", epochs=1)) as page,
    ):
        assert "MNIST is not on this machine yet; Train fetches it." in page.text
        page.click("Train")
        page.until(lambda: "The sample stays selected." in page.text, TRAINING_SECONDS)
        page.until(lambda: "dataset=mnist-sample" in page.query)
        assert page.errors == []
