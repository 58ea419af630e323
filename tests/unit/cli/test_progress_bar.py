"""The progress bar on a terminal, and where there is none."""

from __future__ import annotations

import io
import re

import pytest

from core.cli.progress_bar import Progress, ProgressBar


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_shows_one_changing_line_that_is_removed_at_the_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "60")
    stream = Terminal()
    with ProgressBar(stream) as bar:
        bar.show(Progress(text="Compiling"))
        bar.show(Progress(text="Epoch 3 of 5 [a file], loss 0.0937 and a tail", share=0.5))
    # Half of a bar of 24 columns; square brackets are no markup; cut at 60 columns.
    lines = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", stream.getvalue()).split("\r")
    assert lines[1].rstrip() == "━" * 24 + " Compiling"
    assert lines[-2] == "━" * 12 + "╺" + "━" * 11 + " Epoch 3 of 5 [a file], loss 0.0937…\n"
    assert stream.getvalue().endswith("\x1b[1A\x1b[2K")  # one line up, which is erased


def test_elsewhere_each_stage_and_each_tenth_is_a_line() -> None:
    stream = io.StringIO()
    with ProgressBar(stream) as bar:
        for text in ("Compiling", "Compiling"):
            bar.show(Progress(text=text))
        for step in range(100):
            bar.show(Progress(text=f"Epoch {step // 50 + 1} of 2, step {step}", share=step / 100))
    lines = stream.getvalue().splitlines()
    assert lines[0] == "Compiling"
    assert lines[1:4] == ["Epoch 1 of 2, step 0", "Epoch 1 of 2, step 10", "Epoch 1 of 2, step 20"]
    assert len(lines) == 11
