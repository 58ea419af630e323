"""Add a run: from the library, or a compared run with one setting changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import streamlit as st

from core.charts.palette import LETTERS
from core.data.image_sets import info_of
from core.errors import InvalidVariant
from core.store.run_summary import RunSummary
from core.text import formats
from core.text.labels import SETTING_TITLES, run_name, value_label
from core.variant import CHOICES, FIELDS, Variant, allowed, format_value, parse_value, with_decoder
from pages.components.common import comparison_link, dataset_choices, services
from pages.components.compare.comparison_text import train

WAYS = {"library": "From the library", "change": "Change one setting"}
# Browsers are slow to draw a longer list.
MAX_LISTED = 500


def choose(variants: Sequence[Variant]) -> None:
    """Draw the two ways to add a run.

    Args:
        variants: the variants of the compared runs.
    """
    way = "library"
    if variants:
        way = st.segmented_control(
            "Where from",
            list(WAYS),
            format_func=WAYS.__getitem__,
            default="library",
            key="compare-add-way",
            label_visibility="collapsed",
            required=True,
        )
    if way == "library":
        _from_library(variants)
    else:
        _change_one(variants)


def _from_library(variants: Sequence[Variant]) -> None:
    summaries = {
        key: summary
        for key, summary in dataset_choices.visible(services.library().summaries()).items()
        if summary.variant not in variants
    }
    if not summaries:
        st.caption("There are no other runs yet.")
        return
    listed = list(summaries)[:MAX_LISTED]
    labels = _labels({key: summaries[key] for key in listed})
    key = st.selectbox(
        "Run", listed, format_func=labels.__getitem__, key="compare-add-run", width="stretch"
    )
    if len(summaries) > len(listed):
        st.caption(
            f"The {MAX_LISTED} most recently used of {len(summaries):,} runs;"
            " the library lists all."
        )
    st.button(
        "Add",
        icon=":material/add:",
        key="compare-add-stored",
        on_click=comparison_link.add,
        args=(summaries[key].variant,),
    )


def _labels(summaries: Mapping[str, RunSummary]) -> dict[str, str]:
    return {
        key: f"{run_name(summary.variant)} · MSE {formats.loss(summary.scores.mse)}"
        for key, summary in summaries.items()
    }


def _change_one(variants: Sequence[Variant]) -> None:
    index = 0
    if len(variants) > 1:
        index = st.segmented_control(
            "Start from run",
            range(len(variants)),
            format_func=LETTERS.__getitem__,
            default=0,
            key="compare-add-of",
            required=True,
        )
    base = variants[min(index, len(variants) - 1)]
    field = st.selectbox(
        "Setting",
        FIELDS,
        index=FIELDS.index("activation"),
        format_func=SETTING_TITLES.__getitem__,
        key="compare-add-field",
    )
    try:
        changed = replace(base, **_changes(base, field, _value(base, field)))
    except InvalidVariant as problem:
        st.caption(str(problem))
        return
    if changed in variants:
        st.caption(f"This is already run {LETTERS[variants.index(changed)]}.")
        return
    is_stored = changed.key in services.library().summaries()
    st.button(
        "Add" if is_stored else "Train and add",
        icon=":material/add:" if is_stored else ":material/play_arrow:",
        key="compare-add-changed",
        on_click=_join,
        args=(changed,),
        help=run_name(changed),
    )


def _value(base: Variant, field: str) -> Any:
    """The value in the widget of a setting.

    Raises:
        InvalidVariant: it cannot be parsed.
    """
    now = getattr(base, field)
    if field in CHOICES:
        known = dataset_choices.labels(now) if field == "dataset" else CHOICES[field]
        others = [value for value in known if value != now]
        return st.selectbox(
            f"Instead of {value_label(field, now)}",
            others,
            format_func=lambda value: value_label(field, value),
            key=f"compare-add-{field}",
        )
    text = st.text_input(
        f"Instead of {format_value(now)}",
        key=f"compare-add-{field}",
        placeholder=format_value(now),
        help=allowed(field).capitalize() + ".",
    )
    if field == "layers":
        text, added = with_decoder(text)
        if added is not None:
            st.caption(added)
    return parse_value(field, text) if text else now


def _changes(base: Variant, field: str, value: Any) -> dict[str, Any]:
    """The changed setting; a new data set also changes the epochs, unless they were chosen."""
    follows = field == "dataset" and base.epochs == info_of(base.dataset).default_epochs
    return {field: value, **({"epochs": None} if follows else {})}


def _join(variant: Variant) -> None:
    train([variant])
    comparison_link.add(variant)
