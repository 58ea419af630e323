"""The tables of the status page."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict

import pandas as pd
import streamlit as st

from core import system_info
from core.data import image_sets
from core.limits import MEGABYTE
from core.store import image_set_sizes
from pages.components.common import services

TICK = 5.0
LIMITS = {
    "epochs": "Epochs",
    "layer_width": "Width of a layer",
    "sweep_runs": "Runs of a sweep",
    "queued_runs": "Waiting runs",
    "waiting_per_visitor": "Waiting runs per visitor",
    "waiting_per_address": "Waiting runs per address",
    "run_seconds": "Run time",
    "unwatched_seconds": "Run time with no page open",
    "queued_left_seconds": "Wait time with no page open",
    "worker_bytes": "Memory per worker",
    "sessions": "Open pages",
    "sessions_per_address": "Open pages per address",
    "upload_bytes": "Upload size",
    "session_upload_bytes": "Uploads per page",
    "all_upload_bytes": "Uploads of all pages",
    "image_set_bytes": "Upload size of your images",
    "image_set_images": "Your images",
    "image_set_inflated_bytes": "Your images, unpacked",
    "all_image_sets_bytes": "Images of all visitors",
    "image_set_seconds": "Images kept after a visit",
    "archive_bytes": "Export size",
    "changes_library": "Delete and import",
    "error_details": "Error details shown",
}


def tables() -> None:
    """Draw the tables with the current values; runs as a fragment."""
    left, right = st.columns(2)
    with left:
        _table("Trainer", _trainer())
        _table("Memory and disk", _room())
    with right:
        _table("Versions", system_info.versions())
        _table("Limits", _limits())


def _trainer() -> dict[str, str]:
    trainer = services.trainer()
    states = Counter(job.state for job in trainer.jobs())
    return {
        "State": " ".join([trainer.status.state, trainer.status.message]).strip(),
        "Training": str(states["training"] + states["stopping"]),
        "Waiting": str(states["queued"]),
    }


def _room() -> dict[str, str]:
    held = system_info.memory()
    store = services.store()
    roles = Counter[str]()
    rows = {}
    for each in held:
        roles[each.role] += 1
        rows[f"{each.role.capitalize()} {roles[each.role]}"] = _megabytes(each.bytes)
    return rows | {
        "Together": _megabytes(sum(each.bytes for each in held)),
        "Stored runs": f"{len(store.keys())}, {_megabytes(store.size())}",
        "Image sets": f"{len(image_sets.list_all())}, {_megabytes(image_set_sizes.total())}",
        "Disk free": _megabytes(system_info.free_bytes(store.root)),
    }


def _limits() -> dict[str, str]:
    limits = asdict(services.trainer().limits)
    return {LIMITS[name]: _in_words(name, value) for name, value in limits.items()}


def _in_words(name: str, value: float | bool | None) -> str:
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if name.endswith("_bytes"):
        return _megabytes(int(value))
    return f"{value:,.0f} s" if name.endswith("_seconds") else f"{value:,}"


def _megabytes(size: int) -> str:
    return f"{size / MEGABYTE:,.0f} MB"


def _table(title: str, rows: dict[str, str]) -> None:
    st.markdown(f"**{title}**")
    st.table(pd.DataFrame({"": rows}), border="horizontal", hide_header=True)
