"""Many concurrent visitors to a separate lab, over real websocket sessions on loopback.

    python -m benchmarks.load [--sessions 50] [--seconds 30]

First one run is trained unwatched, then another is watched by twenty. Then five visitors train a
variant each, twenty watch the first of them, and the rest change a setting whose run is shipped,
every three seconds. Goals: no error, no mixing of sessions, each variant trained once, a changed
setting answered in under 1 s (95th percentile), watching costs at most a tenth of the training's
speed and 5 % of the machine, and all processes together at most 1,000 MB. All sessions run in one
process beside the lab, whose own work is included in the response times.
"""

from __future__ import annotations

import argparse
import os
import platform
import re
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import cycle
from pathlib import Path

import numpy as np
import psutil

from benchmarks.logs import hidden_logs
from benchmarks.memory import Gauge
from core.metrics import image_metrics
from core.objectives.activations import ACTIVATIONS
from core.store import RunStore
from core.store.shipped import Gallery
from core.text import formats
from core.variant import Variant
from support.lab_server import LabServer
from support.visitor import Visitor

TRAINING = 5
WATCHING = 20
MAX_SESSIONS = 100
EPOCHS = 400
SHIPPED = Variant(normalization="unit", epochs=67)
SECONDS_BETWEEN_CHANGES = 3.0
READY_SECONDS = 120.0
MEASURED_SECONDS = 6.0


class Load:
    """The observations of all sessions."""

    def __init__(self, server: LabServer, seconds: float) -> None:
        self.server = server
        self.seconds = seconds
        self.lock = threading.Lock()
        self.answers: list[float] = []
        self.faults: list[str] = []
        self.ticks = 0

    def train(self, number: int) -> None:
        """Train a separate variant."""
        self._stay(training(number), lambda page: page.click("Train"))

    def watch(self, _: int) -> None:
        """Watch the first training, possibly before it is requested."""
        self._stay(training(0), lambda page: page.click("Train") if is_idle(page) else None)

    def change(self, number: int) -> None:
        """Change settings one after another, among variants whose runs are shipped."""
        with Visitor(link(self.server, SHIPPED)) as page:
            places = cycle([1, 2, 3, 4, 0])
            page.watch(SECONDS_BETWEEN_CHANGES * number / MAX_SESSIONS)
            deadline = time.monotonic() + self.seconds
            while time.monotonic() < deadline:
                place = next(places)
                seconds = page.choose("Output activation", place)
                name = list(ACTIVATIONS)[place]
                with self.lock:
                    self.answers.append(seconds)
                    if f"activation={name}" not in page.query or DIGITS[name] not in page.text:
                        self.faults.append(f"asked for {name}, got {page.query}")
                page.watch(SECONDS_BETWEEN_CHANGES)
            self._note(page)

    def _stay(self, variant: Variant, first: Callable[[Visitor], object]) -> None:
        with Visitor(link(self.server, variant)) as page:
            first(page)
            page.watch(self.seconds)
            if f"seed={variant.seed}" not in page.query or f"seed {variant.seed}" not in page.text:
                self.faults.append(f"asked for seed {variant.seed}, got {page.query}")
            self._note(page)

    def _note(self, page: Visitor) -> None:
        with self.lock:
            self.faults.extend(page.errors)
            self.ticks += page.ticks


def digits() -> dict[str, str]:
    """The lab's text below the digits of each shipped run, by output activation."""
    gallery, found = Gallery(), {}
    for name in ACTIVATIONS:
        run = gallery.get(replace(SHIPPED, activation=name).key)
        assert run is not None
        errors = image_metrics.mse_per_image(run.history.frames[-1].pixels, run.pinned.images)
        found[name] = f"of each: {', '.join(formats.loss(float(error)) for error in errors)}"
    return found


DIGITS = digits()


def training(number: int) -> Variant:
    """The variant that a visitor trains."""
    return Variant(epochs=EPOCHS, seed=1_000 + number)


def is_idle(page: Visitor) -> bool:
    """Whether nobody has requested the run on the page."""
    return "Train" in page.buttons()


def link(server: LabServer, variant: Variant) -> str:
    """The address of a variant on the Lab page."""
    query = "&".join(f"{name}={value}" for name, value in variant.to_query().items())
    return f"{server.url}/lab?{query}"


def begun(log: str) -> Counter[str]:
    """The number of starts of each variant, according to the server's log."""
    return Counter(re.findall(r"event=run key=(\w+)", log))


def trained(server: LabServer, number: int, watchers: int) -> tuple[float, float]:
    """The seconds of a run's steps, and the share of the machine that the pages use meanwhile.

    Args:
        server: the lab.
        number: the number of the variant, below 0.
        watchers: the visitors who watch it; without any, the visitor who requests it leaves.
    """
    variant, process, store = (
        training(number),
        psutil.Process(server.process.pid),
        RunStore(server.home),
    )
    if watchers:  # they arrive while another run trains
        trained_soon(server, training(number - 1))
    trained_soon(server, variant)
    share, done = 0.0, threading.Event()
    with ThreadPoolExecutor(watchers + 1) as pool:
        for _ in range(watchers):
            pool.submit(look_until, link(server, variant), done)
        if watchers:
            while store.get(training(number - 1).key) is None:
                time.sleep(0.1)
            before, begun_at = sum(process.cpu_times()[:2]), time.monotonic()
            time.sleep(MEASURED_SECONDS)
            spent = sum(process.cpu_times()[:2]) - before
            share = spent / (time.monotonic() - begun_at) / (os.cpu_count() or 1)
        while (run := store.get(variant.key)) is None:
            time.sleep(0.1)
        done.set()
    return run.provenance.seconds, share


def trained_soon(server: LabServer, variant: Variant) -> None:
    """Request a run, and leave."""
    with Visitor(link(server, variant)) as page:
        page.click("Train")


def look_until(url: str, done: threading.Event) -> None:
    """Watch a page until others are done."""
    with Visitor(url) as page:
        page.until(done.is_set, READY_SECONDS)


def everyone(load: Load, sessions: int) -> None:
    """Open the pages of all visitors, and close them again."""
    parts = [load.train] * TRAINING + [load.watch] * WATCHING
    parts += [load.change] * (sessions - len(parts))
    with ThreadPoolExecutor(sessions) as pool:
        visits = [pool.submit(part, number) for number, part in enumerate(parts)]
        for visit in visits:
            if (problem := visit.exception()) is not None:
                load.faults.append(str(problem)[:200])


def run(sessions: int, seconds: float) -> None:
    """Run everything and print the results."""
    with tempfile.TemporaryDirectory() as home, LabServer(Path(home)) as server:
        with Visitor(f"{server.url}/lab") as page:
            page.until(lambda: "Trainer ready" in page.text, READY_SECONDS)
        trained(server, -3, 0)  # compiles
        alone = min(trained(server, -2, 0)[0], trained(server, -4, 0)[0])
        watched, share = trained(server, -10, WATCHING)
        load, gauge = Load(server, seconds), Gauge(server.process.pid)
        everyone(load, sessions)
        gauge.close()
        by_variant = begun(server.log.read_text())
    middle, late = np.percentile(load.answers, [50, 95]) if load.answers else (np.nan, np.nan)
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}\n")
    print(f"| {sessions} sessions, {seconds:.0f} s | |\n|---|---|")
    print(f"| changed settings | {len(load.answers)} |")
    print(f"| answered, median | {middle * 1000:.0f} ms |")
    print(f"| answered, 95th percentile | {late * 1000:.0f} ms |")
    print(f"| live parts drawn anew | {load.ticks} |")
    print(f"| variants begun, most often | {len(by_variant)}, {max(by_variant.values())} |")
    print(f"| a run's steps, unwatched | {alone:.1f} s |")
    print(f"| watched by {WATCHING} | {watched / alone - 1:+.0%} |")
    print(f"| their pages, of the machine | {share:.1%} |")
    for role, size in gauge.most.items():
        print(f"| most memory (PSS), {role} | {size / 1e6:.0f} MB |")
    print(f"| faults | {len(load.faults)} |")
    for fault in load.faults[:5]:
        print(f"\n{fault}")


@hidden_logs()
def main() -> None:
    """Parse the options and run."""
    sys.setswitchinterval(0.0005)  # as in the lab itself: many threads with little work each
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--sessions", type=int, default=50, help=f"26 to {MAX_SESSIONS}")
    parser.add_argument("--seconds", type=float, default=30.0, help="that each of them stays")
    options = parser.parse_args()
    if not TRAINING + WATCHING < options.sessions <= MAX_SESSIONS:
        parser.error(f"--sessions: 26 to {MAX_SESSIONS}")
    run(options.sessions, options.seconds)


if __name__ == "__main__":
    main()
