"""The progress bar on a terminal, and where there is none."""

from __future__ import annotations

import io
import os

import pytest

from core.cli.progress_bar import Progress, ProgressBar


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def _time_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    seconds = iter(range(1000))
    monkeypatch.setattr("core.cli.progress_bar.time.monotonic", lambda: next(seconds))


def test_a_terminal_sees_one_line_that_changes_and_is_gone_at_the_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(
        "core.cli.progress_bar.shutil.get_terminal_size", lambda: os.terminal_size((45, 24))
    )
    stream = Terminal()
    with ProgressBar(stream) as bar:
        bar.show(Progress(text="Compiling"))
        bar.show(Progress(text="Epoch 3 of 5, loss 0.0937", share=0.5))
    assert stream.getvalue() == (
        "\rCompiling\x1b[K"
        "\r[############............] Epoch 3 of 5, los\x1b[K"  # cut off at 44 columns
        "\r\x1b[K"
    )


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
