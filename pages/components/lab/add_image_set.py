"""Your images: a dialog that reads files of images, previews them, and adds them as a data set."""

from __future__ import annotations

from pathlib import PurePosixPath

import streamlit as st

from core import environment
from core.data import image_sets, pending_images
from core.data.example_shapes import NAME, example_shapes
from core.data.image_files.parts import ReadLimits
from core.data.image_files.preparation import prepare
from core.data.pending_images import PendingImages
from core.errors import InvalidImages, StoreUnavailable
from core.files.npz import to_npz
from core.limits import MEGABYTE
from core.store.image_set_storage import add_image_set
from core.text.glossary import help_for
from core.variant import Variant
from pages.components.common import dataset_choices, services
from pages.components.common.markdown import escaped
from pages.components.common.notices import notices
from pages.components.common.page_rerun import is_dialog_open, set_dialog_open
from pages.components.lab import image_set_options, image_set_preview
from pages.components.lab.lab_link import LAB
from pages.components.server import image_set_expiry

# Session state: settings to apply and the note about them; how often the dialog was opened;
# the files; why there are none; how many there were.
CHOSEN = "own-images-chosen"
OPENED = "own-images-opened"
PENDING = "own-images-pending"
REFUSAL = "own-images-refusal"
TAKEN = "own-images-taken"
# The part of the disk space for runs and images that images may take.
IMAGES_SHARE = 0.5
# If the default epochs have fewer steps than this with batches of 100, smaller ones are used.
FEW_STEPS, SMALL_BATCH = 1_000, 10
KINDS = (
    ".npz (x_train, x_test), .npy, .csv with a row per image and perhaps a label, IDX, a .zip of"
    " PNG, JPEG or WebP, or several such images. Every image becomes 28 × 28 greys, whatever its"
    " size: wider networks are beyond this lab."
)


def button() -> None:
    """Draw the button that opens the dialog."""
    st.button("Your images…", icon=":material/upload:", key="own-images", on_click=_open)


def settings_key() -> str:
    """The key of the popover with the button; it changes each time the dialog is opened.

    To the browser it is then a new popover, which is closed: an open one would cover the dialog.
    """
    return f"lab-settings-{st.session_state.get(OPENED, 0)}"


def use_chosen() -> None:
    """Use the images that were chosen in the dialog; call it before the settings are drawn.

    The dialog is a fragment: values that it set for widgets of the page would be lost.
    """
    if chosen := st.session_state.pop(CHOSEN, None):
        changes, notes = chosen
        LAB.change(variant=Variant.from_dict({**LAB.now.variant.to_dict(), **changes}))
        for note in notes:
            LAB.note("Images", note)


def dialog() -> None:
    """Draw the dialog while it is open; call it outside any fragment."""
    if is_dialog_open():
        box = st.dialog("Your images", width="large", icon=":material/upload:", on_dismiss=_close)
        box(_body)()


def _body() -> None:
    if not is_dialog_open():  # used or dismissed a moment ago
        st.rerun()
    with st.container(key="own-files-box"):
        _choose_files()
    with st.container(key="own-refused"):
        if refusal := st.session_state.get(REFUSAL):
            notices([refusal], "Not read")
    pending = st.session_state.get(PENDING)
    if pending is not None:
        _pending_images(pending)


def _choose_files() -> None:
    limits = services.trainer().limits
    st.file_uploader(
        "Files of images",
        accept_multiple_files=True,
        key=_upload_key(),
        on_change=_take,
        max_upload_size=(limits.image_set_bytes or ReadLimits().file_bytes) // MEGABYTE,
        help=help_for("data set"),
    )
    pending = st.session_state.get(PENDING)
    with st.container(key="own-names"):
        if pending is not None:
            st.markdown(escaped(_named(pending)))
    st.caption(KINDS)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button("Try 300 shapes", icon=":material/shapes:", key="own-example", on_click=_example)
        st.caption("Black shapes on white, drawn here: they show what inversion does.")
    if not limits.changes_library:
        minutes = round((limits.image_set_seconds or 0) / 60)
        st.caption(
            f"Up to {limits.image_set_images:,} images. Kept while this page is open and for"
            f" {minutes} minutes; only this browser and those who have your link see them."
        )


def _pending_images(pending: PendingImages) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom", key="own-switches"):
        image_set_options.switches()
    with st.container(key="own-preview", gap="small"):
        try:
            with st.spinner("Reading the images"):
                images = image_set_options.read_images(pending)
                preview = image_set_options.previewed(pending, images)
        except InvalidImages as refusal:
            notices([str(refusal)], "Not read")
            return
        image_set_preview.draw(images, preview, image_set_options.options())
    with st.container(key="own-use-box"):
        _use_button(pending)


def _use_button(pending: PendingImages) -> None:
    if services.trainer().limits.changes_library:
        stem = PurePosixPath(pending.names[0]).name.partition(".")[0]
        st.text_input(
            "Name",
            value=image_sets.clean_label(stem),
            key=f"own-name-{pending.token}",
            max_chars=image_sets.MAX_LABEL_LENGTH,
            width=260,
        )
    st.button(
        "Use these images",
        type="primary",
        icon=":material/check:",
        key="own-use",
        on_click=_use,
        args=(pending,),
    )


def _open() -> None:
    set_dialog_open(True)
    st.session_state[OPENED] = st.session_state.get(OPENED, 0) + 1


def _close() -> None:
    set_dialog_open(False)
    st.session_state.pop(REFUSAL, None)
    pending = st.session_state.pop(PENDING, None)
    if pending is not None:
        pending.drop()
    st.session_state[TAKEN] = st.session_state.get(TAKEN, 0) + 1


def _upload_key() -> str:
    return f"own-files-{st.session_state.get(TAKEN, 0)}"


def _take() -> None:
    """Store the chosen files on disk: in memory they would stay as long as the session."""
    files = st.session_state.get(_upload_key()) or []
    if files:
        _hold([(file.name, file.getvalue()) for file in files])
        for file in files:
            file.truncate(0)
        # An empty uploader after each upload: the next upload is another set.
        st.session_state[TAKEN] = st.session_state.get(TAKEN, 0) + 1


def _named(pending: PendingImages) -> str:
    if len(pending.names) == 1:
        return f"Read from {pending.names[0]}"
    return f"Read from {len(pending.names):,} files"


def _example() -> None:
    _hold([(f"{NAME}.npz", to_npz({"images": example_shapes()}, compressed=True))])


def _hold(files: list[tuple[str, bytes]]) -> None:
    limits = services.trainer().limits
    before = st.session_state.pop(PENDING, None)
    if before is not None:
        before.drop()
    st.session_state.pop(REFUSAL, None)
    try:
        pending = pending_images.hold(
            files,
            max_bytes=limits.image_set_bytes,
            max_total_bytes=limits.all_image_sets_bytes,
        )
    except (InvalidImages, StoreUnavailable) as refusal:
        st.session_state[REFUSAL] = str(refusal)
        return
    st.session_state[PENDING] = pending
    image_set_expiry.hold_pending(pending)


def _use(pending: PendingImages) -> None:
    try:
        images = image_set_options.read_images(pending)
        prepared = prepare(images, image_set_options.options())
        info = add_image_set(prepared, _label(pending, prepared.digest), _max_bytes())
    except (InvalidImages, StoreUnavailable) as refusal:
        st.session_state[REFUSAL] = str(refusal)
        return
    dataset_choices.remember(info.name, is_added=True)
    _close()
    changes: dict[str, object] = {"dataset": info.name, "epochs": info.default_epochs}
    notes = list(images.notes)
    steps = info.default_epochs * -(-info.training_count // LAB.now.variant.batch_size)
    if steps < FEW_STEPS:
        changes["batch_size"] = SMALL_BATCH
        notes.append(f"There are few, so the batch is {SMALL_BATCH} images now.")
    st.session_state[CHOSEN] = changes, notes


def _label(pending: PendingImages, digest: str) -> str:
    # Text typed by a visitor is not shown to others.
    typed = st.session_state.get(f"own-name-{pending.token}")
    return f"{image_sets.UNNAMED} {digest[:4]}" if typed is None else str(typed)


def _max_bytes() -> float:
    most = services.trainer().limits.all_image_sets_bytes
    return most or environment.cache_megabytes() * MEGABYTE * IMAGES_SHARE
