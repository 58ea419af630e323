"""Thumbnails of runs: their last reconstruction of one digit, drawn once."""

from __future__ import annotations

import streamlit as st

from core.charts import digit_images
from core.data.normalization import Images
from core.errors import StoreUnavailable
from pages.components.common import services

# The number of thumbnails kept in memory, about a kilobyte each.
CACHED_THUMBNAILS = 2_000


def picture(key: str, frame: str) -> str | None:
    """A run's thumbnail as a data URI; None if there is no such run, or it has none.

    It is cached until the run's file changes.

    Args:
        key: the key of a run, stored or shipped.
        frame: "#RRGGBB" of the line around it.
    """
    try:
        return _picture(key, services.store().stamp(key), frame)
    except StoreUnavailable:  # which is not cached: the next rerun tries again
        image = services.library().thumbnail(key)
        return None if image is None else drawn(image, frame)


def drawn(image: Images, frame: str) -> str:
    """An image, greys 0-255, shape (784,), as a data URI with a line of a colour around it."""
    return digit_images.digit_row(image[None] / 255, frame=frame)


@st.cache_resource(show_spinner=False, max_entries=CACHED_THUMBNAILS)
def _picture(key: str, stamp: str | None, frame: str) -> str | None:
    image = services.library().thumbnail(key, stamp=stamp)
    return None if image is None else drawn(image, frame)
