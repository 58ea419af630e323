"""An error that nobody foresaw: all of it in the log, a reference on the screen."""

from __future__ import annotations

import json
import re

import pytest

from core.error_reporting import sentence
from core.errors import StoreUnavailable


def raised(message: str) -> Exception:
    try:
        raise OSError(message)
    except OSError as problem:
        return problem


def reference_in(text: str) -> str:
    [reference] = re.findall(r"\(reference ([0-9A-F]{6})\)\.", text)
    return str(reference)


def test_the_log_has_under_the_reference_what_the_screen_does_not_say(
    caplog: pytest.LogCaptureFixture,
) -> None:
    said = sentence("Something went wrong here", raised("/home/lab/secret"), details=False, page=2)
    reference = reference_in(said)
    assert said == f"Something went wrong here (reference {reference})."
    [line] = caplog.messages
    assert line.startswith(f"event=fault page=2 reference={reference} trace=")
    trace = json.loads(line.partition("trace=")[2])
    assert trace.startswith("Traceback (most recent call last):")
    assert "in raised" in trace
    assert trace.endswith("OSError: /home/lab/secret\n")
    assert caplog.records[0].levelname == "ERROR"


def test_where_details_are_shown_the_error_is_named_too() -> None:
    said = sentence("The training failed", ZeroDivisionError("by zero."), details=True)
    reference = reference_in(said)
    assert said == f"The training failed: ZeroDivisionError: by zero (reference {reference})."


def test_a_long_error_is_cut() -> None:
    said = sentence("It failed", ValueError("x" * 100_000), details=True)
    assert len(said) < 250


def test_each_error_has_a_reference_of_its_own() -> None:
    said = {sentence("It failed", ValueError("no"), details=False) for _ in range(50)}
    assert len(said) == 50


def test_lab_errors_are_shown_unchanged(caplog: pytest.LogCaptureFixture) -> None:
    problem = StoreUnavailable("The disk is full. Free some space, or delete runs.")
    assert sentence("It failed", problem, details=False) == str(problem)
    assert caplog.messages[0].startswith("event=fault reason=")
