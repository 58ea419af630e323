"""The store: every trained run in a folder of its own, what is listed of it, and its archives."""

from core.store.home import lab_store
from core.store.run_store import INDEX_FILE, MEGABYTE, RunStore
from core.store.run_summary import Freed, Message, RunSummary

__all__ = ["INDEX_FILE", "MEGABYTE", "Freed", "Message", "RunStore", "RunSummary", "lab_store"]
