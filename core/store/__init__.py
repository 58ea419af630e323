"""The store: one file per trained run, an index for lists, and archives of runs."""

from core.store.run_store import INDEX_FILE, RunStore, lab_store
from core.store.run_summary import Freed, Message, RunSummary

__all__ = ["INDEX_FILE", "Freed", "Message", "RunStore", "RunSummary", "lab_store"]
