"""The introduction for first visitors, and the footer with terms and credits."""

from __future__ import annotations

import streamlit as st

from core import environment
from core.data.datasets import DATASETS
from core.errors import InvalidEnvironment
from core.export.powerpoint import story_slides_export
from core.views.story.story_steps import SIGMOID
from pages.components.common import services
from pages.components.common.file_button import file_button, lab_address
from pages.components.common.markdown import escaped

INTRODUCTION = (
    "An autoencoder is a neural network that compresses an image into a few numbers and"
    " reconstructs it from them. When its loss looks fine but its images do not, this lab shows"
    " why, and which setting to change."
)
LICENCE = "Written by the Autoencoder Lab contributors under the MIT licence."
NO_ADDRESS = "The source is in the folder that this lab runs from, with README.md and LICENSE."


def introduction() -> None:
    """Draw two sentences on what an autoencoder does and what the lab is for."""
    st.html(f'<p class="lab-introduction">{INTRODUCTION}</p>')
    st.page_link(
        "pages/your_code.py",
        label="Have code of your own? Paste it",
        icon=":material/code:",
        width="content",
    )


def footer() -> None:
    """Draw the slides download, the meaning of the story's terms, credits and the source."""
    with st.container(key="story-about", gap="xsmall"):
        slides = story_slides_export(services.library().gallery, lab_address())
        file_button(slides, key="story", icon=":material/download:", width="content")
        st.caption(words())
        st.caption(f"{LICENCE} {_source()}")


def words() -> str:
    """The meaning of "the question's network" and the sample's epochs, as Markdown."""
    sample, full = DATASETS[SIGMOID.dataset], DATASETS["mnist"]
    steps = sample.training_count // SIGMOID.batch_size * SIGMOID.epochs
    full_steps = full.training_count // SIGMOID.batch_size * full.default_epochs
    return (
        f"**The question's network**: {'-'.join(map(str, SIGMOID.widths))}, from the public"
        f" question that the story replays. **{SIGMOID.epochs} epochs**: passes over the"
        f" {sample.training_count:,} training digits that come with the lab. That is {steps:,}"
        f" steps of {SIGMOID.batch_size} digits, about as many as the question's"
        f" {full.default_epochs} epochs of all {full.training_count:,} ({full_steps:,})."
    )


def _source() -> str:
    try:
        address = environment.source_address()
    except InvalidEnvironment as wrong:
        return escaped(str(wrong))
    return NO_ADDRESS if address is None else f"[Source]({address})"
