"""Cost of the Lab page: server time of a rerun, and browser updates during training.

    python -m benchmarks.pages [--seconds 6] [--dataset mnist]

The first table is the time of the page's script for a changed setting whose run is stored (goal:
150 ms) and for one step of the replay (goal: 100 ms). The second watches a real training in a real
Chromium: how often curve and digits change (goal: 5 a second), and in how many of the browser's
frames an image is missing (goal: none).
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from unittest import mock

from playwright.sync_api import Page, sync_playwright
from streamlit.testing.v1 import AppTest

from benchmarks.logs import hidden_logs
from core.data.datasets import DATASETS, SAMPLE
from core.run import Run
from core.store import RunStore
from core.variant import Variant
from support.fake_trainer import FakeTrainer
from support.lab_server import LabServer
from support.runs import make_run
from tools.browser import launch

REPEATS = 15
APP = Path(__file__).parents[1] / "app.py"

# In every frame that the browser draws: is each image there, and has anything changed?
WATCH = """seconds => new Promise(done => {
    const begun = performance.now(), seen = {curve: 0, digits: 0, all: 0, frames: 0, blank: 0};
    let readout = '', digits = '', all = '';
    const look = () => {
        const rows = [...document.querySelectorAll('.lab-grid img')];
        const chart = document.querySelector('[class*=st-key-lab-curve] canvas');
        const text = document.querySelector('.lab-readout')?.innerText;
        seen.frames += 1;
        if (rows.length < 2 || !chart?.width || !rows.every(r => r.complete && r.naturalWidth))
            seen.blank += 1;
        if (text && text !== readout) { readout = text; seen.curve += 1; }
        if (rows[1] && rows[1].src !== digits) { digits = rows[1].src; seen.digits += 1; }
        const now = text + digits + document.querySelector('.stProgress')?.innerText;
        if (now !== all) { all = now; seen.all += 1; }
        if (performance.now() - begun < seconds * 1000) requestAnimationFrame(look);
        else done(seen);
    };
    requestAnimationFrame(look);
})"""


@hidden_logs()
def main() -> None:
    """Measure both, and print them as Markdown."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=6.0, help="to watch a training for")
    parser.add_argument("--dataset", choices=tuple(DATASETS), default=SAMPLE, help="to train on")
    given = parser.parse_args()
    seconds = given.seconds
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}\n")
    print("| server time, median (worst) | ms |\n|---|---|")
    for name, times in server_times().items():
        print(f"| {name} | {statistics.median(times):.0f} ({max(times):.0f}) |")
    seen = live(seconds, given.dataset)
    print("\n| a training watched in Chromium | |\n|---|---|")
    print(f"| changes of anything | {seen['all'] / seconds:.1f} a second |")
    print(f"| changes of the curve's numbers | {seen['curve'] / seconds:.1f} a second |")
    print(f"| changes of the digits | {seen['digits'] / seconds:.1f} a second |")
    print(f"| frames with a missing picture | {seen['blank']} of {seen['frames']} |")


def server_times() -> dict[str, list[float]]:
    """Milliseconds of reruns of the Lab page, by action."""
    from pages.components.common import services

    with tempfile.TemporaryDirectory() as folder:
        store = RunStore(Path(folder))
        for activation in ("sigmoid", "tanh"):
            store.put(long_run(Variant(activation=activation)))
        trainer = FakeTrainer(store)
        fakes = {"trainer": lambda: trainer, "store": lambda: store, "visitor": lambda: "visitor"}
        with mock.patch.multiple(services, **fakes):
            app = AppTest.from_file(str(APP), default_timeout=60)
            app.switch_page("pages/lab.py").run()
            return {
                "a changed setting, its run stored": timed(
                    lambda turn: app.button_group(key="activation").set_value(
                        ("tanh", "sigmoid")[turn % 2]
                    )
                ),
                "one step of the replay": timed(
                    lambda turn: app.slider[0].set_value(float(turn + 1))
                ),
                "the worst digits, then the best": timed(
                    lambda turn: app.button_group(key="digits").set_value(
                        ("worst", "best")[turn % 2]
                    )
                ),
            }


def long_run(variant: Variant) -> Run:
    """A run with as many loss points and frames as one of 67 epochs has."""
    run = make_run(variant)
    history = run.history
    frames = [replace(history.frames[-1], step=45 * epoch) for epoch in range(68)]
    epochs = [replace(history.epochs[-1], epoch=n, step=45 * n) for n in range(1, 68)]
    steps = list(range(1, 3016, 11))
    return replace(
        run,
        history=replace(
            history,
            total_steps=3015,
            steps=steps,
            losses=[0.1 + 1 / step for step in steps],
            epochs=epochs,
            frames=frames,
        ),
    )


def timed(act: Callable[[int], AppTest]) -> list[float]:
    """Milliseconds of each rerun after an action, without the first."""
    times = []
    for turn in range(REPEATS + 1):
        ready = act(turn)
        begun = time.perf_counter()
        ready.run()
        times.append((time.perf_counter() - begun) * 1000)
    return times[1:]


def live(seconds: float, dataset: str) -> dict[str, int]:
    """The updates that a browser shows during this many seconds of training."""
    epochs = 5 * DATASETS[dataset].default_epochs  # so that it lasts long enough
    with (
        tempfile.TemporaryDirectory() as home,
        LabServer(Path(home)) as lab,
        sync_playwright() as playwright,
    ):
        browser = launch(playwright)
        page = browser.new_page(viewport={"width": 1280, "height": 720})
        seen = watch(page, f"{lab.url}/lab?epochs={epochs}&dataset={dataset}", seconds)
        browser.close()
    return seen


def watch(page: Page, url: str, seconds: float) -> dict[str, int]:
    """Start a training and check every frame."""
    page.set_default_timeout(60_000)
    page.goto(url)
    page.get_by_role("button", name="Train", exact=False).first.click()
    page.get_by_text("steps/s").wait_for()
    seen: dict[str, int] = page.evaluate(WATCH, seconds)
    return seen


if __name__ == "__main__":
    sys.exit(main())
