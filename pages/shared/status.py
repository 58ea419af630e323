"""The tables of the status page."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict

import pandas as pd
import streamlit as st

from core import health
from pages.shared import state

TICK = 5.0
MEGABYTE = 1_000_000


def tables() -> None:
    """Draw everything as it is now; the body of a fragment."""
    left, right = st.columns(2)
    with left:
        _table("Trainer", _trainer())
        _table("Memory and disk", _room())
    with right:
        _table("Versions", health.versions())
        _table("Limits", _limits())


def _trainer() -> dict[str, str]:
    trainer = state.trainer()
    states = Counter(job.state for job in trainer.jobs())
    return {
        "State": " ".join([trainer.status.state, trainer.status.message]).strip(),
        "Training": str(states["training"] + states["stopping"]),
        "Waiting": str(states["queued"]),
    }


def _room() -> dict[str, str]:
    held = health.memory()
    store = state.store()
    roles = Counter[str]()
    rows = {}
    for each in held:
        roles[each.role] += 1
        rows[f"{each.role.capitalize()} {roles[each.role]}"] = _megabytes(each.bytes)
    return rows | {
        "Together": _megabytes(sum(each.bytes for each in held)),
        "Stored runs": f"{len(store.keys())}, {_megabytes(store.size())}",
        "Disk free": _megabytes(health.free_bytes(store.root)),
    }


def _limits() -> dict[str, str]:
    limits = asdict(state.trainer().limits)
    in_words = {name.replace("_", " ").capitalize(): value for name, value in limits.items()}
    return {name: "none" if value is None else str(value) for name, value in in_words.items()}


def _megabytes(size: int) -> str:
    return f"{size / MEGABYTE:,.0f} MB"


def _table(title: str, rows: dict[str, str]) -> None:
    st.markdown(f"**{title}**")
    st.table(pd.DataFrame({"": rows}), border="horizontal", hide_header=True)
