"""Benchmarks hide log lines between their tables, unless they fail."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
SCRIPT = """
import subprocess, sys
from benchmarks.logs import hidden_logs
with hidden_logs():
    print("| a row |")
    print("own line", file=sys.stderr)
    child = "import sys; print('line of a child', file=sys.stderr)"
    subprocess.run([sys.executable, "-c", child], check=True)
    {then}
print("afterwards", file=sys.stderr)
"""


def ran(then: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", SCRIPT.format(then=then)]
    return subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )


def test_lines_of_the_process_and_of_its_children_are_hidden() -> None:
    done = ran("pass")
    assert (done.returncode, done.stdout) == (0, "| a row |\n")
    assert done.stderr == "afterwards\n"


def test_lines_are_shown_if_the_benchmark_fails() -> None:
    done = ran("raise ValueError('the reason')")
    assert done.returncode == 1
    shown = ["own line", "line of a child", "ValueError: the reason"]
    assert [line for line in done.stderr.splitlines() if line in shown] == shown
