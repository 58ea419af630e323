"""The largest, smallest and strangest numbers that a stored run may have: every page shows it."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core.diagnostics import verdict
from core.diagnostics.evidence import MEASURES
from core.diagnostics.setting_facts import FACTS
from core.files.json_codec import LARGEST
from core.progress import EpochScores, Frame, History, Stage
from core.run import LossPair, Run, Scores
from core.store import RunStore
from core.store.library import Library
from core.store.shipped import Gallery
from core.variant import Variant
from core.views.compare.comparison import link_query
from pages.components.common import services
from support.fake_trainer import FakeTrainer
from support.runs import make_run

APP = Path(__file__).parents[2] / "app.py"
LAST_STEP = 60_000_000
PIXELS = np.tile(np.float32([np.nan, np.inf, -np.inf, 65504.0]), (10, 196))


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RunStore:
    """A store as the lab's, without the shipped runs."""
    store = RunStore(tmp_path / "store", judge=verdict)
    monkeypatch.setattr(services, "store", lambda: store)
    monkeypatch.setattr(services, "run_of", store.get)
    monkeypatch.setattr(services, "library", lambda: Library(store, Gallery(tmp_path / "none.zip")))
    return store


def extreme(seed: int, loss: float, error: float) -> Run:
    """A run whose losses are of this size, and whose errors and baselines are as given."""
    losses = [loss, -loss, math.inf, -math.inf, math.nan, loss]
    epochs = [
        EpochScores(
            epoch=epoch,
            step=step,
            loss=loss,
            validation_loss=-loss,
            displayed_loss=math.inf,
            mse=error,
            ssim=-1.001,
        )
        for epoch, step in ((1, 0), (1000, LAST_STEP))
    ]
    history = History(
        stage=Stage(name="scoring", fraction=0.0),
        steps_per_epoch=1,
        total_steps=LAST_STEP,
        steps=[0, 1, 2, 3, 4, LAST_STEP],
        losses=losses,
        epochs=epochs,
        frames=[Frame(step=0, pixels=PIXELS), Frame(step=LAST_STEP, pixels=-PIXELS)],
    )
    scores = Scores(mse=error, mae=error, psnr=math.inf, ssim=1.001)
    pair = LossPair(training=loss, held_out=-loss)
    run = make_run(Variant(seed=seed, layers=(2,)), history=history, scores=scores)
    return replace(
        run,
        baselines=dict.fromkeys(run.baselines, replace(scores, mse=error)),
        trained_loss=pair,
        displayed_loss=pair,
        floor=pair,
        evidence=dict.fromkeys((*MEASURES, *FACTS), loss),
        provenance=replace(run.provenance, seconds=1e9, compile_seconds=0.0),
        weights=tuple(
            replace(layer, kernel=np.full_like(layer.kernel, 3e38)) for layer in run.weights or ()
        ),
    )


RUNS = [extreme(1, LARGEST, 1.001), extreme(2, -LARGEST, 0.0), extreme(3, 0.0, 1.0)]


@pytest.mark.parametrize("run", RUNS, ids=["large", "negative", "zero"])
@pytest.mark.parametrize(
    ("page", "query"),
    [
        ("lab", {"digits": "each"}),
        ("lab", {"digits": "worst", "axis": "log", "smoothing": "25", "difference": "1"}),
        ("matrix", {"rows": "seed", "row_values": "1~2~3", "colour": "gap"}),
        ("matrix", {"rows": "seed", "row_values": "1~2~3"}),
        ("compare", {}),
        ("library", {}),
    ],
)
def test_page_shows_a_run_of_extreme_numbers(
    store: RunStore, trainer: FakeTrainer, run: Run, page: str, query: dict[str, str]
) -> None:
    for each in RUNS:
        store.put(each)
    assert store.get(run.variant.key) is not None
    app = AppTest.from_file(str(APP), default_timeout=60)
    app.switch_page(f"pages/{page}.py")
    all_three = link_query([one.variant for one in RUNS])
    settings = {"compare": all_three, "library": {}}.get(page, run.variant.to_query())
    for name, value in {**settings, **query}.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
    assert [error.value for error in app.error] == []
    assert not any("Ignored" in element.value for element in app.markdown)
