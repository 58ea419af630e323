"""An uploaded or drawn image: read, made like those of the data set, and reconstructed."""

from __future__ import annotations

import streamlit as st

from core.data import uploaded_image
from core.data.datasets import DATASETS
from core.data.image_sets import info_of
from core.data.uploaded_image import MOST_BYTES, UploadedImage
from core.errors import InvalidImage, LimitExceeded
from core.limits import MEGABYTE
from core.metrics import image_metrics
from core.metrics.baselines import score_baselines
from core.run import Run
from core.views.lab import samples
from core.views.lab.lab_view import View
from pages.components.common import services
from pages.components.common.image_grid import digit_grid
from pages.components.common.notices import notices
from pages.components.common.preflight_results import Checks
from pages.components.common.reconstruction_rows import Shown, digit_rows
from pages.components.common.score_table import score_frame
from pages.components.common.theme import palette
from pages.components.lab.drawing import pad

TYPES = ("png", "jpg", "jpeg", "webp", "gif")
UPLOAD = "lab-own-image"
# Session state: the file that was read, and for each data set the image or an error.
READ = "lab-own-image-read"
# Session state: id of the last valid file.
ACCEPTED = "lab-own-image-accepted"
# Session state: for each data set the image that was drawn, or an error.
DRAWN = "lab-drawn-image"
# The width of one digit with the labels of the rows.
WIDTH = 240
HELP = "Upload or draw an image of your own"
KEPT_NOWHERE = "It is shown only to you and not stored; it is deleted when you leave this page."


def button(dataset: str) -> None:
    """Draw the button that opens the uploader, which closes after a valid image.

    Args:
        dataset: a name in `DATASETS`.
    """
    noun = info_of(dataset).noun.removesuffix("s")
    found = _uploaded(dataset)
    if isinstance(found, UploadedImage):
        st.session_state[ACCEPTED] = st.session_state[UPLOAD].file_id
    # A popover with a new key is a new one for the browser, which is closed.
    key = f"lab-upload-{st.session_state.get(ACCEPTED, '')}"
    with st.popover("Upload", icon=":material/upload:", type="tertiary", help=HELP, key=key):
        most = services.trainer().limits.upload_bytes or MOST_BYTES
        st.file_uploader(
            f"An image of a {noun}",
            type=TYPES,
            key=UPLOAD,
            on_change=lambda: st.session_state.pop(DRAWN, None),
            max_upload_size=min(most, MOST_BYTES) // MEGABYTE,
        )
        with st.container(key="lab-upload-refused"):
            if isinstance(found, str):
                notices([found], "Not shown")
        st.caption(
            f"PNG, JPEG, WebP or GIF, bright on dark or dark on bright. {KEPT_NOWHERE}",
        )
        st.markdown(f"Or draw a {noun}, which stays until you clear it")
        pad(_take_drawing)
        with st.container(key="lab-drawing-refused"):
            drawn = st.session_state.get(DRAWN, {}).get(dataset)
            if isinstance(drawn, str):
                notices([drawn], "Not shown")


def _take_drawing(content: bytes) -> None:
    if content:
        st.session_state[DRAWN] = {name: _read(content, name) for name in DATASETS}
    else:
        st.session_state.pop(DRAWN, None)


def result(run: Run | None, known: Checks | None, dataset: str, view: View) -> None:
    """Draw the uploaded image, its reconstruction and scores; or why there are none.

    Args:
        run: of the current settings; None if there is none.
        known: its preflight results; None if the data set cannot be read.
        dataset: a name in `DATASETS`.
        view: its `difference` and `own_scale` are used.
    """
    found = _image(dataset)
    if not isinstance(found, UploadedImage):
        return
    if run is None or run.weights is None or known is None:
        notices([_why_not(run, known)], "Your image")
    else:
        _draw(run, known, found, view)


def _image(dataset: str) -> UploadedImage | str | None:
    """The drawn or uploaded image, read once; a sentence if it cannot be read."""
    drawn: UploadedImage | str | None = st.session_state.get(DRAWN, {}).get(dataset)
    if drawn is not None:
        return drawn
    return _uploaded(dataset)


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
    image: UploadedImage | str | None = found.get(dataset)
    return image


def _read(content: bytes, dataset: str) -> UploadedImage | str:
    try:
        services.trainer().limits.check_upload(len(content))
        return uploaded_image.read(content, dataset)
    except (InvalidImage, LimitExceeded) as refusal:
        return str(refusal)


def _why_not(run: Run | None, known: Checks | None) -> str:
    if run is None:
        return "It goes through the trained network, so train it first."
    if run.weights is None:
        return "This run's weights are not stored, so it cannot draw your image. Train it again."
    return f"{info_of(run.variant.dataset).label} cannot be read on this machine."


def _draw(run: Run, known: Checks, own: UploadedImage, view: View) -> None:
    facts = known.statistics
    pixels = samples.reconstruct(run, own.image, facts.moments)
    shown = Shown(originals=own.image, pixels=pixels, label="Reconstruction", note="", yours=True)
    baselines = score_baselines(run.variant, facts, own.image)
    ranked = dict(sorted(baselines.items(), key=lambda baseline: baseline[1].mse))
    with st.container(horizontal=True, gap="medium"):
        with st.container(width=WIDTH):
            digit_grid(digit_rows(shown, view, palette()))
        with st.container():
            rows = {"this run": image_metrics.score(pixels, own.image), **ranked}
            st.table(score_frame(rows), border="horizontal")
            st.caption(" ".join(own.notes))
