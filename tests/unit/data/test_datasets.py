"""Every data set in the table has an entry in each place that CONTRIBUTING's recipe names."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.code_reader.data_sources import KERAS_DATASETS, TORCH_DATASETS
from core.code_reader.pixels import MOMENTS
from core.data.datasets import DATASETS, SAMPLE
from core.data.download import SOURCES
from core.export.keras_script import IMPORTS, LOADING


def test_every_downloaded_set_has_its_files() -> None:
    assert set(SOURCES) == set(DATASETS) - {SAMPLE}


def test_every_set_is_loaded_in_keras_scripts() -> None:
    assert set(LOADING) == set(IMPORTS) == set(DATASETS)


def test_every_downloaded_set_is_recognized_in_scripts() -> None:
    named = {*KERAS_DATASETS.values(), *TORCH_DATASETS.values()}
    assert set(DATASETS) - {SAMPLE} <= named


def test_the_pixels_of_every_downloaded_set_have_known_moments() -> None:
    assert set(MOMENTS) == set(DATASETS) - {SAMPLE}


@pytest.mark.parametrize("place", ["SOURCES", "IMPORTS", "LOADING", "MOMENTS", "KERAS_DATASETS"])
def test_the_recipe_names_every_place(place: str) -> None:
    recipe = Path("CONTRIBUTING.md").read_text(encoding="utf-8").partition("**A data set**")[2]
    assert f"`{place}`" in recipe.partition("\n## ")[0]
