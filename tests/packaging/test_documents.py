"""The documents: their links and pictures are there, and what they tell to type works."""

from __future__ import annotations

import io
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote

import pytest
from distributed.cli import dask_scheduler, dask_worker
from PIL import Image

from core import cli
from core.cli.arguments import variant_of
from core.cli.sweep_command import values
from core.data.image_sets import info_of
from core.diagnostics.experiment import experiment, trial
from core.diagnostics.neighbours import neighbours
from core.export.keras_script import keras_script
from core.store import RunStore
from core.variant import Variant
from core.variant_grid import grid
from support.image_files import csv_of, digits
from support.runs import make_run
from tools import make_pictures

DOCUMENTS = [Path(name) for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")]
DOCUMENTS += sorted(Path("docs").glob("*.md"))
README = Path("README.md").read_text()
SHELL = [
    line.partition("#")[0].strip()
    for block in re.findall(r"```sh\n(.*?)```", README, re.DOTALL)
    for line in block.replace("\\\n", "").splitlines()
]
PYTHON = ".venv/bin/python -m "
LAB = [line.removeprefix(PYTHON) for line in SHELL if line.startswith(f"{PYTHON}core ")]
DASK = [line.removeprefix(PYTHON) for line in SHELL if line.startswith(f"{PYTHON}dask ")]
SERVERS = {"scheduler": dask_scheduler.main, "worker": dask_worker.main}


@pytest.mark.parametrize("document", DOCUMENTS, ids=str)
def test_every_linked_file_and_picture_is_there(document: Path) -> None:
    targets = re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)", document.read_text())
    files = [document.parent / unquote(target) for target in targets if "://" not in target]
    assert [file for file in files if not file.exists()] == []


def test_every_file_that_a_recipe_names_is_there() -> None:
    recipes = Path("CONTRIBUTING.md").read_text().partition("## Recipes")[2].partition("\n## ")[0]
    named = re.findall(r"`((?:core|pages|tests)/[^`]*)`", recipes)
    assert len(named) > 30
    assert [name for name in named if not Path(name).exists()] == []


def test_the_layout_in_the_readme_is_the_tree() -> None:
    layout = README.partition("## Layout of the code")[2].split("```")[1]
    top = ""
    named = set()
    for indent, name in re.findall(r"^( *)([\w./]+)\s", layout, re.MULTILINE):
        top = top if indent else name
        named.add(Path(top, name) if indent else Path(name))
    assert [path for path in named if not path.exists()] == []
    packages = {path.parent for path in Path("core").glob("*/__init__.py")}
    assert packages - named == set()


def test_every_picture_is_shown_in_words_too() -> None:
    shown = re.findall(r"!\[(.*?)\]\(docs/pictures/(.*?)\.png\)", README)
    assert all(len(words) > 20 for words, _ in shown)
    made = {path.stem for path in make_pictures.FOLDER.glob("*.png")}
    assert {name for _, name in shown} == made
    assert made <= set(make_pictures.shots())


@pytest.mark.parametrize("path", sorted(make_pictures.FOLDER.glob("*.png")), ids=lambda p: p.stem)
def test_a_picture_is_small_and_of_a_whole_screen(path: Path) -> None:
    png = path.read_bytes()
    assert len(png) < 120_000
    with Image.open(io.BytesIO(png)) as picture:
        assert picture.size == (1280, 720)


def test_the_readme_names_every_variable_that_the_lab_reads() -> None:
    names = r'(?:environ\.get|_folder)\("((?:AUTOENCODER_LAB|DASK)_\w+)"'
    read = set(re.findall(names, Path("core/environment.py").read_text()))
    named = set(re.findall(r"^\| `([A-Z_]+)`", README, re.MULTILINE))
    assert named == read


def test_every_benchmark_that_the_readme_names_is_there() -> None:
    named = re.findall(r"`benchmarks\.(\w+)`", README)
    assert len(named) > 3
    assert [name for name in named if not Path("benchmarks", f"{name}.py").exists()] == []


def test_the_readme_shows_every_command() -> None:
    assert {line.split()[1] for line in LAB} == set(cli.COMMANDS)


OWN = [line for line in LAB if line.split()[1] == "data" or "--dataset mine" in line]
STORED = [x for x in LAB if x not in OWN and x.split()[1] not in ("gallery", "explain")]


@pytest.mark.parametrize("line", STORED)
def test_a_command_of_the_readme_gives_what_is_stored(line: str, tmp_path: Path) -> None:
    """Its runs are stored already, so that it trains nothing."""
    arguments = shlex.split(line)[1:]
    options = cli.parse(arguments)
    store = RunStore(tmp_path)
    if options.command != "list":
        for variant in grid(variant_of(options), values(getattr(options, "vary", []))):
            store.put(make_run(variant))
    if options.command == "cause":
        first = make_run(variant_of(options))
        singles = neighbours(first)
        found = experiment(trial(first), [trial(make_run(single)) for single in singles])
        for variant in (*singles, *found.next_round()):
            store.put(make_run(variant))
    done = subprocess.run(
        [sys.executable, "-m", "core", *arguments],
        env={**os.environ, "AUTOENCODER_LAB_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert ("0.0141" in done.stdout) == (options.command != "list")  # the stored runs' MSE


def test_the_readme_adds_images_and_trains_on_them(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    adding, training = (shlex.split(line)[1:] for line in OWN)
    (tmp_path / adding[2]).write_bytes(csv_of(*digits(), header=True))
    monkeypatch.chdir(tmp_path)
    assert cli.main(adding) == 0
    variant = variant_of(cli.parse(training))
    assert info_of(variant.dataset).label == "mine"
    RunStore(home).put(make_run(variant))
    assert cli.main(training) == 0


def test_the_readme_explains_a_script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (line,) = (line for line in LAB if line.split()[1] == "explain")
    script = tmp_path / shlex.split(line)[2]
    script.write_text(keras_script(Variant(activation="softmax")))
    monkeypatch.chdir(tmp_path)
    assert cli.main(shlex.split(line)[1:]) == 0


@pytest.mark.parametrize("line", [line for line in LAB if "gallery" in line])
def test_a_command_for_the_shipped_runs_is_understood(line: str) -> None:
    assert cli.parse(shlex.split(line)[1:]).action in ("build", "check")


@pytest.mark.parametrize("line", DASK)
def test_dask_understands_a_command_of_the_readme(line: str) -> None:
    _, server, *arguments = shlex.split(line)
    context = SERVERS[server].make_context(server, arguments)
    assert "8786" in str(context.params.get("port") or context.params["scheduler"])
    # Without them Dask listens on every interface; its dashboard does so whatever --host says.
    assert context.params["host"] == "127.0.0.1"
    assert context.params["dashboard_address"].startswith("127.0.0.1:")


def test_the_readme_starts_scheduler_worker_and_lab_at_one_address() -> None:
    assert [line.split()[1] for line in DASK] == ["scheduler", "worker"]
    address = next(part for part in DASK[1].split() if "://" in part)
    assert f"DASK_SCHEDULER_ADDRESS={address} make run" in SHELL
