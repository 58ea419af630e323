"""Startup time, compared with a minimal Streamlit app with one figure.

    python -m benchmarks.start [--rounds 5]

Seconds from the start of the server's process until its first page has arrived completely over a
real websocket; both apps alternately, so that a busy machine affects both. Goal: at most 1.5 times
as long. Then settings are changed while the trainer is starting, and when it is ready: a click must
not wait for TensorFlow.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import tempfile
import time
from itertools import cycle
from pathlib import Path

from benchmarks.logs import hidden_logs
from core.variant import Variant
from support.lab_server import LabServer
from support.visitor import Visitor

PLAIN = "benchmarks/plain_app.py"
GOAL = 1.5
READY_SECONDS = 120.0
# Python's default, which a container may have turned off: otherwise it would compile the lab's
# sources at each start.
WITH_BYTECODE = {"PYTHONDONTWRITEBYTECODE": ""}
CLICKS = 20


def first_page(app: str, path: str) -> float:
    """Seconds from the start of a server until its page is loaded."""
    with tempfile.TemporaryDirectory() as home:
        begun = time.monotonic()
        server = LabServer(Path(home), app=app, environment=WITH_BYTECODE)
        with server, Visitor(server.url + path):
            return time.monotonic() - begun


def clicks() -> tuple[list[float], list[float]]:
    """Seconds of changed settings while the trainer is starting, and afterwards."""
    cold, warm = [], []
    query = "&".join(f"{name}={value}" for name, value in Variant(epochs=67).to_query().items())
    places = cycle([1, 2, 3, 4, 0])
    with (
        tempfile.TemporaryDirectory() as home,
        LabServer(Path(home)) as server,
        Visitor(f"{server.url}/lab?{query}") as page,
    ):
        deadline = time.monotonic() + READY_SECONDS
        while "Trainer ready" not in page.text and time.monotonic() < deadline:
            cold.append(page.choose("Output activation", next(places)))
        page.watch(1)
        warm.extend(page.choose("Output activation", next(places)) for _ in range(CLICKS))
    return cold, warm


def row(name: str, times: list[float]) -> None:
    """Print a line of the table."""
    print(f"| {name} | {statistics.median(times):.2f} | {max(times):.2f} |", flush=True)


@hidden_logs()
def main() -> None:
    """Measure both, and print them as Markdown."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=5, help="starts of each")
    rounds = parser.parse_args().rounds
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}\n")
    # The first start of each writes bytecode and fills disk caches.
    pairs = [(first_page(PLAIN, "/"), first_page("app.py", "/")) for _ in range(rounds + 1)]
    plain, ours = (list(times) for times in zip(*pairs[1:], strict=True))
    print("| seconds | median | worst |\n|---|---|---|")
    row("plain app with a figure", plain)
    row("the lab's first page", ours)
    cold, warm = clicks()
    row(f"a click while the trainer is starting ({len(cold)})", cold)
    row(f"a click when it is warm ({len(warm)})", warm)
    ratio = statistics.median(one / other for one, other in zip(ours, plain, strict=True))
    print(f"\nThe lab takes {ratio:.2f} times as long; the goal is at most {GOAL}.")


if __name__ == "__main__":
    main()
