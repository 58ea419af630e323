"""Watchers: who requested a job, who watches it, and who has left it."""

from __future__ import annotations

import threading
import time

# A visitor whose page has not called for this long no longer counts as a viewer.
VIEWER_TIMEOUT_SECONDS = 20.0
# A visitor who closed the lab without stopping a run owns it for this long.
OWNER_TIMEOUT_SECONDS = 15 * 60.0


class Watched:
    """The owners and watchers of a job. All methods are thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._seen: dict[str, float] = {}
        self._requesters: set[str] = set()
        self._sweepers: set[str] = set()
        self._left: set[str] = set()
        self._last_seen = time.monotonic()

    def add_owner(self, visitor: str, *, sweeps: bool = False) -> None:
        """Record that a visitor requests it: it is theirs until they leave it.

        Args:
            visitor: who requests it.
            sweeps: whether it is part of a sweep, which they own however long they are away.
        """
        with self._lock:
            self._left.discard(visitor)
            (self._sweepers if sweeps else self._requesters).add(visitor)
            self.watch(visitor)

    def watch(self, visitor: str) -> None:
        """Count a visitor as watching for a while, unless they left it."""
        with self._lock:
            if visitor not in self._left:
                self._seen[visitor] = self._last_seen = time.monotonic()

    def leave(self, visitor: str) -> None:
        """Record that a visitor has left it."""
        with self._lock:
            self._left.add(visitor)
            self._requesters.discard(visitor)
            self._sweepers.discard(visitor)
            self._seen.pop(visitor, None)

    def was_left_by(self, visitor: str) -> bool:
        """Whether this visitor has left it."""
        return visitor in self._left

    @property
    def viewers(self) -> set[str]:
        """The visitors who look at it now."""
        return self._seen_within(VIEWER_TIMEOUT_SECONDS)

    @property
    def owners(self) -> set[str]:
        """The visitors who requested it, have not left it and have not been away for long."""
        return self.sweepers | (self._requesters & self._seen_within(OWNER_TIMEOUT_SECONDS))

    @property
    def sweepers(self) -> set[str]:
        """The visitors who requested it as part of a sweep and have not left it."""
        return set(self._sweepers)

    @property
    def watchers(self) -> set[str]:
        """The visitors for whom it continues: its owners and viewers."""
        return self.owners | self.viewers

    @property
    def seconds_unwatched(self) -> float:
        """Seconds since the last watcher left; negative while someone watches."""
        return time.monotonic() - self._last_seen - VIEWER_TIMEOUT_SECONDS

    def _seen_within(self, seconds: float) -> set[str]:
        since = time.monotonic() - seconds
        with self._lock:
            return {visitor for visitor, at in self._seen.items() if at > since}
