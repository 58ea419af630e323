"""What the tests of core share."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture
def no_data(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No large data set is on this machine, neither in a named folder nor in Keras' cache."""
    monkeypatch.delenv("AUTOENCODER_LAB_DATA", raising=False)
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
