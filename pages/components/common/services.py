"""Services shared by all visitors: the store, the trainer and cached data."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterable, Sequence

import streamlit as st

from core import environment, limits, log, visitors
from core.errors import StoreUnavailable
from core.jobs import Trainer, sweep
from core.log import log_event
from core.run import Run
from core.store import RunStore, lab_store
from core.store.library import Greys, Library
from core.store.shipped import Gallery
from core.variant import Variant
from pages.components.common.singleton import singleton
from pages.components.server import image_set_expiry, server_hardening

COOKIE = "_streamlit_xsrf"
# The number of runs kept in memory, a few megabytes each.
RUNS_KEPT = 8
# The number of runs whose ten digits, 8 kB, are kept in memory.
DIGITS_KEPT = 200
# The thread switch interval. A page sends about a hundred messages, and with each of them Streamlit
# yields to the threads of other visitors: with Python's default of 0.005 s, a click would take
# seconds with many visitors.
SWITCH_SECONDS = 0.0005


@singleton
def store() -> RunStore:
    """The store of runs on disk."""
    return lab_store()


@singleton
def library() -> Library:
    """The stored and the shipped runs."""
    return Library(store(), Gallery())


def run_of(key: str) -> Run | None:
    """The run with this key, stored or shipped; None if there is none.

    It is cached until its file changes.
    """
    try:
        return _opened(key, store().stamp(key))
    except StoreUnavailable:  # which is not cached: the next rerun tries again
        return library().get(key)


def last_digits(key: str) -> Greys | None:
    """A run's last reconstructions of the pinned digits, see `Library.last_digits`; cached."""
    try:
        return _last_digits(key, store().stamp(key))
    except StoreUnavailable:
        return library().last_digits(key)


def store_messages(key: str) -> list[str]:
    """The store's messages about a run and about the whole store."""
    return [message.text for message in store().messages if message.key in (key, None)]


@singleton
def trainer() -> Trainer:
    """The trainer; it starts in the background after the first page is drawn."""
    log.to_stderr()
    sys.setswitchinterval(SWITCH_SECONDS)
    log_event("start", public=environment.is_public(), home=environment.home())
    in_force = limits.current()
    server_hardening.harden(in_force)
    trainer = Trainer(store(), limits=in_force)
    trainer.start(after=threading.current_thread())
    image_set_expiry.start(store(), in_force)
    return trainer


def train_missing(variants: Iterable[Variant]) -> None:
    """Request the runs that do not exist yet, for this visitor.

    Raises:
        LimitExceeded: this host does not allow one of them, or the queue is full.
    """
    for variant in variants:
        if run_of(variant.key) is None:
            trainer().open(variant, visitor(), address=address_block())


def is_pending(variant: Variant) -> bool:
    """Whether the run of a variant is queued or training."""
    job = trainer().find(variant.key, visitor())
    return job is not None and not job.ended


def start_sweep(variants: Sequence[Variant]) -> None:
    """Start a sweep for this visitor; its runs are protected from the store's size limit.

    Raises:
        LimitExceeded: this host does not allow so many, or one of them. If the queue is full, those
            that fit stay in it.
    """
    protected = store().protected
    if not any(job.in_background for job in trainer().jobs()):
        protected.clear()  # no sweep is running
    protected.update(variant.key for variant in variants)
    sweep.start(trainer(), variants, (), visitor(), address=address_block())


def visitor() -> str:
    """The name of this browser as a visitor; the same after a reload.

    It is derived from Streamlit's XSRF cookie; for browsers without cookies from address block and
    user agent.
    """
    cookie = st.context.cookies.get(COOKIE, "")
    browser = st.context.headers.get("User-Agent", "")
    return visitors.name_of(cookie, otherwise=f"{address_block()} {browser}")


def browser() -> str | None:
    """The name of this browser, as `visitor`; None if several browsers might share it."""
    has_name = visitors.unmasked(st.context.cookies.get(COOKIE, "")) is not None
    return visitor() if has_name else None


def address_block() -> str:
    """The address block of this browser, for the limits; see `visitors.address_block_of`."""
    forwarded = st.context.headers.get_all("X-Forwarded-For")
    return visitors.address_block_of(st.context.ip_address, forwarded)


@st.cache_resource(show_spinner=False, max_entries=RUNS_KEPT)
def _opened(key: str, stamp: str | None) -> Run | None:
    return library().get(key, stamp=stamp)


@st.cache_resource(show_spinner=False, max_entries=DIGITS_KEPT)
def _last_digits(key: str, stamp: str | None) -> Greys | None:
    return library().last_digits(key, stamp=stamp)
