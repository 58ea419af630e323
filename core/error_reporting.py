"""Unexpected errors: all details go to the log, and to the screen those that the host allows.

Both carry a reference by which the operator can find an error that a visitor reports.
"""

from __future__ import annotations

import logging
import secrets
import traceback
from typing import Any

from core.errors import LabError
from core.log import log_event

REFERENCE_BYTES = 3
MAX_TEXT_LENGTH = 200


def described(what: str, problem: BaseException, *, details: bool, **values: Any) -> str:
    """Log an error with its traceback and a new reference, and describe it.

    Args:
        what: what went wrong, to start a sentence with.
        problem: the error.
        details: whether the screen may show the error's text.
        values: further values for the log.

    Returns:
        `what`, the error's text if it may be shown, and the reference; without a full stop.
    """
    reference = secrets.token_hex(REFERENCE_BYTES).upper()
    trace = "".join(traceback.format_exception(problem))
    log_event("fault", level=logging.ERROR, **values, reference=reference, trace=trace)
    text = f"{type(problem).__name__}: {problem}"[:MAX_TEXT_LENGTH].rstrip(".: ")
    return f"{what}{f': {text}' if details else ''} (reference {reference})"


def sentence(what: str, problem: BaseException, *, details: bool, **values: Any) -> str:
    """`described` as a sentence; for a `LabError` its own text, without a reference."""
    if isinstance(problem, LabError):
        log_event("fault", level=logging.ERROR, **values, reason=repr(problem))
        return str(problem)
    return f"{described(what, problem, details=details, **values)}."
