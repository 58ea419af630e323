"""Images that are all equal: trained on, scored, judged, stored and exported without an error."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core import diagnostics
from core.data.image_files.preparation import Options, prepare
from core.data.image_files.reading import read
from core.export.csv_tables import scores_csv
from core.export.report import report
from core.metrics import landmarks
from core.store import run_format
from core.store.image_set_storage import add_image_set
from core.training.training import train
from core.variant import Variant
from core.views.compare.difference import difference
from support.image_files import digits, given, npy_of

ONE_DIGIT = np.repeat(digits(8)[0][7:], 30, axis=0)


@pytest.mark.parametrize(
    ("what", "normalization", "activation", "loss"),
    [
        ("digit", "unit", "sigmoid", "binary_crossentropy"),
        ("black", "unit", "sigmoid", "mean_squared_error"),
        ("black", "sum_to_one", "softmax", "categorical_crossentropy"),
        ("grey", "standardized", "linear", "huber"),
        ("black", "symmetric", "tanh", "mean_absolute_error"),
    ],
)
def test_equal_images_are_trained_on_and_no_share_of_0_is_shown(
    home: Path, what: str, normalization: str, activation: str, loss: str
) -> None:
    images = {"black": 0 * ONE_DIGIT, "grey": 0 * ONE_DIGIT + 7, "digit": ONE_DIGIT}[what]
    info = add_image_set(
        prepare(read([given(npy_of(images))], values="0-255"), Options()), "equal", None
    )
    variant = Variant(
        dataset=info.name,
        normalization=normalization,
        activation=activation,
        loss=loss,
        layers=(4,),
        epochs=2,
        batch_size=10,
    )
    run = train(variant, lambda event: None, lambda: False)
    assert run is not None
    assert run.status == "finished"
    assert run.baselines["mean image"].mse < 1e-12
    assert run.evidence["variation"] is None
    judged = diagnostics.verdict(run)
    assert (judged.tone, judged.word) == ("neutral", "Trained.")
    assert "the held-out images are equal" in judged.sentence
    kept = run_format.unpack(run_format.pack(run, judged), variant.key)
    assert kept.scores == run.scores
    assert all(np.isfinite(value) for value in landmarks.of_run(run).values())
    assert judged.sentence in scores_csv([kept])
    assert "of the mean image" not in report([kept], {})
    other = replace(run, variant=replace(variant, layers=(8,)))
    assert difference([run, other], {}).rest.startswith("About the same error with layers 4 (A)")
    worse = replace(other, scores=replace(run.scores, mse=0.9))
    assert "of the mean image" not in difference([run, worse], {}).rest
    assert difference([run, worse], {}).rest.startswith("Pixel error ")
