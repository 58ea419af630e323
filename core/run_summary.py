"""What a store tells of its runs: a line for lists, and what happened to them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.advice import Verdict, verdict
from core.plain import from_plain, to_plain
from core.run_index import Entry
from core.runs import LossPair, Run, Scores, Status
from core.variant import Variant

FROM_RUN = ("variant", "status", "scores", "trained_loss", "displayed_loss", "floor")
FROM_PROVENANCE = ("created", "seconds", "shipped")


@dataclass(frozen=True, kw_only=True)
class RunSummary:
    """What a list shows of a run.

    Attributes:
        created: date and time in UTC, ISO 8601.
        seconds: of training.
        shipped: whether it came with the repository.
        used: when it was last opened, in seconds since 1970.
        bytes: on disk.
        verdict: what became of it; None where nobody judged it.
        has_weights: whether it can still reconstruct other images than the pinned ones.
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


@dataclass(frozen=True, kw_only=True)
class Message:
    """Something that went wrong in the store and that a visitor should know.

    Attributes:
        key: of the run that it is about; None for the whole store.
        text: fit for the screen.
    """

    key: str | None
    text: str


@dataclass(frozen=True, kw_only=True)
class Freed:
    """What `RunStore.enforce_limit` took: keys whose weights went, and keys of whole runs."""

    weights: tuple[str, ...] = ()
    runs: tuple[str, ...] = ()


def listed(facts: Mapping[str, Any], judged: Verdict | None) -> dict[str, Any]:
    """Of what `run_files.unpack_facts` gives, that which an index entry keeps."""
    provenance = to_plain(facts["provenance"])
    return {
        **{name: to_plain(facts[name]) for name in FROM_RUN},
        **{name: provenance[name] for name in FROM_PROVENANCE},
        "verdict": to_plain(judged),
    }


def summary(entry: Entry) -> RunSummary:
    """The summary that an index entry stands for."""
    facts = {
        **entry.facts,
        "key": entry.key,
        "used": entry.used,
        "bytes": entry.bytes,
        "has_weights": entry.weight_bytes > 0,
    }
    found: RunSummary = from_plain(RunSummary, facts)
    return found


def summary_of(run: Run, *, bytes: int, used: float) -> RunSummary:
    """The summary of a run that no index keeps.

    Args:
        run: whose verdict is read now.
        bytes, used: as in `RunSummary`.
    """
    return RunSummary(
        key=run.variant.key,
        **{name: getattr(run, name) for name in FROM_RUN},
        **{name: getattr(run.provenance, name) for name in FROM_PROVENANCE},
        verdict=verdict(run),
        used=used,
        bytes=bytes,
        has_weights=run.weights is not None,
    )
