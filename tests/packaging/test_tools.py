"""The tools behind `make test`: a browser that starts, and a sum that hides nothing."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tools import browser

REPOSITORY = Path.cwd()
TESTS = {
    "passes": "def test_it(): pass\ndef test_that(): pass\n",
    "fails": "def test_it(): assert False\n",
    "skips": "import pytest\ndef test_it(): pytest.skip('no reason')\n",
    "dies": "import os\ndef test_it(): os._exit(3)\n",
    "breaks": "import no_such_module\n",
}


def program(folder: Path, name: str, printed: str, code: int = 0) -> str:
    path = folder / name
    path.write_text(f"#!/bin/sh\necho '{printed}'\nexit {code}\n")
    path.chmod(0o755)
    return str(path)


def run_tests(folder: Path, *names: str) -> subprocess.CompletedProcess[str]:
    for name in names:
        (folder / "tests" / name).mkdir(parents=True)
        (folder / "tests" / name / f"test_{name}.py").write_text(TESTS[name])
    return subprocess.run(
        [sys.executable, "-m", "tools.run_tests"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )


@pytest.fixture
def no_install(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """Install commands are noted and not run."""
    asked: list[tuple[str, ...]] = []
    monkeypatch.setattr(browser, "_tried", lambda *command: asked.append(command))
    return asked


def test_the_browser_that_is_named_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    named = program(tmp_path, "mine", "Chromium 150.0")
    monkeypatch.setenv("CHROMIUM", named)
    assert browser.find_or_install() == Path(named)


def test_a_named_browser_that_does_not_start_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    named = program(tmp_path, "mine", "Chromium 150.0", code=1)
    monkeypatch.setenv("CHROMIUM", named)
    with pytest.raises(browser.NoBrowser, match="which does not start"):
        browser.find_or_install()


def test_text_file_named_like_a_browser_is_ignored(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(tmp_path, "chromium", "Please install the snap", code=1)
    chrome = program(tmp_path, "google-chrome", "Google Chrome 150.0")
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin")
    assert browser.find() == Path(tmp_path, "google-chrome") == Path(chrome)


def test_no_browser_to_be_had_says_what_was_tried(
    monkeypatch: pytest.MonkeyPatch, no_install: list[tuple[str, ...]]
) -> None:
    monkeypatch.setattr(browser, "find", lambda: None)
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(browser.NoBrowser, match="CHROMIUM=/path/to/chromium"):
        browser.find_or_install()
    assert [command[1:] for command in no_install] == [("-m", "playwright", "install", "chromium")]


def test_the_last_line_sums_up_all_directories(tmp_path: Path) -> None:
    done = run_tests(tmp_path, "passes", "fails", "skips")
    assert done.returncode == 1
    assert done.stdout.splitlines()[-1] == "2 passed, 1 failed, 1 skipped"


def test_only_passing_tests_pass(tmp_path: Path) -> None:
    done = run_tests(tmp_path, "passes", "skips")
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "2 passed, 0 failed, 1 skipped")


@pytest.mark.parametrize("name", ["dies", "breaks"])
def test_a_directory_that_does_not_come_to_its_end_has_failed(tmp_path: Path, name: str) -> None:
    done = run_tests(tmp_path, name, "passes")
    assert (done.returncode, done.stdout.splitlines()[-1]) == (1, "2 passed, 1 failed")


def test_no_test_at_all_is_a_failure(tmp_path: Path) -> None:
    done = run_tests(tmp_path)
    assert (done.returncode, done.stdout.splitlines()[-1]) == (1, "0 passed, 0 failed")
