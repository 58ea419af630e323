"""One line a happening, as key=value: start, queue, run, fault."""

from __future__ import annotations

import json
import logging
from typing import Any

logger = logging.getLogger("autoencoder_lab")


def happened(event: str, *, level: int = logging.INFO, **values: Any) -> None:
    """Log `event=... key=value ...`; text with spaces is quoted, None is left out."""
    pairs = {"event": event, **{name: value for name, value in values.items() if value is not None}}
    logger.log(level, " ".join(f"{name}={_written(value)}" for name, value in pairs.items()))


def _written(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.3f}"
    text = str(value)
    return text if text and text.isprintable() and not set(' "=') & set(text) else json.dumps(text)
