"""Numbers that no training gives: an archive with one of them is refused, or does no harm."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.diagnostics import verdict
from core.diagnostics.evidence import MEASURES
from core.diagnostics.setting_facts import FACTS
from core.errors import InvalidArchive
from core.export.export_files import exports
from core.files import npz
from core.run import Run
from core.store import RunStore, run_format
from core.store.import_export import import_archive
from core.store.library import Library
from core.store.shipped import Gallery
from support.runs import small_run

# A run with all evidence, from which a verdict is read.
RUN = small_run(1, evidence=dict.fromkeys((*MEASURES, *FACTS), 0.5))
FILES = run_format.pack(RUN)
FACTS_OF_RUN = json.loads(FILES["run.json"])
NUMBERS = [0, -1, 1e-320, 1e100, -1e100, 1e101, 1e308, 2**63, 10**300]
TEXTS = ["Infinity", "-Infinity", "NaN"]
CELLS = ["0", "-1", "1e100", "-1e100", "1e308", "inf", "nan", "9" * 300, "9" * 5000, ""]


def leaves(value: Any, *path: str) -> Iterator[tuple[str, ...]]:
    """Where in an object of JSON there is a number, or none although there could be one."""
    if isinstance(value, dict):
        for name in value:
            yield from leaves(value[name], *path, name)
    elif value is None or type(value) in (int, float):
        yield path


def imported(folder: Path, **changed: bytes) -> Run | None:
    """The run as another lab takes it from an archive; None where the archive is refused."""
    kept = {name: FILES[name] for name in (*run_format.REQUIRED, run_format.WEIGHTS)}
    kept |= {name.replace("_", "."): content for name, content in changed.items()}
    source, key = io.BytesIO(), RUN.variant.key
    with zipfile.ZipFile(source, "w") as archive:
        for name, content in kept.items():
            archive.writestr(f"{key}/{name}", content)
    store = RunStore(folder, judge=verdict)
    store.delete(key)
    with suppress(InvalidArchive):
        import_archive(store, source)
    run = store.get(key)
    if run is None:
        return None
    assert [summary.key for summary in store.summaries()] == [key]
    assert store.messages == []
    return run


def use(folder: Path, run: Run) -> None:
    """Make everything that can be taken away of a run, which is most of what pages show."""
    library = Library(RunStore(folder), Gallery(folder / "nothing.zip"))
    for each in exports(library, [run.variant]):
        if each.name not in ("script", "png"):  # the data, and the same as "svg", and slow
            assert each.build()


@pytest.mark.parametrize(
    "path", list(leaves(FACTS_OF_RUN)), ids=lambda path: ".".join(path).replace(" ", "-")
)
def test_number_in_the_facts_is_refused_or_harmless(tmp_path: Path, path: tuple[str, ...]) -> None:
    for number in (*NUMBERS, *TEXTS, None, True, "1"):
        facts = json.loads(FILES["run.json"])
        inner = facts
        for name in path[:-1]:
            inner = inner[name]
        inner[path[-1]] = number
        run = imported(tmp_path, run_json=json.dumps(facts).encode())
        if run is not None:
            use(tmp_path, run)
        assert run is None or number not in (1e101, 1e308, 10**300, True, "1")


@pytest.mark.parametrize("name", ["history.csv", "epochs.csv"])
@pytest.mark.parametrize("place", [1, 2, -1], ids=["first", "second", "last"])
def test_number_in_a_table_is_refused_or_harmless(tmp_path: Path, name: str, place: int) -> None:
    rows = list(csv.reader(io.StringIO(FILES[name].decode())))
    for column, cell in ((c, cell) for c in range(len(rows[0])) for cell in CELLS):
        changed = [list(row) for row in rows]
        changed[place][column] = cell
        text = "\n".join(",".join(row) for row in changed) + "\n"
        run = imported(tmp_path, **{name.replace(".", "_"): text.encode()})
        if run is not None:
            use(tmp_path, run)
        assert run is None or cell not in ("1e308", "9" * 300, "9" * 5000)


@pytest.mark.parametrize("steps", [[-1, 5, 9], [5, 5, 9], [0, 5, 2**62]])
def test_frames_of_impossible_steps_are_refused(tmp_path: Path, steps: list[int]) -> None:
    pixels = np.zeros((3, 10, 784), np.float16)
    content = npz.to_npz({"steps": np.array(steps), "pixels": pixels}, compressed=True)
    assert imported(tmp_path, frames_npz=content) is None


def test_run_without_a_step_is_harmless(tmp_path: Path) -> None:
    empty = {"steps": np.zeros(0, np.int64), "pixels": np.zeros((0, 10, 784), np.float16)}
    heads = {
        name: FILES[name].splitlines(keepends=True)[0] for name in ("history.csv", "epochs.csv")
    }
    run = imported(
        tmp_path,
        frames_npz=npz.to_npz(empty, compressed=True),
        history_csv=heads["history.csv"],
        epochs_csv=heads["epochs.csv"],
    )
    assert run is not None
    use(tmp_path, run)


def test_weights_at_the_end_of_float32_are_harmless(tmp_path: Path) -> None:
    names = npz.from_npz(
        FILES["weights.npz"], {f"{kind}_{n}": "<f4" for n in (0, 1) for kind in ("kernel", "bias")}
    )
    huge = {name: np.full_like(array, 3e38) for name, array in names.items()}
    run = imported(tmp_path, weights_npz=npz.to_npz(huge, compressed=True))
    assert run is not None
    use(tmp_path, run)
