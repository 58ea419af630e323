"""Cost of a large library: its page, and listing, opening and storing runs on disk.

python -m benchmarks.library [--runs 5000]

Medians of five on this machine, in milliseconds. "First list" is that of a new process. The page is
its whole script, as the server runs it for a visitor (goal: 500 ms). The first visitor since the
server's start comes from the Lab page, so that Python's imports are done, and waits until the list
is read and the thumbnails are created.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from unittest import mock

from streamlit.testing.v1 import AppTest

from benchmarks.logs import hidden_logs
from core.files.json_codec import to_json
from core.run import Run
from core.store import INDEX_FILE, RunStore, archive, run_format, run_summary
from core.store.library import Library
from core.store.shipped import Gallery
from core.variant import Variant
from support.fake_trainer import FakeTrainer
from support.runs import make_run

REPEATS = 5
APP = Path(__file__).parents[1] / "app.py"


def fill(root: Path, run: Run, count: int) -> None:
    """Copies of one run under many seeds, packed once."""
    files = run_format.pack(replace(run, weights=None))
    facts = json.loads(files[run_format.RUN])
    (root / "runs").mkdir()
    for seed in range(1, count + 1):
        variant = replace(run.variant, seed=seed)
        own = {**files, run_format.RUN: to_json({**facts, "variant": variant})}
        content = archive.to_bytes(variant.key, own)
        (root / "runs" / f"{variant.key}.zip").write_bytes(content)


def milliseconds(work: Callable[[], object], before: Callable[[], object] = lambda: None) -> float:
    """The median time of a function, each time after a preparation that is not timed."""
    times = []
    for _ in range(REPEATS):
        before()
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return statistics.median(times) * 1000


def page(store: RunStore) -> dict[str, float]:
    """Milliseconds of the Library page by the visitor's action."""
    from pages.components.common import services

    library, trainer = Library(store, Gallery()), FakeTrainer(store)
    fakes = {
        "store": lambda: store,
        "library": lambda: library,
        "trainer": lambda: trainer,
        "visitor": lambda: "visitor",
    }
    with mock.patch.multiple(services, **fakes):
        opened("pages/lab.py")
        forget()
        _, first = opened("pages/library.py")
        app, second = opened("pages/library.py")
        words = iter(("softmax", "sigmoid black", "") * REPEATS)
        return {
            "page, first visitor": first,
            "page, next visitor": second,
            "page, drawn again": milliseconds(app.run),
            "page, another search": milliseconds(
                app.run, lambda: app.text_input(key="library-search").set_value(next(words))
            ),
        }


def forget() -> None:
    """Clear what a new process does not have: the cached summaries."""
    run_summary._read.cache_clear()


def opened(script: str) -> tuple[AppTest, float]:
    """A page opened by a new visitor, and the milliseconds it took."""
    app = AppTest.from_file(str(APP), default_timeout=60)
    app.switch_page(script)
    begun = time.perf_counter()
    app.run()
    return app, (time.perf_counter() - begun) * 1000


@hidden_logs()
def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=5000)
    count = parser.parse_args().runs
    run = make_run(Variant(seed=0))
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        fill(root, run, count)
        store = RunStore(root)
        key = run.variant.key
        rows = {
            "index made anew": milliseconds(
                lambda: store.summaries(), lambda: (root / INDEX_FILE).unlink(missing_ok=True)
            ),
            "first list": milliseconds(lambda: RunStore(root).summaries(), forget),
            "list": milliseconds(lambda: store.summaries()),
            "keep a run": milliseconds(lambda: store.put(run)),
            "open a run": milliseconds(lambda: store.get(key)),
            "small picture": milliseconds(lambda: store.last_digits(key)),
            **page(RunStore(root)),
        }
    print(f"| {count:,} runs | ms |\n|---|---:|")
    for name, value in rows.items():
        print(f"| {name} | {value:,.1f} |")


if __name__ == "__main__":
    main()
