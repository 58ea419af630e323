"""A visitor's message that empties Streamlit's caches takes nothing from anybody else."""

from __future__ import annotations

import psutil
import pytest

from core.variant import Variant
from support.lab_server import LabServer
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


def listening(server: LabServer) -> set[int]:
    """The ports of the page process; a second scheduler would have two more."""
    connections = psutil.Process(server.process.pid).net_connections("tcp")
    return {each.laddr.port for each in connections if each.status == psutil.CONN_LISTEN}
