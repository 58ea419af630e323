"""The word for what a person sees of a run."""

from __future__ import annotations

import pytest

from core.store.shipped import Gallery
from core.variant import Variant
from core.views.lab.outcomes import OUTCOMES, outcome_of


# What the images of these shipped runs look like was looked at on the Matrix page.
@pytest.mark.parametrize(
    ("variant", "outcome"),
    [
        (Variant(), "works"),
        (Variant(activation="softmax"), "black"),
        # Its verdict is that the loss diverged; the image is black.
        (Variant(activation="softmax", normalization="raw"), "black"),
        (Variant(normalization="symmetric", loss="mean_squared_error"), "grey"),
        (Variant(activation="linear", loss="categorical_crossentropy"), "noise"),
        (Variant(activation="linear", loss="mean_absolute_error"), "other"),
        (Variant(loss="mean_absolute_error"), "other"),
    ],
)
def test_outcome_of_a_shipped_run(variant: Variant, outcome: str) -> None:
    run = Gallery().get(variant.key)
    assert run is not None
    assert outcome_of(run) == outcome


def test_every_shipped_run_has_an_outcome_and_each_outcome_occurs() -> None:
    gallery = Gallery()
    runs = [run for key in gallery.summaries if (run := gallery.get(key))]
    assert len(runs) > 100
    assert {outcome_of(run) for run in runs} == set(OUTCOMES)
