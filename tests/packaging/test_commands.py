"""The two commands, and the lock files that they install."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

INSTALL = Path("tools/install.sh").resolve()


def install(folder: Path, *locks: str, python: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["sh", INSTALL, *locks],
        cwd=folder,
        env={"PATH": "/usr/bin:/bin", "PYTHON": python},
        capture_output=True,
        text=True,
        timeout=250,
        check=False,
    )


def fake_python(path: Path, script: str) -> str:
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return str(path)


@pytest.mark.timeout(300)  # makes a real environment
def test_a_lock_is_installed_once_and_again_when_it_has_changed(tmp_path: Path) -> None:
    lock = tmp_path / "none.txt"
    lock.write_text("# nothing to install\n")
    first = install(tmp_path, "none.txt", python=sys.executable)
    assert (first.returncode, first.stderr) == (0, "")
    assert "Installing none.txt" in first.stdout
    second = install(tmp_path, "none.txt", python="/nowhere/python")
    assert (second.returncode, second.stdout, second.stderr) == (0, "", "")
    lock.write_text("# nothing else to install\n")
    assert "Installing none.txt" in install(tmp_path, "none.txt", python="").stdout


@pytest.mark.parametrize("script", ["exit 127", "echo 3.9; exit 1"], ids=["shim", "too old"])
def test_a_wrong_python_is_one_clear_sentence(tmp_path: Path, script: str) -> None:
    python = fake_python(tmp_path / "python3", script)
    refused = install(tmp_path, python=python)
    assert refused.returncode == 1
    assert refused.stderr.startswith("Autoencoder Lab needs Python 3.11, 3.12 or 3.13, and none")
    assert refused.stderr.count("\n") == 1


def test_a_python_without_venv_is_one_clear_sentence(tmp_path: Path) -> None:
    without_venv = f'case "$2" in *ensurepip*) exit 1;; esac; exec {sys.executable} "$@"'
    python = fake_python(tmp_path / "python3", without_venv)
    refused = install(tmp_path, python=python)
    assert refused.returncode == 1
    assert refused.stderr == (
        f"{python} has no venv module: install it (on Debian and Ubuntu the package python3-venv)"
        " and try again.\n"
    )


@pytest.mark.parametrize("name", ["requirements", "requirements-dev"])
def test_every_direct_dependency_is_pinned(name: str) -> None:
    direct = re.findall(r"^([a-z][\w-]*)", Path(f"{name}.in").read_text(), re.MULTILINE)
    pinned = re.findall(r"^([a-z][\w-]*)==\d", Path(f"{name}.txt").read_text(), re.MULTILINE)
    assert direct
    assert set(direct) <= set(pinned)


@pytest.mark.parametrize("name", ["requirements", "requirements-dev"])
def test_a_lock_pins_everything_and_names_no_machine(name: str) -> None:
    lines = Path(f"{name}.txt").read_text().splitlines()
    for line in lines:
        assert re.match(r"\s*#|[a-z][\w.-]*==[\w.]+( ;|$)", line), line
    assert not [line for line in lines if "://" in line or " /" in line]


def test_the_readme_opens_with_the_two_commands() -> None:
    code = re.findall(r"```sh\n(.*?)```", Path("README.md").read_text(), re.DOTALL)
    commands = [line.split("#")[0].strip() for line in code[0].splitlines()]
    assert commands[-2:] == ["make run", "make test"]


def test_make_knows_every_command_that_the_documents_name() -> None:
    make = shutil.which("make")
    assert make is not None
    text = "".join(Path(name).read_text() for name in ("README.md", "CONTRIBUTING.md"))
    named = set(re.findall(r"(?:`|^)make ([a-z]+)", text, re.MULTILINE))
    assert {"run", "test", "lint", "types", "lock"} <= named
    for target in named:
        subprocess.run([make, "--dry-run", target], check=True, capture_output=True, timeout=100)


def test_ci_is_the_same_as_what_a_person_runs() -> None:
    script = Path(".ci/run").read_text()
    assert re.findall(r"^make (\w+)$", script, re.MULTILINE) == ["lint", "types", "test"]


def test_the_image_is_built_from_what_is_there_and_runs_as_no_root() -> None:
    lines = Path("Dockerfile").read_text().splitlines()
    copied = [line.split()[2] for line in lines if line.startswith("COPY")]
    allowed = [line[1:] for line in Path(".dockerignore").read_text().splitlines() if "!" in line]
    assert sorted(copied) == sorted(allowed)
    assert all(Path(name).exists() for name in copied)
    assert lines.index("USER lab") < min(i for i, line in enumerate(lines) if line[:4] == "COPY")


LOCAL = "-m streamlit run app.py --server.address=127.0.0.1"


def test_the_commands_for_one_machine_listen_on_it_alone_and_the_container_on_all() -> None:
    shown = subprocess.run(["make", "-n", "run"], capture_output=True, text=True, check=True)
    assert LOCAL in shown.stdout
    commands = re.findall(r"^.*streamlit run .*$", Path("README.md").read_text(), re.MULTILINE)
    assert len(commands) == 2
    assert all(command.endswith(LOCAL) for command in commands)
    assert '"--server.address=0.0.0.0"' in Path("Dockerfile").read_text()
    # Streamlit Community Cloud starts app.py by a command of its own, and reaches it from outside.
    config = tomllib.loads(Path(".streamlit/config.toml").read_text())
    assert "address" not in config["server"]
