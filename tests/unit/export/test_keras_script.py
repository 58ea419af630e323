"""The Keras script as text: short, sound Python for every choice, and honest about the run."""

from __future__ import annotations

import ast
import gzip
import io
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.data.dataset_location import SAMPLE_FILE
from core.export.keras_script import LOADING, keras_script, scripts_with_data
from core.variant import CHOICES, Variant
from support.runs import make_run

EVERY_CHOICE = [
    *(Variant(**{field: value, "epochs": 5}) for field in CHOICES for value in CHOICES[field]),
    Variant(optimizer="sgd", momentum=0.9),
]


@pytest.mark.parametrize("variant", EVERY_CHOICE, ids=lambda v: v.key)
def test_it_is_valid_python_of_at_most_60_lines_that_fit_a_screen(variant: Variant):
    script = keras_script(variant, make_run(variant))
    lines = script.splitlines()
    assert len(lines) <= 60
    assert max(map(len, lines)) <= 100
    assert not {"core", "pages"}.intersection(imported(script))


def test_many_layers_take_more_lines_and_none_too_long():
    script = keras_script(Variant(layers=(1000,) * 21, bottleneck_activation="leaky_relu"))
    compile(script, "script.py", "exec")
    # The line to start it is as long as the file's name.
    lines = [line for line in script.splitlines() if not line.startswith("python ")]
    assert max(map(len, lines)) <= 100


def imported(script: str) -> set[str]:
    tree = ast.walk(ast.parse(script))
    return {name.name for node in tree if isinstance(node, ast.Import) for name in node.names}


def test_it_takes_the_same_settings_as_the_lab():
    variant = Variant(
        layers=(32, 4, 32), optimizer="adamw", learning_rate=0.003, batch_size=50, epochs=2, seed=9
    )
    script = keras_script(variant)
    assert "for width in (32, 4, 32):" in script
    assert "keras.optimizers.AdamW(0.003)" in script
    assert "batch_size=50, shuffle=False" in script
    assert "keras.utils.set_random_seed(9)" in script
    assert "np.random.default_rng(9)" in script
    assert "for epoch in range(2):" in script


def test_a_loss_from_the_outputs_goes_through_a_copy_and_no_other_does():
    assert "tf.identity(outputs)" in keras_script(Variant(loss_from="outputs"))
    assert "tf.identity" not in keras_script(Variant())
    logits = keras_script(Variant(activation="linear", loss_from="logits"))
    assert "binary_crossentropy(targets, tf.identity(outputs), from_logits=True)" in logits


def test_large_data_sets_are_loaded_by_keras():
    assert "keras.datasets.mnist.load_data()" in keras_script(Variant(dataset="mnist"))
    fashion = keras_script(Variant(dataset="fashion-mnist"))
    assert "keras.datasets.fashion_mnist.load_data()" in fashion


def test_the_digits_of_the_sample_are_beside_its_script():
    files = zipfile.ZipFile(io.BytesIO(scripts_with_data([(Variant(seed=3), None)])))
    assert files.namelist() == [
        "sigmoid-bce-unit-mnist-sample-67ep-seed-3.py",
        "mnist_5k.npz",
    ]
    assert files.read("mnist_5k.npz") == SAMPLE_FILE.read_bytes()
    alone = zipfile.ZipFile(io.BytesIO(scripts_with_data([(Variant(dataset="mnist"), None)])))
    assert len(alone.namelist()) == 1


def test_the_docstring_states_the_lab_s_numbers_and_their_tolerance():
    run = make_run()
    assert "held-out MSE 0.0141, SSIM 0.81; expect the same to within 5 %." in keras_script(
        run.variant, run
    )
    stopped = keras_script(run.variant, replace(run, status="stopped"))
    assert "it was stopped early; this script trains to the end" in stopped
    diverged = keras_script(run.variant, replace(run, status="diverged"))
    assert "it diverged: a loss was not finite" in diverged


@pytest.mark.parametrize("activation", ["linear", "tanh", "relu"])
def test_a_run_that_depends_on_rounding_promises_no_numbers(activation: str):
    # linear + BCE was seen 30 % off: outputs of either side of the clipping start around 0.
    variant = Variant(activation=activation)
    script = keras_script(variant, make_run(variant))
    assert "Expect different numbers" in script
    assert "5 %" not in script
    compile(script, "script.py", "exec")


def test_fashion_mnist_is_read_from_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    images = {"train": np.arange(2 * 784) % 256, "t10k": np.arange(784) % 251}
    for part, pixels in images.items():
        content = bytes(16) + pixels.astype(np.uint8).tobytes()
        (tmp_path / f"{part}-images-idx3-ubyte.gz").write_bytes(gzip.compress(content))
    monkeypatch.setattr(sys, "argv", ["script.py", str(tmp_path)])
    found = {"np": np, "sys": sys, "gzip": gzip, "Path": Path}
    exec(LOADING["fashion-mnist"], found)
    assert found["train"].reshape(-1, 784).shape == (2, 784)
    assert found["test"].tolist() == images["t10k"].tolist()


def test_it_says_why_it_shuffles_by_itself():
    assert "fit(shuffle=True) repeats one order in every epoch" in keras_script(Variant())
