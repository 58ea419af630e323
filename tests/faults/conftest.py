"""One lab for the faults that it is to survive."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from support.lab_server import LabServer


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabServer]:
    with LabServer(tmp_path_factory.mktemp("lab")) as server:
        yield server
