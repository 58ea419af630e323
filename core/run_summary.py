"""What a list shows of a run, and how the index keeps it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.advice import Verdict
from core.plain import from_plain, to_plain
from core.run_index import Entry
from core.runs import LossPair, Scores, Status
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


def listed(facts: Mapping[str, Any], verdict: Verdict | None) -> dict[str, Any]:
    """Of what `run_files.unpack_facts` gives, that which an index entry keeps."""
    provenance = to_plain(facts["provenance"])
    return {
        **{name: to_plain(facts[name]) for name in FROM_RUN},
        **{name: provenance[name] for name in FROM_PROVENANCE},
        "verdict": to_plain(verdict),
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
