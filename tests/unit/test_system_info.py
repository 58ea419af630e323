"""What the status page tells of a lab that runs."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from core import system_info
from core.errors import LabError


def test_memory_is_that_of_the_page_process_and_its_workers_alone() -> None:
    idle = "import sys; print(flush=True); sys.stdin.read()"
    commands = [[sys.executable, "-c", idle, system_info.WORKER], [sys.executable, "-c", idle]]
    children = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        for command in commands
    ]
    try:
        for child in children:
            assert child.stdout is not None
            child.stdout.readline()
        held = system_info.memory()
    finally:
        for child in children:
            child.communicate(timeout=30)
    assert [each.role for each in held] == ["page process", "worker"]
    resident = psutil.Process(os.getpid()).memory_info().rss
    # The proportional size counts shared pages in part, so it is no more than the resident one.
    assert 0.2 * resident < held[0].bytes < 1.1 * resident
    assert 1_000_000 < held[1].bytes < held[0].bytes


def test_the_disk_of_a_folder_that_is_not_there_yet_is_that_above_it(tmp_path: Path) -> None:
    free = system_info.free_bytes(tmp_path / "not" / "here")
    assert 0 < free < psutil.disk_usage(str(tmp_path)).total


def test_versions_are_known_without_importing_tensorflow() -> None:
    code = (
        "from core import system_info; import sys;"
        " system_info.versions(); print('keras' in sys.modules)"
    )
    said = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    )
    assert said.stdout.strip() == "False"
    found = system_info.versions()
    assert found["Python"] == platform.python_version()
    assert found["streamlit"].startswith("1.67.")


@pytest.mark.parametrize(
    ("group", "files", "expected"),
    [
        ("0::/lab/page\n", {"lab/page/memory.max": "max", "lab/memory.max": "512000000"}, 512e6),
        ("0::/\n", {"memory.max": "600000000"}, 600e6),
        ("5:cpu:/lab\n4:memory:/lab\n", {"memory/lab/memory.limit_in_bytes": "700000000"}, 700e6),
        ("0::/lab\n", {"lab/memory.max": "max"}, None),
        ("0::/lab\n", {}, None),
    ],
    ids=["a group above", "a container", "version 1", "no limit", "no such file"],
)
def test_the_memory_of_a_host_is_what_its_control_group_allows(
    tmp_path: Path, group: str, files: dict[str, str], expected: float | None
) -> None:
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(f"{text}\n")
    (tmp_path / "group").write_text(group)
    whole = psutil.virtual_memory().total
    assert system_info.allowed_bytes(tmp_path, tmp_path / "group") == (expected or whole)


def test_too_small_host_is_reported_with_its_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTOENCODER_LAB_MEMORY_MB", "649")
    assert system_info.too_small() == (
        "This machine gives the lab 649 MB of memory, and training takes 650 MB,"
        " so nothing is trained here."
    )
    monkeypatch.setenv("AUTOENCODER_LAB_MEMORY_MB", "650")
    assert system_info.too_small() is None
    monkeypatch.setenv("AUTOENCODER_LAB_MEMORY_MB", "little")
    with pytest.raises(LabError, match="MEMORY_MB is 'little'; set it to a number of megabytes"):
        system_info.too_small()
