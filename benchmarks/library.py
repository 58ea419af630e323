"""What a large library costs: listing, opening and keeping runs with thousands on disk.

python -m benchmarks.library [--runs 5000]

Medians of five on this machine, in milliseconds. "First list" is that of a new process.
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

from core.files import manifest
from core.files.plain import to_json
from core.runs import Run
from core.store import INDEX_FILE, RunStore, run_files
from core.variant import Variant
from support.runs import make_run

REPEATS = 5


def fill(root: Path, run: Run, count: int) -> None:
    """Copies of one run under many seeds, packed once."""
    files = run_files.pack(replace(run, weights=None))
    facts = json.loads(files.pop(run_files.RUN))
    del files[manifest.NAME]
    for seed in range(1, count + 1):
        variant = replace(run.variant, seed=seed)
        own = {**files, run_files.RUN: to_json({**facts, "variant": variant})}
        folder = root / "runs" / variant.key
        folder.mkdir(parents=True)
        for name, content in {**own, manifest.NAME: manifest.manifest(own)}.items():
            (folder / name).write_bytes(content)


def milliseconds(work: Callable[[], object], before: Callable[[], object] = lambda: None) -> float:
    """The median time of a piece of work, each after a preparation that is not counted."""
    times = []
    for _ in range(REPEATS):
        before()
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return statistics.median(times) * 1000


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
            "first list": milliseconds(lambda: RunStore(root).summaries()),
            "list": milliseconds(lambda: store.summaries()),
            "keep a run": milliseconds(lambda: store.put(run)),
            "open a run": milliseconds(lambda: store.get(key)),
            "small picture": milliseconds(lambda: store.last_digits(key)),
        }
    print(f"| {count:,} runs | ms |\n|---|---:|")
    for name, value in rows.items():
        print(f"| {name} | {value:,.1f} |")


if __name__ == "__main__":
    main()
