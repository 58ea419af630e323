"""The latent space: a component that decodes the point under the pointer, with captions."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import streamlit as st

from core.data.datasets import DATASETS
from core.run import CODE_IMAGES, MAX_CODE_BYTES, Run
from core.text import formats
from core.views.inside.encoder_data import encoder_data
from core.views.inside.inside_view import MAPS, MAX_EPOCHS, InsideState, reported_location
from core.views.inside.latent_map import LatentMap, latent_map, pca_map
from core.views.inside.map_data import SLIDERS, colours, map_data
from core.views.inside.replay import Replay, replay, replay_data
from pages.components.common import drawing
from pages.components.common.notices import notices
from pages.components.common.preflight_results import Checks
from pages.components.common.scripts import joined
from pages.components.common.theme import palette
from pages.components.common.widgets import component_value, segments
from pages.components.inside.inside_link import INSIDE, reset_location

HERE = Path(__file__).parent
KEY = "inside-latent"
SCRIPTS = (
    *drawing.LIVE_SCRIPTS,
    HERE / "map_canvas.js",
    HERE / "location.js",
    HERE / "replay_curve.js",
    HERE / "replay.js",
    HERE / "latent.js",
    HERE / "drawn_digit.js",
    HERE / "code_sliders.js",
    HERE / "latent_component.js",
)
# The number of maps kept in memory, two megabytes each.
MAPS_KEPT = 6


_component = st.components.v2.component(
    "lab_latent",
    html=joined(HERE / "latent.html").replace("PAD", joined(drawing.HTML)),
    css=joined(drawing.CSS, HERE / "latent.css", HERE / "replay.css"),
    js=joined(*SCRIPTS),
)


def latent(state: InsideState, run: Run, known: Checks) -> None:
    """Draw the map of a run's code with its controls.

    Args:
        state: state of the page.
        run: with weights.
        known: its preflight results.
    """
    can_draw = run.variant.dataset in DATASETS
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        segments(
            "Axes of the map", MAPS, INSIDE.key("axes"), on_change=reset_location, width="content"
        )
        if can_draw:
            st.toggle("Draw a digit", value=state.draw, key=INSIDE.key("draw"))
    made, held_out = run.provenance, known.held_out
    key = run.variant.key if state.axes == "code" else "pca"
    found = _prepared(key, made.created, held_out.fingerprint, _run=run, _known=known)
    with st.container(key="inside-map"):
        if found is None:
            st.caption("The codes of this run are too large to compute with: it diverged.")
            return
        shown, replayed, data = found
        st.caption(_in_words(state, run, shown, len(held_out.held_out)))
        location, unknown = _location(state, len(shown.codes))
        with st.container(key="inside-location-notes"):
            notices(unknown, "Ignored")
        _component(
            key=KEY,
            data={
                "id": f"{key}-{made.created}",
                "map": data,
                "colours": colours(palette()),
                "label": _label(shown),
                "word": "Unit" if state.axes == "code" else "Component",
                "units": _units_in_words(shown),
                "point": [state.x, state.y],
                "location": location,
                "drawing": _encoder(key, made.created, held_out.fingerprint, _run=run, _known=known)
                if state.draw and can_draw
                else None,
                "decodes": state.decodes,
                "epoch": state.epoch,
                "replayNote": _replay_in_words(state, replayed),
            },
            on_point_change=_keep_point,
            on_decodes_change=_keep_decodes,
            on_epoch_change=_keep_epoch,
        )


@st.cache_resource(show_spinner=False, max_entries=MAPS_KEPT)
def _prepared(
    key: str, created: str, fingerprint: str, *, _run: Run, _known: Checks
) -> tuple[LatentMap, Replay | None, dict[str, Any]] | None:
    part, known = _known.held_out, _known.statistics
    if key == "pca":
        found, replayed = pca_map(known, part.held_out, part.held_out_labels), None
    else:
        mapped = latent_map(_run, part.held_out, part.held_out_labels, known.moments)
        if mapped is None:
            return None
        found, replayed = mapped, replay(_run, mapped, part.held_out_labels)
    data = map_data(found, part.info.class_names)
    return found, replayed, data | {"replay": replayed and replay_data(replayed, _run)}


@st.cache_resource(show_spinner=False, max_entries=MAPS_KEPT)
def _encoder(
    key: str, created: str, fingerprint: str, *, _run: Run, _known: Checks
) -> dict[str, Any] | None:
    data = encoder_data(_run, _known.statistics, "pca" if key == "pca" else "code")
    return data and {"id": f"{key}-{created}", **data}


def _location(state: InsideState, count: int) -> tuple[dict[str, Any], list[str]]:
    """The location for the component, and a sentence for each image that does not exist."""
    ends, defaults = {"first": state.first, "second": state.second}, {"first": 0, "second": 1}
    unknown = {name: end for name, end in ends.items() if end >= count and end != defaults[name]}
    known = {name: defaults[name] if name in unknown else end for name, end in ends.items()}
    location = {
        "sliders": [list(pair) for pair in state.sliders],
        "position": state.position,
        **{name: min(end, count - 1) for name, end in known.items()},
    }
    allowed = f"allowed: whole numbers from 0 to {count - 1}."
    return location, [f"{name} cannot be {end}; {allowed}" for name, end in unknown.items()]


def _label(shown: LatentMap) -> str:
    return f"Map of {len(shown.codes)} codes; arrow keys move the point that is decoded"


def _in_words(state: InsideState, run: Run, shown: LatentMap, held_out: int) -> str:
    shown_count, rest = len(shown.codes), f"{held_out:,} held-out images"
    count = f"all {rest}" if shown_count == held_out else f"{shown_count} of {rest}"
    if state.axes == "pca":
        what = (
            "The plane of the first two principal components of the training images, which"
            f" explain {formats.share(shown.share)} of the variance of the held-out images."
        )
    elif shown.width == 1:
        what = "The code has one unit: the map is a line, with a row for each class."
    elif shown.width == 2:
        what = "The code has two units, which are the axes of the map."
    else:
        what = (
            f"The code has {shown.width} units. The map is the plane of its first two principal"
            f" components, which explain {formats.share(shown.share)} of its variance."
        )
    scale = ""
    if run.variant.normalization == "sum_to_one" and state.axes == "code":
        scale = " Decoded digits are scaled to the mean sum of an image."
    return f"{what} It shows {count}; no image is near the shaded areas.{scale}"


def _replay_in_words(state: InsideState, shown: Replay | None) -> str:
    """What the replay shows, or why there is none."""
    if state.axes == "pca":
        return "PCA is not trained in epochs, so there is no training to replay."
    if shown is None:
        return (
            "The codes of earlier epochs are not stored with this run, so its training cannot be"
            " replayed. New runs store them."
        )
    images = len(shown.labels)
    limit = f"{CODE_IMAGES} images, and {MAX_CODE_BYTES // 1000} kB"
    fewer = f" A run stores the codes of at most {limit}." if images < CODE_IMAGES else ""
    return (
        f"Replay of the training: {images} held-out images and the ten digits at"
        f" {len(shown.epochs)} stored epochs.{fewer}"
    )


def _units_in_words(shown: LatentMap) -> str:
    """Why some units have no slider."""
    notes = []
    if shown.dead:
        units = ", ".join(map(str, shown.dead))
        notes.append(
            f"Dead units of the code, 0 for every held-out image: {units}"
            f" ({len(shown.dead)} of {shown.width})."
        )
    if len(shown.strongest) > SLIDERS:
        notes.append(
            f"The sliders show the {SLIDERS} units with the largest variance among"
            f" {len(shown.strongest)} that are not dead."
        )
    return " ".join(notes)


def _keep_point() -> None:
    kept = component_value(KEY, "point")
    # The message of a browser is not trusted.
    if isinstance(kept, dict) and (location := reported_location(kept)) is not None:
        INSIDE.change(**location)


def _keep_epoch() -> None:
    epoch = component_value(KEY, "epoch")
    if epoch == "last":
        INSIDE.change(epoch=None)
    elif isinstance(epoch, int | float) and 0 <= epoch <= MAX_EPOCHS:
        INSIDE.change(epoch=float(epoch))


def _keep_decodes() -> None:
    decodes = component_value(KEY, "decodes")
    if isinstance(decodes, bool):
        INSIDE.change(decodes=decodes)
