"""What the status page tells of a lab that runs."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from pathlib import Path

import psutil

from core import health


def test_memory_is_that_of_the_page_process_and_its_workers_alone() -> None:
    idle = "import sys; print(flush=True); sys.stdin.read()"
    commands = [[sys.executable, "-c", idle, health.WORKER], [sys.executable, "-c", idle]]
    children = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        for command in commands
    ]
    try:
        for child in children:
            assert child.stdout is not None
            child.stdout.readline()
        held = health.memory()
    finally:
        for child in children:
            child.communicate(timeout=30)
    assert [each.role for each in held] == ["page process", "worker"]
    resident = psutil.Process(os.getpid()).memory_info().rss
    # The proportional size counts shared pages in part, so it is no more than the resident one.
    assert 0.2 * resident < held[0].bytes < 1.1 * resident
    assert 1_000_000 < held[1].bytes < held[0].bytes


def test_the_disk_of_a_folder_that_is_not_there_yet_is_that_above_it(tmp_path: Path) -> None:
    free = health.free_bytes(tmp_path / "not" / "here")
    assert 0 < free < psutil.disk_usage(str(tmp_path)).total


def test_versions_are_told_without_an_import_of_tensorflow() -> None:
    code = "from core import health; import sys; health.versions(); print('keras' in sys.modules)"
    said = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    )
    assert said.stdout.strip() == "False"
    found = health.versions()
    assert found["Python"] == platform.python_version()
    assert found["streamlit"].startswith("1.67.")
