"""What the landing page needs to reconstruct a drawing in the browser."""

from __future__ import annotations

from typing import Any

from core.data.normalization import GreyMoments
from core.store.shipped import Gallery
from core.text.labels import run_name
from core.views.browser_network import autoencoder_data, preparation_data
from core.views.story.story_steps import SIGMOID, SOFTMAX

# Pixels from 0 to 1 do not depend on them.
NO_MOMENTS = GreyMoments(mean=0.0, deviation=1.0)


def side_by_side(gallery: Gallery) -> dict[str, Any] | None:
    """The sigmoid and the softmax network of the story, for a component.

    Args:
        gallery: the shipped runs.

    Returns:
        "preparation", and "networks", each with "name", "layers" and "scaling"; None if one of the
        runs is not shipped.
    """
    networks = []
    for variant in (SIGMOID, SOFTMAX):
        run = gallery.get(variant.key)
        network = autoencoder_data(run, NO_MOMENTS) if run else None
        if network is None:
            return None
        networks.append({"name": run_name(variant), **network})
    return {"preparation": preparation_data(SIGMOID.dataset), "networks": networks}
