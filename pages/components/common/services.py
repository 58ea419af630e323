"""Services shared by all visitors: the store, the trainer and cached data."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterable, Sequence

import streamlit as st

from core import environment, limits, log, visitors
from core.jobs import Trainer, sweep
from core.log import log_event
from core.run import Run
from core.store import RunStore, lab_store
from core.store.library import Greys, Library
from core.store.shipped import Gallery
from core.variant import Variant
from pages.components.common import server_hardening
from pages.components.common.singleton import singleton

# Runs that stay in memory, a few megabytes each.
RUNS_KEPT = 8
# Ten digits, 8 kB, of so many runs.
DIGITS_KEPT = 200
# How long a thread may keep others waiting. A page sends some hundred messages, and with each of
# them Streamlit lets the other visitors' threads go first: at Python's 0.005 s a click takes
# seconds where many visit.
SWITCH_SECONDS = 0.0005


@singleton
def store() -> RunStore:
    """The runs on disk."""
    return lab_store()


@singleton
def library() -> Library:
    """The runs on disk, and those that came with the lab."""
    return Library(store(), Gallery())


def run_of(key: str) -> Run | None:
    """The run of a variant's key: one trained here, else one that came with the lab.

    It is read from disk once, and again when it has been written again.
    """
    return _opened(key, store().stamp(key))


def last_digits(key: str) -> Greys | None:
    """A run's last reconstructions of the pinned digits, as `Library.last_digits` has them."""
    return _last_digits(key, store().stamp(key))


def store_messages(key: str) -> list[str]:
    """What the store has to say about a run, or about itself, for the screen."""
    return [message.text for message in store().messages if message.key in (key, None)]


@singleton
def trainer() -> Trainer:
    """The one trainer; it starts in the background when the first visitor's page is drawn."""
    log.to_stderr()
    sys.setswitchinterval(SWITCH_SECONDS)
    log_event("start", public=environment.is_public(), home=environment.home())
    in_force = limits.current()
    server_hardening.harden(in_force)
    trainer = Trainer(store(), limits=in_force)
    trainer.start(after=threading.current_thread())
    return trainer


def train_missing(variants: Iterable[Variant]) -> None:
    """Ask for those runs that are not there yet, in this visitor's name.

    Raises:
        LimitExceeded: this host does not allow one of them, or the queue is full.
    """
    for variant in variants:
        if run_of(variant.key) is None:
            trainer().open(variant, visitor(), address=network())


def start_sweep(variants: Sequence[Variant]) -> None:
    """Ask for these runs behind the visitors' own, in this visitor's name; they are kept for now.

    Raises:
        LimitExceeded: this host does not allow so many, or one of them; where the queue is full,
            those that it had room for are in it.
    """
    protected = store().protected
    if not any(job.in_background for job in trainer().jobs()):
        protected.clear()  # of the sweeps that are over
    protected.update(variant.key for variant in variants)
    sweep.start(trainer(), variants, (), visitor(), address=network())


def visitor() -> str:
    """The name under which this browser asks for trainings; the same after a reload.

    It is made from Streamlit's own cookie against forged requests. Browsers that take no cookies
    are told apart by their networks and by what they say they are.
    """
    cookie = st.context.cookies.get("_streamlit_xsrf", "")
    browser = st.context.headers.get("User-Agent", "")
    return visitors.name_of(cookie, otherwise=f"{network()} {browser}")


def network() -> str:
    """Where this browser asks from, for the limits."""
    forwarded = st.context.headers.get_all("X-Forwarded-For")
    return visitors.network_of(st.context.ip_address, forwarded)


@st.cache_resource(show_spinner=False, max_entries=RUNS_KEPT)
def _opened(key: str, stamp: str | None) -> Run | None:
    return library().get(key)


@st.cache_resource(show_spinner=False, max_entries=DIGITS_KEPT)
def _last_digits(key: str, stamp: str | None) -> Greys | None:
    return library().last_digits(key)
