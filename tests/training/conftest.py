"""Digits for the training tests."""

from __future__ import annotations

import pytest

from core.data import loading
from core.data.normalization import Images


@pytest.fixture(scope="session")
def digits() -> Images:
    """250 digits of the sample: with batches of 100, the last of an epoch has 50."""
    return loading.load("mnist-sample").training[::18]
