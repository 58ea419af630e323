"""Scripts with a mistake, and the corrected ones, trained: the correction lowers the error."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import pytest

from core.code_reader import read
from core.data.datasets import SAMPLE
from core.training import training
from core.variant import Variant
from support.modules import beside

UNIT_TESTS = Path(__file__).parents[1] / "unit" / "code_reader" / "test_faults.py"
SCRIPTS = {script.name: script for script in beside(UNIT_TESTS, "faulty_scripts").FAULTY}
# Ten mistakes of which each costs pixels within ten epochs. A hidden activation that is never
# called does not, nor a loss for which Keras finds no logits, and after sixty epochs neither: the
# errors are 0.0053 and 0.0060 with the correction, 0.0114 and 0.0127. The corrections say so.
NAMES = (
    "bypassed_layer",
    "unused_scaling",
    "scaled_in_a_comment",
    "adadelta",
    "bce_of_linear",
    "softmax_in_torch",
    "symmetric_with_bce",
    "linear_with_bce",
    "noisy_target",
    "standardized_with_sigmoid",
)


@lru_cache
def pixel_error(variant: Variant) -> float:
    """MSE of the held-out sample after ten epochs."""
    run = training.train(
        replace(variant, dataset=SAMPLE, epochs=10), lambda event: None, lambda: False
    )
    assert run is not None
    return run.scores.mse


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("name", NAMES)
def test_the_corrected_script_has_the_lower_pixel_error(name: str) -> None:
    found = read(SCRIPTS[name].code)
    assert found.variant is not None
    assert found.corrected_variant is not None
    assert pixel_error(found.corrected_variant) < pixel_error(found.variant)
