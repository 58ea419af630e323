"""Shared by all tests: a separate home folder, the location of large data sets, and seeds."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

from core import environment

SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"

# The same examples every time, and no deadline: the speed of the machine is not tested.
hypothesis.settings.register_profile("tests", derandomize=True, deadline=None)
hypothesis.settings.load_profile("tests")


def pytest_configure() -> None:
    # When a time limit ends pytest, it still stops the servers and workers it has started.
    signal.signal(signal.SIGTERM, signal.default_int_handler)


@pytest.fixture(autouse=True, scope="session")
def _environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep the tests away from the home of the user who runs them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AUTOENCODER_LAB_HOME", str(tmp_path_factory.mktemp("home")))
        if SHARED_DATA.is_dir() and environment.data_folder() is None:
            patch.setenv("AUTOENCODER_LAB_DATA", str(SHARED_DATA))
        patch.delenv("AUTOENCODER_LAB_PUBLIC", raising=False)
        yield


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home folder for this test."""
    folder = tmp_path / "home"
    folder.mkdir()
    monkeypatch.setenv("AUTOENCODER_LAB_HOME", str(folder))
    return folder


@pytest.fixture
def no_data(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No large data set is on this machine, neither in a named folder nor in Keras' cache."""
    monkeypatch.delenv("AUTOENCODER_LAB_DATA", raising=False)
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))


@pytest.fixture
def full_mnist() -> str:
    """The name of the full MNIST data set, if this machine has it."""
    folder = environment.data_folder()
    if folder is None or not (folder / "mnist.npz").exists():
        pytest.skip("MNIST's 60,000 digits are not here: AUTOENCODER_LAB_DATA names no mnist.npz")
    return "mnist"
