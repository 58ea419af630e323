"""One key=value line per event: start, queue, run, error.

As usual for a package, nothing is written before a handler is installed, as by `to_stderr`.
"""

from __future__ import annotations

import json
import logging
import time
from typing import Any

logger = logging.getLogger("autoencoder_lab")
logger.addHandler(logging.NullHandler())


def log_event(event: str, *, level: int = logging.INFO, **values: Any) -> None:
    """Log `event=... key=value ...`; text containing spaces is quoted; None values are omitted."""
    pairs = {"event": event, **{name: value for name, value in values.items() if value is not None}}
    logger.log(level, " ".join(f"{name}={_format_value(value)}" for name, value in pairs.items()))


def to_stderr() -> None:
    """Log to standard error, with time (UTC) and level; further calls do nothing."""
    if not any(type(handler) is logging.StreamHandler for handler in logger.handlers):
        handler = logging.StreamHandler()
        formatter = logging.Formatter(
            "time=%(asctime)s level=%(levelname)s %(message)s", "%Y-%m-%dT%H:%M:%SZ"
        )
        formatter.converter = time.gmtime
        handler.setFormatter(formatter)
        logger.addHandler(handler)
        logger.setLevel(logging.INFO)


def _format_value(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.3f}"
    text = str(value)
    return text if text and text.isprintable() and not set(' "=') & set(text) else json.dumps(text)
