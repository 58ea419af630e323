"""What strangers see of a lab whose files are damaged: no folder of its machine."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.store import RunStore
from core.variant import Variant
from support.lab_server import LabServer
from support.runs import small_run
from support.visitor import Visitor
from support.visits import visit

DAMAGED = small_run(171)
# A path from the root of the file system, but for those of the web's addresses.
ABSOLUTE = re.compile(r"(?<![\w:/.…\"])/(?:tmp|home|root|usr|var|work|private|Users)/[^\s\"']+")


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabServer]:
    """A public lab with a damaged run and a damaged data set."""
    home, data = tmp_path_factory.mktemp("home"), tmp_path_factory.mktemp("data")
    store = RunStore(home)
    store.put(DAMAGED)
    (file,) = home.rglob(f"{DAMAGED.variant.key}.zip")
    file.write_bytes(b"damaged")
    (data / "mnist.npz").write_bytes(b"damaged")
    environment = {"AUTOENCODER_LAB_PUBLIC": "1", "AUTOENCODER_LAB_DATA": str(data)}
    with LabServer(home, environment=environment) as server:
        yield server


def assert_no_paths(page: Visitor) -> None:
    assert page.errors == []
    assert ABSOLUTE.findall(page.text.replace("\\", "")) == []


def test_a_damaged_run_is_named_without_its_folder_and_the_log_has_it(lab: LabServer) -> None:
    with visit(lab, DAMAGED.variant) as page:
        assert "The stored run is damaged." in page.text
        assert "It was moved to …/" in page.text.replace("\\", "")
        assert_no_paths(page)
    (aside,) = (lab.home / "damaged").iterdir()
    assert f"path={aside}" in lab.log.read_text()


def test_a_damaged_data_set_is_named_without_its_folder(lab: LabServer) -> None:
    with visit(lab, Variant(dataset="mnist", seed=172)) as page:
        assert "…/mnist.npz is damaged or is another data set" in page.text.replace("\\", "")
        assert_no_paths(page)


@pytest.mark.parametrize("page", ["", "compare", "matrix", "losses", "library", "status"])
def test_no_page_names_a_folder(lab: LabServer, page: str) -> None:
    with Visitor(f"{lab.url}/{page}?dataset=mnist") as visitor:
        assert_no_paths(visitor)


def test_a_store_that_cannot_be_written_is_named_without_its_folder(tmp_path: Path) -> None:
    file = tmp_path / "home"
    file.write_text("a file where the folder of runs should be")
    environment = {"AUTOENCODER_LAB_PUBLIC": "1", "AUTOENCODER_LAB_HOME": str(file)}
    with LabServer(tmp_path / "log", environment=environment) as server:
        with visit(server, Variant(seed=173)) as page:
            assert "Runs cannot be saved in …/home" in page.text.replace("\\", "")
            assert_no_paths(page)
        assert f"path={file}" in server.log.read_text()
