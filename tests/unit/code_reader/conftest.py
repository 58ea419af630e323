"""Readings whose findings do not depend on which data sets this machine has."""

from __future__ import annotations

import pytest

from core.code_reader import findings
from core.data.datasets import SAMPLE
from core.metrics.dataset_stats import statistics


@pytest.fixture(autouse=True)
def _every_data_set_is_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each data set can be read; its statistics are those of the sample, which always can."""
    sample = statistics(SAMPLE)
    monkeypatch.setattr(findings, "statistics", lambda name: sample)
