"""The store: every trained run in a file of its own, what is listed of it, and archives of runs."""

from core.store.run_store import INDEX_FILE, RunStore, lab_store
from core.store.run_summary import Freed, Message, RunSummary

__all__ = ["INDEX_FILE", "Freed", "Message", "RunStore", "RunSummary", "lab_store"]
