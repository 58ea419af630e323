"""Objects that exist once per process and survive cache clearing and reloads.

Streamlit's caches are no place for it. Any visitor's browser may clear them with one message, which
Streamlit does not refuse, and then a second trainer would start beside the first.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from functools import wraps
from types import ModuleType
from typing import TypeVar

Kept = TypeVar("Kept")

# A module without a file stays in `sys.modules` where Streamlit's watcher, after a change of the
# code, drops this module and all others of the lab.
_process = sys.modules.setdefault("autoencoder_lab_process", ModuleType("autoencoder_lab_process"))
_lock: threading.RLock = _process.__dict__.setdefault("lock", threading.RLock())
_kept: dict[str, object] = _process.__dict__.setdefault("kept", {})


def singleton(make: Callable[[], Kept]) -> Callable[[], Kept]:
    """Let a function make its object at the first call only, whichever thread comes first.

    Args:
        make: may call other singletons. Where it raises, the next call tries again.
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
