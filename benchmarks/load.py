"""Many visitors at once on a lab of its own, over real websocket sessions, on loopback only.

    python -m benchmarks.load [--sessions 50] [--seconds 30]

Five visitors train a variant each, twenty watch the first of them, and the rest change a setting
whose run is stored, every three seconds. Goals: no error, no mixing of sessions, each variant
trained once, a changed setting answered in under 1 s (95th percentile), and together at most
1,000 MB. All sessions run in this one process, whose work counts into the answer times.
"""

from __future__ import annotations

import argparse
import os
import platform
import re
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle
from pathlib import Path

import numpy as np

from core import health
from core.objectives import ACTIVATIONS
from core.variant import Variant
from support.lab_server import LabServer
from support.visitor import Visitor

TRAINING = 5
WATCHING = 20
MOST_SESSIONS = 100
SECONDS_BETWEEN_CHANGES = 3.0
SECONDS_BETWEEN_MEASUREMENTS = 1.0
READY_SECONDS = 120.0


class Load:
    """What all sessions together have seen."""

    def __init__(self, server: LabServer, seconds: float) -> None:
        self.server = server
        self.seconds = seconds
        self.lock = threading.Lock()
        self.answers: list[float] = []
        self.faults: list[str] = []
        self.ticks = 0

    def train(self, number: int) -> None:
        """Train a variant of one's own."""
        self._stay(training(number), lambda page: page.click("Train"))

    def watch(self, _: int) -> None:
        """Watch the first of the trainings, perhaps before it was asked for."""
        self._stay(training(0), lambda page: page.click("Train") if is_idle(page) else None)

    def change(self, number: int) -> None:
        """Change one setting after another, of variants whose runs came with the lab."""
        with Visitor(link(self.server, Variant(normalization="unit", epochs=67))) as page:
            places = cycle([1, 2, 3, 4, 0])
            page.watch(SECONDS_BETWEEN_CHANGES * number / MOST_SESSIONS)
            deadline = time.monotonic() + self.seconds
            while time.monotonic() < deadline:
                place = next(places)
                seconds = page.choose("Output activation", place)
                name = list(ACTIVATIONS)[place]
                with self.lock:
                    self.answers.append(seconds)
                    if f"activation={name}" not in page.query:
                        self.faults.append(f"asked for {name}, got {page.query}")
                page.watch(SECONDS_BETWEEN_CHANGES)
            self._note(page)

    def _stay(self, variant: Variant, first: Callable[[Visitor], object]) -> None:
        with Visitor(link(self.server, variant)) as page:
            first(page)
            page.watch(self.seconds)
            if f"seed={variant.seed}" not in page.query:
                self.faults.append(f"asked for seed {variant.seed}, got {page.query}")
            self._note(page)

    def _note(self, page: Visitor) -> None:
        with self.lock:
            self.faults.extend(page.errors)
            self.ticks += page.ticks


def training(number: int) -> Variant:
    """The variant that a visitor trains."""
    return Variant(epochs=400, seed=1_000 + number)


def is_idle(page: Visitor) -> bool:
    """Whether nobody has asked for the run on the page."""
    return "Train" in page.buttons()


def link(server: LabServer, variant: Variant) -> str:
    """The address of a variant on the Lab page."""
    query = "&".join(f"{name}={value}" for name, value in variant.to_query().items())
    return f"{server.url}/lab?{query}"


def measure(load: Load, done: threading.Event) -> dict[str, int]:
    """Most bytes that each process, and all together, have held."""
    most: Counter[str] = Counter()
    while not done.wait(SECONDS_BETWEEN_MEASUREMENTS):
        held = health.memory(load.server.process.pid)
        for each in held:
            most[each.role] = max(most[each.role], each.bytes)
        most["together"] = max(most["together"], sum(each.bytes for each in held))
    return dict(most)


def begun(log: str) -> Counter[str]:
    """How often each variant was begun, by the server's log."""
    return Counter(re.findall(r"event=run key=(\w+)", log))


def run(sessions: int, seconds: float) -> None:
    """Let all visitors in, and print what they saw."""
    done = threading.Event()
    with tempfile.TemporaryDirectory() as home, LabServer(Path(home)) as server:
        with Visitor(f"{server.url}/lab") as page:
            page.until(lambda: "Trainer ready" in page.text, READY_SECONDS)
        alone = os.getloadavg()[0]
        load = Load(server, seconds)
        parts = [load.train] * TRAINING + [load.watch] * WATCHING
        parts += [load.change] * (sessions - len(parts))
        with ThreadPoolExecutor(sessions + 1) as pool:
            memory = pool.submit(measure, load, done)
            visits = [pool.submit(part, number) for number, part in enumerate(parts[:sessions])]
            for visit in visits:
                if (problem := visit.exception()) is not None:
                    load.faults.append(str(problem)[:200])
            done.set()
        trained = begun(server.log.read_text())
    middle, late = np.percentile(load.answers, [50, 95]) if load.answers else (np.nan, np.nan)
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()};")
    print(f"load average before {alone:.1f}, after {os.getloadavg()[0]:.1f}\n")
    print(f"| {sessions} sessions, {seconds:.0f} s | |\n|---|---|")
    print(f"| changed settings | {len(load.answers)} |")
    print(f"| answered, median | {middle * 1000:.0f} ms |")
    print(f"| answered, 95th percentile | {late * 1000:.0f} ms |")
    print(f"| live parts drawn anew | {load.ticks} |")
    print(f"| variants begun, most often | {len(trained)}, {max(trained.values(), default=0)} |")
    print(f"| faults | {len(load.faults)} |")
    for role, size in memory.result().items():
        print(f"| most memory (PSS), {role} | {size / 1e6:.0f} MB |")
    for fault in load.faults[:5]:
        print(f"\n{fault}")


def main() -> None:
    """Read the options and run."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--sessions", type=int, default=50, help=f"26 to {MOST_SESSIONS}")
    parser.add_argument("--seconds", type=float, default=30.0, help="that each of them stays")
    options = parser.parse_args()
    if not TRAINING + WATCHING < options.sessions <= MOST_SESSIONS:
        parser.error(f"--sessions: 26 to {MOST_SESSIONS}")
    run(options.sessions, options.seconds)


if __name__ == "__main__":
    main()
