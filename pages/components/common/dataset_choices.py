"""The data sets that a visitor can choose: those of the lab, and image sets of their own."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from core.data import image_sets
from core.data.datasets import DATASETS
from core.store.run_summary import RunSummary
from core.text.labels import value_text
from pages.components.common import image_set_expiry, services

# Session state: names of the image sets that were added, or opened by a link, in this browser.
MINE = "image-sets"
# On one's own machine there may be more than there is room for.
MAX_OFFERED = 6


def labels(now: str) -> dict[str, str]:
    """Names of data sets to what they are called.

    Args:
        now: the one that is chosen, which is among them even where it is not here.
    """
    offered = [*DATASETS, *own()[:MAX_OFFERED]]
    return {name: value_text("dataset", name) for name in dict.fromkeys([*offered, now])}


def own() -> list[str]:
    """The image sets that are this visitor's: on a public host those of the browser, else all."""
    if services.trainer().limits.changes_library:
        return [info.name for info in image_sets.every()]
    return [name for name in _mine() if image_sets.is_kept(name)]


def is_visible(dataset: str) -> bool:
    """Whether a visitor may see in a list that there are runs of a data set."""
    if not image_sets.is_image_set(dataset) or services.trainer().limits.changes_library:
        return True
    return dataset in _mine()


def visible(summaries: Mapping[str, RunSummary]) -> dict[str, RunSummary]:
    """Those runs that a visitor may see in a list, by key."""
    own_images = {one.variant.dataset for one in summaries.values()}
    hidden = {dataset for dataset in own_images if not is_visible(dataset)}
    return {key: one for key, one in summaries.items() if one.variant.dataset not in hidden}


def remember(dataset: str) -> None:
    """Note that this visitor has an image set: it was added, or a link led to it."""
    if image_sets.is_image_set(dataset):
        st.session_state[MINE] = list(dict.fromkeys([*_mine(), dataset]))
        image_set_expiry.hold(dataset, services.browser())


def _mine() -> list[str]:
    """Those of this session, which begins with those of the browser: it may have been reloaded."""
    if MINE not in st.session_state:
        st.session_state[MINE] = image_set_expiry.of_browser(services.browser())
        for name in st.session_state[MINE]:
            image_set_expiry.hold(name)
    names: list[str] = st.session_state[MINE]
    return names
