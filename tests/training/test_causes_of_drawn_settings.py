"""Some of the settings that `python -m tools.check_causes` draws, trained: cause and remedy."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import tensorflow as tf

from core.data.datasets import PIXELS
from core.diagnostics.rate_checks import ENOUGH_STEPS, steps
from core.store import RunStore
from core.variant import Variant
from tools.check_causes import Case, cases, sampled_settings

DRAWN, SEED = 300, 0
# A tenth of them, as cheap as can be: shallow networks, small ones, few epochs of their own, and
# without noise, which only XLA draws. The remedy of a run with too few steps trains for 67 epochs,
# that of another for as many as the run: so only a few of the former.
COUNT, WITH_FEW_STEPS = 30, 4
DEEPEST = 3
MAX_WEIGHTS = 200_000
MAX_EPOCHS = 10


def is_quick(variant: Variant) -> bool:
    widths = (PIXELS, *variant.layers, PIXELS)
    weights = sum(before * after for before, after in pairwise(widths))
    is_small = len(variant.layers) <= DEEPEST and weights <= MAX_WEIGHTS
    return is_small and variant.epochs <= MAX_EPOCHS and variant.noise == "none"


def chosen() -> list[Variant]:
    """Thirty of the settings drawn."""
    quick = [variant for variant in sampled_settings(DRAWN, SEED) if is_quick(variant)]
    few = [variant for variant in quick if steps(variant) < ENOUGH_STEPS][:WITH_FEW_STEPS]
    others = [variant for variant in quick if steps(variant) >= ENOUGH_STEPS]
    return [*few, *others[: COUNT - len(few)]]


def without_xla(function: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
    return function(*arguments, **{**options, "jit_compile": False})


@pytest.fixture(scope="module")
def bad(tmp_path_factory: pytest.TempPathFactory) -> list[Case]:
    """The bad ones among thirty, with what their remedies come to."""
    store = RunStore(Path(tmp_path_factory.mktemp("runs")))
    with pytest.MonkeyPatch.context() as patch:
        # Sixty programs that each run once: XLA would take twice as long to compile and run them.
        patch.setattr(tf, "function", partial(without_xla, tf.function))
        found = cases(chosen(), store, jobs=1)
    assert len(found) == COUNT
    return [case for case in found if case.is_bad]


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_every_bad_run_has_a_stated_cause_and_an_effective_remedy(bad: list[Case]) -> None:
    assert len(bad) >= 27, "most settings drawn at random fail"
    assert [case for case in bad if case.verdict.cause is None] == []
    assert [case for case in bad if not case.findings] == []
    offered = [case for case in bad if case.repaired is not None]
    assert len(offered) >= 0.95 * len(bad)
    in_vain = [case for case in offered if not case.repaired < case.error]
    assert len(in_vain) <= 0.05 * len(offered), in_vain
