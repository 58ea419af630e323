"""The data sets that a visitor can choose: those of the lab, and image sets of their own."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from core.data import image_sets
from core.data.datasets import DATASETS
from core.store.run_summary import RunSummary
from core.text.labels import value_text
from pages.components.common import services
from pages.components.server import image_set_expiry

# Session state: names of the image sets that were added, or opened by a link, in this browser; and
# of those that were deleted in this session, whose Lab page may still have them in its link.
MINE = "image-sets"
FORGOTTEN = "image-sets-forgotten"
# On a private machine there may be more than fit in the list.
MAX_OFFERED = 6


def labels(now: str) -> dict[str, str]:
    """Labels of data sets by name.

    Args:
        now: the current one, which is included even if it is not stored here.
    """
    offered = [*DATASETS, *own()[:MAX_OFFERED]]
    return {name: value_text("dataset", name) for name in dict.fromkeys([*offered, now])}


def own() -> list[str]:
    """This visitor's image sets: on a public host those of the browser, otherwise all."""
    if services.trainer().limits.changes_library:
        return [info.name for info in image_sets.list_all()]
    return [name for name in _mine() if image_sets.is_kept(name)]


def is_visible(dataset: str) -> bool:
    """Whether a visitor may see runs of a data set in a list."""
    if not image_sets.is_image_set(dataset) or services.trainer().limits.changes_library:
        return True
    return dataset in _mine()


def visible(summaries: Mapping[str, RunSummary]) -> dict[str, RunSummary]:
    """The runs that a visitor may see in a list, by key."""
    own_images = {one.variant.dataset for one in summaries.values()}
    hidden = {dataset for dataset in own_images if not is_visible(dataset)}
    return {key: one for key, one in summaries.items() if one.variant.dataset not in hidden}


def remember(dataset: str, *, is_added: bool = False) -> None:
    """Record that this visitor has an image set, unless they deleted it in this session.

    Args:
        dataset: the data set of a page; nothing is recorded unless it is a stored image set, since
            a link can have any number of other names.
        is_added: whether it was added now, perhaps again, and not opened by a link.
    """
    forgotten: set[str] = st.session_state.setdefault(FORGOTTEN, set())
    if is_added:
        forgotten.discard(dataset)
    is_stored = image_sets.is_image_set(dataset) and image_sets.is_kept(dataset)
    if is_stored and dataset not in forgotten:
        # Each rerun comes here: one of another tab must not give the browser back what it deleted.
        is_new = is_added or dataset not in _mine()
        st.session_state[MINE] = list(dict.fromkeys([*_mine(), dataset]))
        image_set_expiry.hold(dataset, services.browser() if is_new else None)


def forget(dataset: str) -> None:
    """Record that this visitor deleted an image set, whether or not others still have it."""
    st.session_state[MINE] = [name for name in _mine() if name != dataset]
    st.session_state.setdefault(FORGOTTEN, set()).add(dataset)
    image_set_expiry.forget(dataset, services.browser())


def _mine() -> list[str]:
    """The image sets of this session, which starts with those of the browser after a reload."""
    if MINE not in st.session_state:
        st.session_state[MINE] = image_set_expiry.of_browser(services.browser())
        for name in st.session_state[MINE]:
            image_set_expiry.hold(name)
    names: list[str] = st.session_state[MINE]
    return names
