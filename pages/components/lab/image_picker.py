"""The displayed images: the pinned ten with their replay, or others through the weights."""

from __future__ import annotations

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from core.data.image_sets import info_of, is_image_set
from core.run import Run
from core.text import formats
from core.variant import Variant
from core.views.lab import samples
from core.views.lab.lab_view import DIGIT_CHOICES, LARGEST_SHUFFLE, View, frame_at
from pages.components.common import own_image
from pages.components.common.preflight_results import Checks
from pages.components.common.reconstruction_rows import Shown
from pages.components.common.run_status import RunStatus
from pages.components.common.widgets import dropdown, switch
from pages.components.lab.train_button import explore_button

LAST_DIGITS = "digits-last"
# For images without labels: farthest-point sampling chooses the ten.
WITHOUT_LABELS = {"each": "Ten that differ most"}
HOW_CHOSEN = (
    "These images have no labels. The first of the ten is the nearest to the mean, each other the"
    " farthest from those before it."
)
NO_CLASS = "–"


def why_only_pinned(run: Run | None, checks: Checks | None) -> str | None:
    """Why no other images can be shown, "" if that is obvious; None if they can."""
    if run is None:
        return ""
    if run.weights is None:
        return "Only these ten are stored. Once it is trained here, you can choose others."
    if checks is None:
        return "The data set cannot be read on this machine; only these ten are stored."
    return None


def shown(
    status: RunStatus, checks: Checks | None, view: View, epoch: float | None
) -> Shown | None:
    """The displayed images.

    Args:
        status: the status of the variant.
        checks: its checks; None if the data set cannot be read.
        view: which images to show.
        epoch: the position of the replay of the pinned ones; None for the latest frame.

    Returns:
        Other held-out images if the view selects them and they are available; otherwise the pinned
            ones at that epoch; before training the best possible; None if no image is available.
    """
    run, history = status.run, status.history
    pinned = run.pinned if run else checks.pinned if checks else None
    is_other = view.digits != "each" and not (checks and _is_class_empty(checks, view))
    if run and checks and is_other and run.weights is not None:
        return _others(run, checks, view)
    if pinned and history.frames:
        frame = history.frames[-1] if epoch is None else frame_at(history, epoch)
        note = f"after {formats.epochs(history.epoch_at(frame.step))}"
        return Shown(
            originals=pinned.images, pixels=frame.pixels, label="Reconstruction", note=note
        )
    if checks:
        return Shown(
            originals=checks.pinned.images,
            pixels=checks.best,
            label=checks.best_name,
            note="with these settings",
            hollow=True,
        )
    return None


def widgets(
    variant: Variant, status: RunStatus, only_pinned: str | None, why_pinned: str = ""
) -> None:
    """The row of controls under the digits.

    Args:
        variant: the settings.
        status: the status of the variant.
        only_pinned: the result of `why_only_pinned`.
        why_pinned: the result of the function of that name.
    """
    st.session_state[LAST_DIGITS] = st.session_state.digits
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        with st.container(horizontal=True, width="content", gap="small", key="lab-which-digits"):
            if status.run is not None and status.run.weights is None:
                explore_button(status.run, status.trainer)
                # Streamlit forgets the widgets that are not drawn.
                for key in ("digits", "digit_class"):
                    st.session_state[key] = st.session_state[key]
            else:
                _which_digits(variant.dataset, is_disabled=only_pinned is not None)
        switch("Difference", "difference", term="difference")
        switch("Own scale", "own_scale", term="own scale")
        # How the images of a set were made is unknown: an uploaded image could be of another kind.
        if not is_image_set(variant.dataset):
            own_image.button(variant.dataset)
    with st.container(key="lab-only-pinned"):
        if only_pinned or why_pinned:
            st.caption(only_pinned or why_pinned)


def why_pinned(checks: Checks | None, view: View) -> str:
    """Why the pinned images are shown instead of a class, or how they were chosen without labels.

    "" if no explanation is needed.
    """
    if checks is None:
        return ""
    if view.digits == "each" and not checks.held_out.info.class_names:
        return HOW_CHOSEN
    if not _is_class_empty(checks, view):
        return ""
    return "No held-out image has this label, so the ten are shown that every run shows."


def _is_class_empty(checks: Checks, view: View) -> bool:
    labels = checks.held_out.held_out_labels
    is_there = bool(checks.held_out.info.class_names) and bool((labels == view.digit_class).any())
    return view.digits == "class" and not is_there


def _which_digits(dataset: str, *, is_disabled: bool) -> None:
    names = info_of(dataset).class_names
    choices = dict(DIGIT_CHOICES) if names else {**DIGIT_CHOICES, **WITHOUT_LABELS}
    if not names and st.session_state.digits != "class":
        del choices["class"]
    st.segmented_control(
        "Which held-out images",
        list(choices),
        format_func=choices.__getitem__,
        default=st.session_state.digits,
        key="digits",
        on_change=_shuffle_again,
        disabled=is_disabled,
        label_visibility="collapsed",
        wrap=True,
    )
    dropdown(
        "Class",
        # Streamlit resolves equal labels to the last of their options.
        dict(enumerate(names)) if names else {st.session_state.digit_class: NO_CLASS},
        "digit_class",
        width=76 if names[:1] in ((), ("0",)) else 130,
        disabled=st.session_state.digits != "class" or is_disabled or not names,
        label_visibility="collapsed",
    )


def _shuffle_again() -> None:
    """A second click on a choice would deselect it; it stays, and Shuffle samples again."""
    if st.session_state.digits is None:
        st.session_state.digits = st.session_state[LAST_DIGITS]
        if st.session_state.digits == "shuffle":
            st.session_state.shuffle = (st.session_state.shuffle + 1) % (LARGEST_SHUFFLE + 1)


@st.cache_resource(show_spinner=False, max_entries=64)
def _errors(
    key: str, created: str, fingerprint: str, *, _run: Run, _known: Checks
) -> NDArray[np.floating]:
    """Pixel MSE of every held-out image; the run is identified by its key and time."""
    return samples.errors(_run, _known.held_out.held_out, _known.statistics.moments)


def _others(run: Run, checks: Checks, view: View) -> Shown:
    made, held_out = run.provenance, checks.held_out
    error = _errors(run.variant.key, made.created, held_out.fingerprint, _run=run, _known=checks)
    originals = held_out.held_out[samples.choose(view, error, held_out.held_out_labels)]
    pixels = samples.reconstruct(run, originals, checks.statistics.moments)
    return Shown(originals=originals, pixels=pixels, label="Reconstruction", note="after training")
