"""What "It works." is worth: digits recognized at the error where the verdict begins to say so."""

from __future__ import annotations

import numpy as np
import pytest

from core.data import loading
from core.diagnostics.verdicts import WORKS
from tools.check_recognition import recognized, with_pca


def test_originals_are_recognized_and_the_mean_image_is_not() -> None:
    originals = loading.load_held_out("mnist-sample").held_out / np.float32(255)
    assert recognized(originals) == pytest.approx(0.93, abs=0.005)
    # One picture for all is one class for all, a tenth of the digits.
    assert recognized(np.broadcast_to(originals.mean(axis=0), originals.shape)) == 0.1


def test_four_of_five_digits_are_recognized_where_it_is_said_to_work() -> None:
    error, share = with_pca(13)  # the first width below the threshold
    assert error == pytest.approx(0.437, abs=0.001)
    assert error < WORKS
    assert share == pytest.approx(0.794, abs=0.005)
    worse, fewer = with_pca(5)
    assert (round(worse, 2), round(fewer, 2)) == (0.66, 0.54)
