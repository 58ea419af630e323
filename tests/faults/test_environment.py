"""What the environment gets wrong is said on the page, with what to correct."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.lab_server import LabServer
from support.visitor import Visitor

pytestmark = pytest.mark.timeout(120)

SECONDS = 40.0


def test_a_trainer_that_cannot_read_its_memory_limit_lets_nobody_wait(tmp_path: Path) -> None:
    environment = {"AUTOENCODER_LAB_MEMORY_MB": "abc"}
    said = "AUTOENCODER_LAB_MEMORY_MB is 'abc'; set it to a number of megabytes, such as 1000."
    with LabServer(tmp_path / "home", environment=environment) as server:
        with Visitor(f"{server.url}/lab?seed=191") as page:
            page.until(lambda: "No trainer." in page.text, SECONDS)
            assert said in page.text
            assert not page.buttons()["Train"]
            assert page.errors == []
        with Visitor(f"{server.url}/lab") as page:  # a run that came with the lab
            assert "Train again" in page.buttons()
            assert page.errors == []
