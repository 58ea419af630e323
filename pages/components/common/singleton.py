"""Singletons: objects that exist once per process and survive cleared caches and reloads.

Streamlit's caches are not suitable: any visitor's browser can clear them with one message, and then
a second trainer would start.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from functools import wraps
from types import ModuleType
from typing import TypeVar

Kept = TypeVar("Kept")

# A module without a file stays in `sys.modules` when Streamlit's watcher drops the lab's modules
# after a change of the code.
_process = sys.modules.setdefault("autoencoder_lab_process", ModuleType("autoencoder_lab_process"))
_lock: threading.RLock = _process.__dict__.setdefault("lock", threading.RLock())
_kept: dict[str, object] = _process.__dict__.setdefault("kept", {})


def singleton(make: Callable[[], Kept]) -> Callable[[], Kept]:
    """Decorate a function so that it makes its object once per process; thread-safe.

    Args:
        make: may call other singletons. If it raises, the next call tries again.
    """
    name = f"{make.__module__}.{make.__qualname__}"

    @wraps(make)
    def get() -> Kept:
        if name not in _kept:
            with _lock:
                if name not in _kept:
                    _kept[name] = make()
        return _kept[name]  # type: ignore[return-value]

    return get
