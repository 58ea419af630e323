"""Keeps log lines of TensorFlow, Streamlit and the lab out of the benchmarks' tables."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def hidden_logs() -> Iterator[None]:
    """Hide what this process and its children write to standard error; shown if work fails.

    TensorFlow writes some lines before its log level applies, so the file descriptor is replaced.
    """
    with tempfile.TemporaryFile("w+") as hidden:
        sys.stderr.flush()
        shown = os.dup(sys.stderr.fileno())
        os.dup2(hidden.fileno(), sys.stderr.fileno())
        try:
            yield
        except BaseException:
            os.dup2(shown, sys.stderr.fileno())
            hidden.seek(0)
            shutil.copyfileobj(hidden, sys.stderr)
            raise
        finally:
            sys.stderr.flush()
            os.dup2(shown, sys.stderr.fileno())
            os.close(shown)
