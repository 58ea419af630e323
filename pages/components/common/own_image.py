"""An image of the visitor's own: an uploader and a pad in a popover, and what was read of them."""

from __future__ import annotations

from collections.abc import Collection

import streamlit as st

from core.data import uploaded_image
from core.data.datasets import DATASETS
from core.data.uploaded_image import MAX_BYTES, UploadedImage
from core.errors import InvalidImage, LimitExceeded
from core.limits import MEGABYTE
from pages.components.common import services
from pages.components.common.drawing import pad
from pages.components.common.notices import notices

TYPES = ("png", "jpg", "jpeg", "webp", "gif")
UPLOAD = "own-image"
# Session state: the file that was read, and for each data set the image or an error.
READ = "own-image-read"
# Session state: id of the last valid file.
ACCEPTED = "own-image-accepted"
# Session state: for each data set the image that was drawn, or an error.
DRAWN = "drawn-image"
HELP = "Upload or draw an image of your own"
KEPT_NOWHERE = "It is shown only to you and not stored; it is deleted when you leave this page."


def button(dataset: str) -> None:
    """Draw the button that opens the uploader and the pad, and closes after a valid image.

    Args:
        dataset: a name in `DATASETS`.
    """
    if isinstance(_uploaded(dataset), UploadedImage):
        st.session_state[ACCEPTED] = st.session_state[UPLOAD].file_id
    # A popover with a new key is a new one for the browser, which is closed.
    key = f"own-image-{st.session_state.get(ACCEPTED, '')}"
    with st.popover("Upload", icon=":material/upload:", type="tertiary", help=HELP, key=key):
        uploader([dataset])
        st.markdown(f"Or draw a {_noun([dataset])}, which stays until you clear it")
        drawing_pad([dataset])


def uploader(datasets: Collection[str]) -> None:
    """Draw the uploader of an image.

    Args:
        datasets: of the networks that it goes through, names in `DATASETS`.
    """
    most = services.trainer().limits.upload_bytes or MAX_BYTES
    st.file_uploader(
        f"An image of a {_noun(datasets)}",
        type=TYPES,
        key=UPLOAD,
        on_change=lambda: st.session_state.pop(DRAWN, None),
        max_upload_size=min(most, MAX_BYTES) // MEGABYTE,
    )
    with st.container(key="own-image-refused"):
        notices(_refusals([_uploaded(dataset) for dataset in datasets]), "Not shown")
    st.caption(f"PNG, JPEG, WebP or GIF, bright on dark or dark on bright. {KEPT_NOWHERE}")


def drawing_pad(datasets: Collection[str]) -> None:
    """Draw the pad; arguments as for `uploader`."""
    pad(_take_drawing)
    with st.container(key="drawn-image-refused"):
        drawn = st.session_state.get(DRAWN, {})
        notices(_refusals([drawn.get(dataset) for dataset in datasets]), "Not shown")


def image(dataset: str) -> UploadedImage | str | None:
    """The drawn or uploaded image, read once; a sentence if it cannot be read.

    Args:
        dataset: a name in `DATASETS`, whose images it is made like.
    """
    drawn: UploadedImage | str | None = st.session_state.get(DRAWN, {}).get(dataset)
    if drawn is not None:
        return drawn
    return _uploaded(dataset)


def _noun(datasets: Collection[str]) -> str:
    nouns = dict.fromkeys(DATASETS[dataset].noun.removesuffix("s") for dataset in datasets)
    return " or a ".join(nouns)


def _take_drawing(content: bytes) -> None:
    if content:
        st.session_state[DRAWN] = {name: _read(content, name) for name in DATASETS}
    else:
        st.session_state.pop(DRAWN, None)


def _refusals(found: Collection[UploadedImage | str | None]) -> list[str]:
    return list(dict.fromkeys(one for one in found if isinstance(one, str)))


def _uploaded(dataset: str) -> UploadedImage | str | None:
    file = st.session_state.get(UPLOAD)
    if file is None:
        return None
    which, found = st.session_state.get(READ, ("", {}))
    if which != file.file_id:
        found = {name: _read(file.getvalue(), name) for name in DATASETS}
        st.session_state[READ] = file.file_id, found
    # Otherwise the session would keep the bytes as long as it lasts, whatever the server drops.
    file.truncate(0)
    uploaded: UploadedImage | str | None = found.get(dataset)
    return uploaded


def _read(content: bytes, dataset: str) -> UploadedImage | str:
    try:
        services.trainer().limits.check_upload(len(content))
        return uploaded_image.read(content, dataset)
    except (InvalidImage, LimitExceeded) as refusal:
        return str(refusal)
