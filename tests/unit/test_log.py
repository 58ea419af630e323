"""Log lines: one key=value line per event, for a person and for a program."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from core.log import log_event


@pytest.mark.parametrize(
    ("values", "line"),
    [
        ({"key": "dd4acf1a", "position": 1}, "event=test key=dd4acf1a position=1"),
        ({"seconds": 2.0 / 3.0}, "event=test seconds=0.667"),
        ({"reason": None}, "event=test"),
        ({"reason": 'He said "no"'}, 'event=test reason="He said \\"no\\""'),
        ({"reason": "two\nlines"}, 'event=test reason="two\\nlines"'),
        ({"reason": "a=b"}, 'event=test reason="a=b"'),
        ({"reason": ""}, 'event=test reason=""'),
    ],
)
def test_event_is_one_key_value_line(
    values: dict[str, object], line: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("INFO", logger="autoencoder_lab"):
        log_event("test", **values)
    assert caplog.messages == [line]


def test_nothing_is_written_unless_it_is_asked_for_and_then_each_line_once() -> None:
    program = (
        "from core.log import log_event, to_stderr; log_event('before', level=40);"
        " to_stderr(); to_stderr(); log_event('after', run=1)"
    )
    printed = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True
    )
    assert printed.stdout == ""
    assert re.fullmatch(
        r"time=\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ level=INFO event=after run=1\n", printed.stderr
    )
