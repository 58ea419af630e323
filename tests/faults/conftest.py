"""Labs for the faults that they are to survive."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from support.clock import Clock
from support.lab_server import LabServer


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabServer]:
    with LabServer(tmp_path_factory.mktemp("lab")) as server:
        yield server


@pytest.fixture(scope="module")
def clock(tmp_path_factory: pytest.TempPathFactory) -> Clock:
    return Clock(tmp_path_factory.mktemp("clock") / "offsets")


@pytest.fixture(scope="module")
def timed(clock: Clock, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabServer]:
    """A lab whose clocks the test sets."""
    home = tmp_path_factory.mktemp("timed")
    with LabServer(home, environment=clock.environment) as server:
        yield server
