"""Memory of the lab: five visitors train on full MNIST, then fifty runs in sequence.

    python -m benchmarks.memory [--runs 50] [--dataset mnist]

A separate lab with the limits of a public host is visited over real websocket sessions. Goals:
page process, scheduler (a part of it) and worker together at most 1,000 MB (proportional set size),
and no more than 5 % more in the last ten runs than in the first ten. Each of the fifty runs
compiles a different program, so that workers are replaced as they would be in a year.
"""

from __future__ import annotations

import argparse
import itertools
import os
import platform
import tempfile
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from benchmarks.logs import hidden_logs
from core import system_info
from core.objectives.activations import ACTIVATIONS
from core.objectives.losses import LOSSES
from core.variant import Variant
from support.lab_server import LabServer
from support.visitor import Visitor

VISITORS = 5
EPOCHS_OF_VISITORS = 8
COMPARED = 10  # first and last runs of the sequence
SECONDS_BETWEEN_MEASUREMENTS = 0.25
RUN_SECONDS = 300.0
MEGABYTE = 1_000_000


class Gauge:
    """The peak memory of each kind of process, and of all together, since `restart`."""

    def __init__(self, pid: int) -> None:
        self.most: Counter[str] = Counter()
        self._pid = pid
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._measure, daemon=True)
        self._thread.start()

    def restart(self) -> Counter[str]:
        """Return the peaks so far, and start again."""
        past, self.most = self.most, Counter()
        return past

    def close(self) -> None:
        """Stop measuring."""
        self._done.set()
        self._thread.join()

    def _measure(self) -> None:
        while not self._done.wait(SECONDS_BETWEEN_MEASUREMENTS):
            held, most = system_info.memory(self._pid), self.most
            for each in held:
                most[each.role] = max(most[each.role], each.bytes)
            most["together"] = max(most["together"], sum(each.bytes for each in held))


def variants(dataset: str, count: int) -> list[Variant]:
    """Variants whose programs all differ."""
    choices = itertools.product([128, 96, 64], LOSSES, ACTIVATIONS)
    return [
        Variant(
            dataset=dataset, epochs=1, loss=loss, activation=activation, layers=(width, 28, width)
        )
        for width, loss, activation in itertools.islice(choices, count)
    ]


def train(server: LabServer, variant: Variant) -> float:
    """Train to the end as a visitor; returns the seconds."""
    query = "&".join(f"{name}={value}" for name, value in variant.to_query().items())
    with Visitor(f"{server.url}/lab?{query}") as page:
        page.until(lambda: page.buttons().get("Train"), RUN_SECONDS)
        begun = time.monotonic()
        page.click("Train")
        page.until(lambda: "Train again" in page.buttons(), RUN_SECONDS)
        assert not page.errors, page.errors
        return time.monotonic() - begun


def table(title: str, most: Counter[str]) -> None:
    """Print the peaks."""
    print(f"\n| {title} | most MB (PSS) |\n|---|---|")
    for role, size in most.items():
        print(f"| {role} | {size / MEGABYTE:.0f} |", flush=True)


def run(dataset: str, runs: int) -> None:
    """Measure both, and print them as Markdown."""
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    public = {"AUTOENCODER_LAB_PUBLIC": "1"}
    with (
        tempfile.TemporaryDirectory() as home,
        LabServer(Path(home), environment=public) as server,
    ):
        gauge = Gauge(server.process.pid)
        with ThreadPoolExecutor(VISITORS) as pool:
            asked = [
                Variant(dataset=dataset, epochs=EPOCHS_OF_VISITORS, seed=seed, activation=name)
                for seed, name in enumerate(ACTIVATIONS, start=1)
            ]
            list(pool.map(lambda variant: train(server, variant), asked[:VISITORS]))
        table(f"{VISITORS} visitors train on {dataset}", gauge.restart())
        peaks, seconds = [], []
        for variant in variants(dataset, runs):
            seconds.append(train(server, variant))
            peaks.append(gauge.restart())
        gauge.close()
        most: Counter[str] = Counter()
        for peak in peaks:
            most |= peak
        table(f"{runs} runs one after another", most)
        print(f"\n{server.log.read_text().count('event=replaced')} workers were replaced;")
        print(f"a run took {sum(seconds) / runs:.1f} s, the longest {max(seconds):.1f} s.")
        for role in most:
            first, last = (
                max(peak[role] for peak in part) for part in (peaks[:COMPARED], peaks[-COMPARED:])
            )
            print(f"{role}: the last {COMPARED} held {last / first - 1:+.1%} beside the first.")


@hidden_logs()
def main() -> None:
    """Parse the options and run."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=50, help="one after another, up to 75")
    parser.add_argument("--dataset", default="mnist", help="that is trained on")
    options = parser.parse_args()
    run(options.dataset, min(options.runs, 75))


if __name__ == "__main__":
    main()
