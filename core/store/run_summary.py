"""Summaries of stored runs for lists, and messages about them."""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import Any

from core.diagnostics import Verdict, verdict
from core.files.json_codec import fields_from_plain, to_plain
from core.run import LossPair, Run, Scores, Status
from core.store.run_index import Entry
from core.variant import Variant

FROM_RUN = ("variant", "status", "scores", "trained_loss", "displayed_loss", "floor")
FROM_PROVENANCE = ("created", "seconds", "shipped")
FROM_ENTRY = ("key", "used", "bytes", "has_weights")


@dataclass(frozen=True, kw_only=True)
class RunSummary:
    """The part of a run that lists show.

    Attributes:
        created: date and time in UTC, ISO 8601.
        seconds: duration of the training.
        shipped: whether it is part of the repository.
        used: time of last use, in seconds since 1970.
        bytes: its size on disk.
        verdict: None if the run was stored without one.
        has_weights: whether it can reconstruct images other than the pinned ones.
    """

    key: str
    variant: Variant
    status: Status
    scores: Scores
    trained_loss: LossPair
    displayed_loss: LossPair
    floor: LossPair
    created: str
    seconds: float
    shipped: bool
    verdict: Verdict | None
    used: float
    bytes: int
    has_weights: bool


# The version of the summaries; an index with another version is rebuilt.
SHAPE = zlib.crc32(
    repr(
        [
            (field.name, field.type)
            for kind in (RunSummary, Variant, Scores, LossPair, Verdict)
            for field in fields(kind)
        ]
    ).encode()
)


@dataclass(frozen=True, kw_only=True)
class Message:
    """A problem of the store that visitors should know.

    Attributes:
        key: the key of the run concerned; None for the whole store.
        text: its text on the screen.
    """

    key: str | None
    text: str


@dataclass(frozen=True, kw_only=True)
class Freed:
    """What `RunStore.enforce_limit` deleted: the weights of some runs, and whole runs, by key."""

    weights: tuple[str, ...] = ()
    runs: tuple[str, ...] = ()


def summary_json(facts: Mapping[str, Any], judged: Verdict | None) -> str:
    """The facts of an index entry, as JSON, from the fields of a Run by name."""
    provenance = facts["provenance"]
    values = {
        **{name: facts[name] for name in FROM_RUN},
        **{name: getattr(provenance, name) for name in FROM_PROVENANCE},
        "verdict": judged,
    }
    return json.dumps(to_plain(values), allow_nan=False)


def summary(entry: Entry) -> RunSummary:
    """The summary of an index entry."""
    return RunSummary(
        **_read(entry.facts),
        key=entry.key,
        used=entry.used,
        bytes=entry.bytes,
        has_weights=entry.weight_bytes > 0,
    )


# Cached, since a page lists the same thousands of runs repeatedly.
@lru_cache(maxsize=10_000)
def _read(facts: str) -> dict[str, Any]:
    return fields_from_plain(RunSummary, json.loads(facts), exclude=FROM_ENTRY)


def summary_of(run: Run) -> RunSummary:
    """The summary of a run that is not on disk; its verdict is computed now."""
    return RunSummary(
        key=run.variant.key,
        **{name: getattr(run, name) for name in FROM_RUN},
        **{name: getattr(run.provenance, name) for name in FROM_PROVENANCE},
        verdict=verdict(run),
        used=0.0,
        bytes=0,
        has_weights=run.has_weights,
    )
