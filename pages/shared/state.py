"""What all visitors share: the store, the trainer, and what was read of the data."""

from __future__ import annotations

import uuid

import streamlit as st

from core import settings
from core.jobs import Trainer
from core.store import RunStore


@st.cache_resource(show_spinner=False)
def store() -> RunStore:
    """The runs on disk."""
    return RunStore(settings.home() / "runs")


@st.cache_resource(show_spinner=False)
def trainer() -> Trainer:
    """The one trainer; the first visitor starts it, and it warms up in the background."""
    trainer = Trainer(store())
    trainer.start()
    return trainer


def visitor() -> str:
    """The name under which this browser tab asks for trainings."""
    if "visitor" not in st.session_state:
        st.session_state.visitor = uuid.uuid4().hex
    return str(st.session_state.visitor)
