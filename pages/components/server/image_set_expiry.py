"""Expiry of image sets on a public host: an hour after the last session that has them.

Files that were uploaded and not used go with their session.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import defaultdict
from collections.abc import Iterable

from streamlit.runtime import Runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx

from core.data import pending_images
from core.data.image_sets import is_kept
from core.data.pending_images import PendingImages
from core.limits import Limits
from core.log import log_event
from core.store import RunStore
from core.store.image_set_removal import remove_unused

EXPIRY_SECONDS = 60.0

_lock = threading.Lock()
_names: defaultdict[str, set[str]] = defaultdict(set)
_pending: dict[str, PendingImages] = {}
# Sessions that were closed at the last expiry: within a minute a tab may reconnect.
_away: set[str] = set()
# In the order of addition; a browser has a new session after a reload.
_of_browsers: defaultdict[str, dict[str, None]] = defaultdict(dict)


def hold(name: str, browser: str | None = None) -> None:
    """Record that this session and its browser have an image set."""
    session = _this_session()
    with _lock:
        if session is not None:
            _names[session].add(name)
        if browser is not None:
            _of_browsers[browser][name] = None


def hold_pending(pending: PendingImages) -> None:
    """Record the files that this session has uploaded last."""
    session = _this_session()
    with _lock:
        if session is not None:
            _pending[session] = pending


def of_browser(browser: str | None) -> list[str]:
    """The image sets of earlier sessions in a browser that still exist."""
    with _lock:
        names = list(_of_browsers.get(browser or "", ()))
    return [name for name in names if is_kept(name)]


def is_held_elsewhere(name: str, browser: str | None) -> bool:
    """Whether an open session other than this one, or another browser, has an image set."""
    session = _this_session()
    with _lock:
        sessions = [one for one, names in _names.items() if name in names and one != session]
        if any(name in known for one, known in _of_browsers.items() if one != browser):
            return True
    return any(Runtime.instance().is_active_session(one) for one in sessions)


def forget(name: str, browser: str | None) -> None:
    """Record that this session and its browser no longer have an image set."""
    session = _this_session()
    with _lock:
        if session is not None:
            _names[session].discard(name)
        if browser is not None:
            _of_browsers[browser].pop(name, None)


def release(name: str) -> None:
    """Forget an image set that was deleted."""
    with _lock:
        for names in _names.values():
            names.discard(name)
        _forget([name])


def start(store: RunStore, limits: Limits) -> None:
    """Remove expired sets once a minute, in a separate thread, if there is a time limit."""
    seconds = limits.image_set_seconds
    if seconds is not None:
        thread = threading.Thread(
            target=_expire_forever, args=(store, seconds), name="image sets", daemon=True
        )
        thread.start()


def expire(store: RunStore, seconds: float) -> list[str]:
    """Remove image sets that no session has and that were not used for this long.

    Returns:
        The names of the removed sets.
    """
    _drop_pending()
    pending_images.drop_old()
    gone = remove_unused(store, seconds, in_use=_in_use())
    with _lock:
        _forget(gone)
    return gone


def _this_session() -> str | None:
    context = get_script_run_ctx()
    return None if context is None else context.session_id


def _forget(names: Iterable[str]) -> None:
    for browser, known in list(_of_browsers.items()):
        for name in names:
            known.pop(name, None)
        if not known:
            del _of_browsers[browser]


def _drop_pending() -> None:
    with _lock:
        closed = {one for one in _pending if not Runtime.instance().is_active_session(one)}
        dropped = [_pending.pop(one) for one in closed & _away]
        _away.clear()
        _away.update(closed)
    for pending in dropped:
        pending.drop()


def _in_use() -> set[str]:
    with _lock:
        for session in [one for one in _names if not Runtime.instance().is_active_session(one)]:
            del _names[session]
        return set().union(*_names.values())


def _expire_forever(store: RunStore, seconds: float) -> None:
    while True:
        try:
            expire(store, seconds)
        except Exception as problem:  # noqa: BLE001  # otherwise no set would ever expire again
            log_event("image-sets-not-removed", level=logging.ERROR, reason=repr(problem))
        time.sleep(EXPIRY_SECONDS)
