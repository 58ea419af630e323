"""The symptoms: each run shows what its title says, and has a cause that one click changes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from core.diagnostics import verdict
from core.diagnostics.preflight import findings
from core.run import Run
from core.store.shipped import Gallery
from core.views.story.symptoms import SYMPTOMS, symptoms


@pytest.fixture(scope="module")
def runs() -> dict[str, Run]:
    gallery = Gallery()
    found = {title: gallery.get(variant.key) for title, (variant, _) in SYMPTOMS.items()}
    return {title: run for title, run in found.items() if run is not None}


@pytest.fixture(scope="module")
def pixels() -> dict[str, np.ndarray]:
    return {shown.title: shown.pixels for shown in symptoms(Gallery())}


def test_all_six_are_shipped(runs: dict[str, Run]) -> None:
    assert list(runs) == [
        "Black",
        "Grey",
        "One image for all",
        "Noise",
        "Negative loss",
        "Loss stuck above 0",
    ]


def test_pictures_show_what_their_titles_say(pixels: dict[str, np.ndarray]) -> None:
    assert {shown.shape for shown in pixels.values()} == {(5, 784)}
    assert pixels["Black"].mean() < 0.01
    assert pixels["Grey"].min() > 0.45
    assert pixels["Grey"].max() < 0.55
    assert np.ptp(pixels["One image for all"], axis=0).max() < 0.02
    # Neighbouring pixels of noise have nothing in common; of digits they are nearly the same.
    noise = pixels["Noise"].reshape(-1, 28)
    assert abs(np.corrcoef(noise[:, :-1].ravel(), noise[:, 1:].ravel())[0, 1]) < 0.2


def test_losses_are_what_their_titles_say(runs: dict[str, Run]) -> None:
    negative = runs["Negative loss"].trained_loss.held_out
    stuck, floor = runs["Loss stuck above 0"].trained_loss, runs["Loss stuck above 0"].floor
    assert negative is not None
    assert negative < -1e18
    assert stuck.held_out == pytest.approx(0.1078, abs=1e-4)
    assert floor.held_out == pytest.approx(0.0591, abs=1e-4)
    assert verdict(runs["Loss stuck above 0"]).code == "works_above_floor"


@pytest.mark.parametrize(
    ("title", "cause", "remedy"),
    [
        ("Black", "softmax_sum", {"activation": "sigmoid"}),
        ("Grey", "out_of_range", {"activation": "tanh"}),
        ("One image for all", "median", {"loss": "mean_squared_error"}),
        ("Noise", "no_distribution", {"loss": "mean_squared_error"}),
        ("Negative loss", "no_lower_bound", {"normalization": "unit"}),
    ],
)
def test_each_failure_has_its_cause_and_the_setting_to_change(
    runs: dict[str, Run], title: str, cause: str, remedy: dict[str, str]
) -> None:
    run = runs[title]
    found = {finding.code: finding for finding in findings(run.variant, run.evidence)}
    assert found[cause].remedy == remedy
    assert verdict(run).cause == cause


def test_without_shipped_runs_there_are_none(tmp_path: Path) -> None:
    assert symptoms(Gallery(tmp_path / "nothing.zip")) == []
