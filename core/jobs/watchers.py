"""Watchers: who asked for a job, who looks at it, and who has left it."""

from __future__ import annotations

import time

# A visitor of whom nothing was heard for so long no longer counts as looking.
SECONDS_TO_FORGET = 20.0
# Who asked for a run and closed the lab without a word owns it for so long.
SECONDS_TO_DISOWN = 15 * 60.0


class Watchers:
    """The visitors of one job, by their names; the job manager's lock guards it."""

    def __init__(self) -> None:
        self._seen: dict[str, float] = {}
        self._owners: set[str] = set()
        self._sweepers: set[str] = set()
        self._left: set[str] = set()
        self._last_seen = time.monotonic()

    def look(self, visitor: str) -> None:
        """A visitor looks at it, or at any page if they asked for it; one who left stays away."""
        if visitor not in self._left:
            self._seen[visitor] = self._last_seen = time.monotonic()

    def own(self, visitor: str, *, sweeps: bool) -> None:
        """A visitor asks for it, perhaps again after they left.

        Args:
            visitor: who asks.
            sweeps: as part of a sweep, which stays theirs however long they are away.
        """
        self._left.discard(visitor)
        (self._sweepers if sweeps else self._owners).add(visitor)
        self.look(visitor)

    def leave(self, visitor: str) -> None:
        """A visitor wants no more of it."""
        self._left.add(visitor)
        self._owners.discard(visitor)
        self._sweepers.discard(visitor)
        self._seen.pop(visitor, None)

    @property
    def looking(self) -> set[str]:
        """Who looks at it now."""
        return self._seen_within(SECONDS_TO_FORGET)

    @property
    def owners(self) -> set[str]:
        """Who asked for it, alone or in a sweep, and has neither left nor been away for long."""
        return self.sweepers | (self._owners & self._seen_within(SECONDS_TO_DISOWN))

    @property
    def sweepers(self) -> set[str]:
        """Who asked for it as part of a sweep, and has not left."""
        return set(self._sweepers)

    @property
    def left(self) -> set[str]:
        """Who asked for it or looked at it, and wants no more of it."""
        return set(self._left)

    @property
    def seconds_unwatched(self) -> float:
        """How long nobody has looked at it; below 0 while someone does."""
        return time.monotonic() - self._last_seen - SECONDS_TO_FORGET

    def _seen_within(self, seconds: float) -> set[str]:
        since = time.monotonic() - seconds
        return {visitor for visitor, at in self._seen.items() if at > since}
