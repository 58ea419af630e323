"""The exported Keras script, run as its reader runs it, beside the lab's own training."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from core import environment
from core.export.keras_script import TOLERANCE_PERCENT, script_name, scripts_with_data
from core.run import Run
from core.training.training import train
from core.variant import Variant

SECONDS = 300


def trained(variant: Variant) -> Run:
    run = train(variant, lambda event: None, lambda: False)
    assert run is not None
    return run


def printed_by_script(variant: Variant, folder: Path, *arguments: str) -> dict[str, float]:
    """Unpacks and runs the script in a folder of its own, where nothing of the lab is."""
    with zipfile.ZipFile(io.BytesIO(scripts_with_data([(variant, None)]))) as archive:
        archive.extractall(folder)
    done = subprocess.run(
        [sys.executable, script_name(variant), *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": ""},
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    lines = [line.split() for line in done.stdout.splitlines() if line.startswith("held-out")]
    return {name: float(value) for _, name, value in lines}


def assert_agree(printed: dict[str, float], run: Run) -> None:
    expected = {
        "loss": run.trained_loss.held_out,
        "MSE": run.scores.mse,
        "MAE": run.scores.mae,
        "PSNR": run.scores.psnr,
        "SSIM": run.scores.ssim,
    }
    assert printed == pytest.approx(expected, rel=TOLERANCE_PERCENT / 100)


@pytest.mark.slow
@pytest.mark.timeout(SECONDS)
@pytest.mark.parametrize(
    "variant",
    [
        # The last batch of an epoch is smaller than the others.
        Variant(layers=(16,), epochs=3, batch_size=70),
        Variant(
            layers=(32, 8, 32),
            epochs=3,
            activation="softmax",
            loss="categorical_crossentropy",
            loss_from="outputs",
            normalization="sum_to_one",
            optimizer="rmsprop",
        ),
        Variant(layers=(32, 8), epochs=3, activation="linear", loss_from="logits"),
        Variant(
            layers=(32, 8),
            epochs=3,
            hidden_activation="elu",
            bottleneck_activation="linear",
            optimizer="sgd",
            learning_rate=0.1,
            momentum=0.9,
            code_l1=0.001,
            noise="gaussian",
        ),
    ],
    ids=[
        "as Keras computes it",
        "from the outputs",
        "as logits",
        "an encoder with its own settings",
    ],
)
def test_the_script_prints_the_numbers_of_the_run(variant: Variant, tmp_path: Path) -> None:
    assert_agree(printed_by_script(variant, tmp_path), trained(variant))


@pytest.mark.slow
@pytest.mark.timeout(SECONDS)
def test_the_script_takes_a_copy_of_mnist_that_is_at_hand(full_mnist: str, tmp_path: Path) -> None:
    variant = Variant(dataset=full_mnist, layers=(8,), epochs=1, batch_size=1000)
    folder = environment.data_folder()
    assert folder is not None
    printed = printed_by_script(variant, tmp_path, str(folder / "mnist.npz"))
    assert_agree(printed, trained(variant))
