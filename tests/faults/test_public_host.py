"""A lab for strangers as it is started: by a line in Streamlit's secrets."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from support.lab_server import LabServer
from support.visitor import Visitor

pytestmark = pytest.mark.timeout(240)

READY_SECONDS = 120.0


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabServer]:
    """A lab with secrets and no variable that says the same."""
    folder = tmp_path_factory.mktemp("host")
    secrets = folder / ".streamlit" / "secrets.toml"
    secrets.parent.mkdir()
    secrets.write_text('AUTOENCODER_LAB_PUBLIC = "1"\nAUTOENCODER_LAB_MEMORY_MB = "512"\n')
    with LabServer(folder / "home", environment={"HOME": str(folder)}) as server:
        yield server


def test_limits_of_the_secrets_are_in_force_and_logged(lab: LabServer) -> None:
    with Visitor(f"{lab.url}/status") as page:
        assert page.errors == []
    assert "event=start public=True" in lab.log.read_text()


def test_where_memory_is_short_the_page_says_so_and_shipped_runs_open(lab: LabServer) -> None:
    with Visitor(f"{lab.url}/lab?seed=77") as page:
        page.until(lambda: "No trainer." in page.text, READY_SECONDS)
        assert "This machine gives the lab 512 MB of memory" in page.text
        assert not page.buttons()["Train"]
    with Visitor(f"{lab.url}/lab") as page:
        assert "Train again" in page.buttons()
        assert page.errors == []
    with Visitor(lab.url) as page:
        assert page.errors == []
    assert lab.is_healthy()
    assert 'event=trainer state=unavailable message="This machine gives' in lab.log.read_text()
