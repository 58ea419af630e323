"""The options of the dialog that adds an image set, and the images read and previewed with them."""

from __future__ import annotations

import streamlit as st

from core.data.image_files import value_range
from core.data.image_files.parts import ReadLimits
from core.data.image_files.preparation import Options, prepare
from core.data.image_files.reading import ReadImages, read
from core.data.pending_images import PendingImages
from core.metrics.image_set_preview import Preview, preview
from pages.components.common import services

SHARES = {0.1: "10%", 0.2: "20%", 0.5: "50%"}
DEFAULTS = {
    "own-invert": False,
    "own-stretch": False,
    "own-crop": False,
    "own-values": value_range.AUTOMATIC,
    "own-share": 0.1,
    "own-seed": 0,
}


def switches() -> None:
    """Draw the widgets."""
    for key, value in DEFAULTS.items():
        st.session_state.setdefault(key, value)
    st.toggle("Invert", key="own-invert", help="Black becomes white: MNIST is white on black.")
    st.toggle(
        "Stretch contrast",
        key="own-stretch",
        help="Each image from its darkest pixel, as black, to its brightest, as white.",
    )
    st.toggle(
        "Crop to the ink",
        key="own-crop",
        help="As MNIST was made: what differs from the background is fitted into 20 × 20 pixels and"
        " centred by its mass. Else the image is padded to a square.",
    )
    labels = {name: each.label for name, each in value_range.RANGES.items()}
    st.selectbox(
        "Black to white",
        value_range.CHOICES,
        format_func={
            value_range.AUTOMATIC: "recognized",
            **labels,
            value_range.OWN: "smallest to largest",
        }.__getitem__,
        key="own-values",
        width=170,
    )
    st.selectbox(
        "Held out", list(SHARES), format_func=SHARES.__getitem__, key="own-share", width=100
    )
    st.number_input("Seed", min_value=0, max_value=2**31 - 1, key="own-seed", width=110)


def options() -> Options:
    """The processing of the images, according to the widgets."""
    state = st.session_state
    return Options(
        invert=state["own-invert"],
        stretch=state["own-stretch"],
        share=state["own-share"],
        seed=int(state["own-seed"] or 0),
    )


def _limits() -> ReadLimits:
    limits, usual = services.trainer().limits, ReadLimits()
    return ReadLimits(
        file_bytes=limits.image_set_bytes or usual.file_bytes,
        images=limits.image_set_images or usual.images,
        inflated_bytes=limits.image_set_inflated_bytes or usual.inflated_bytes,
    )


def _reading_options() -> tuple[str, bool]:
    """The value range of the files, and whether the images are cropped to the ink."""
    return st.session_state["own-values"], st.session_state["own-crop"]


def read_images(pending: PendingImages) -> ReadImages:
    """The images in the files, read according to the widgets; cached.

    Raises:
        InvalidImages: the files cannot be read as images.
    """
    return _cached_read(pending.token, *_reading_options(), _pending=pending, _limits=_limits())


def previewed(pending: PendingImages, images: ReadImages) -> Preview:
    """The preview of the images, processed according to the widgets; cached."""
    return _cached_preview(pending.token, *_reading_options(), options(), _images=images)


# The largest set takes 16 MB on a public host, and is read again if it is not cached.
@st.cache_resource(show_spinner=False, max_entries=3)
def _cached_read(
    token: str, values: str, crop: bool, *, _pending: PendingImages, _limits: ReadLimits
) -> ReadImages:
    return read(_pending.files(), _limits, values=values, crop=crop)


@st.cache_resource(show_spinner=False, max_entries=32)
def _cached_preview(
    token: str, values: str, crop: bool, options: Options, *, _images: ReadImages
) -> Preview:
    return preview(prepare(_images, options))
