"""Streamlit's caches: emptying them takes nothing from others, and no page depends on one."""

from __future__ import annotations

import psutil
import pytest

from core.variant import Variant
from support.lab_server import LabServer
from support.visitor import Visitor
from support.visits import epoch_of, train_until_midway, visit, worker_of

pytestmark = pytest.mark.timeout(240)

RUNNING = Variant(epochs=1000, seed=151)
TIMES = 3


def test_clear_cache_keeps_the_one_trainer_and_the_runs_of_others(lab: LabServer) -> None:
    with visit(lab, RUNNING) as page, visit(lab, Variant(seed=152)) as stranger:
        train_until_midway(page)
        worker, starts = worker_of(lab).pid, lab.log.read_text().count("event=start")
        ports = listening(lab)
        for _ in range(TIMES):
            stranger.clear_cache()
        before = epoch_of(page)
        page.until(lambda: epoch_of(page) > before + 3)
        assert worker_of(lab).pid == worker
        assert listening(lab) == ports
        assert lab.log.read_text().count("event=start") == starts == 1
        page.click("Stop")
        page.until(lambda: "Stopped in epoch" in page.text)
        assert page.errors == stranger.errors == []


@pytest.mark.parametrize("page", ["", "lab", "compare", "matrix", "losses", "library", "your_code"])
def test_no_message_waits_for_one_that_the_browser_may_have_dropped(
    lab: LabServer, page: str
) -> None:
    # 140 kB for the Library's table; by default Streamlit refers to what has 10 kB or more.
    with Visitor(f"{lab.url}/{page}") as visitor:
        assert visitor.text
        assert visitor.references == 0


def listening(server: LabServer) -> set[int]:
    """The ports of the page process; a second scheduler would have two more."""
    connections = psutil.Process(server.process.pid).net_connections("tcp")
    return {each.laddr.port for each in connections if each.status == psutil.CONN_LISTEN}
