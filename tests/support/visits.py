"""Actions of visitors to a real lab, and its processes."""

from __future__ import annotations

import re

import psutil

from core.variant import Variant
from support.lab_server import LabServer
from support.visitor import Visitor

TRAINING_SECONDS = 120.0


def visit(
    server: LabServer,
    variant: Variant,
    *,
    cookie: str | None = None,
    forwarded_for: str | None = None,
) -> Visitor:
    """A visitor to the Lab page with these settings, not yet opened; arguments as for `Visitor`."""
    query = "&".join(f"{name}={value}" for name, value in variant.to_query().items())
    return Visitor(f"{server.url}/lab?{query}", cookie=cookie, forwarded_for=forwarded_for)


def train(page: Visitor) -> None:
    """Train to the end, as soon as the trainer is ready."""
    page.click("Train")
    page.until(lambda: "Train again" in page.buttons(), TRAINING_SECONDS)


def train_until_midway(page: Visitor) -> None:
    """Train until steps are reported."""
    page.click("Train")
    page.until(lambda: "steps/s" in page.text, TRAINING_SECONDS)


def epoch_of(page: Visitor) -> int:
    """The epoch that the page shows; 0 for none."""
    return max((int(number) for number in re.findall(r"Epoch (\d+) of", page.text)), default=0)


def worker_of(server: LabServer) -> psutil.Process:
    """The worker process."""
    children = psutil.Process(server.process.pid).children()
    (worker,) = [child for child in children if "distributed.cli.dask_worker" in child.cmdline()]
    return worker


def has_ended(process: psutil.Process) -> bool:
    """Whether a process has ended, even if its parent has not noticed yet."""
    try:
        return process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True
