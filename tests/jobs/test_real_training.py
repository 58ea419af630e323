"""The real training behind the trainer: all that it tells arrives."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from core.data import loading
from core.export.keras_model import keras_model
from core.jobs import Trainer
from core.metrics import inference
from core.variant import Variant
from support.memory_store import MemoryStore
from support.tasks import Script
from support.waiting import wait_until

DEADLINE = 200.0

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def real_trainer(script: Script) -> Iterator[Trainer]:
    trainer = Trainer(MemoryStore())
    yield trainer
    trainer.close()


# The same training without any trainer, whose history is never taken apart.
ALONE = """
import sys, numpy
from core.training.training import train
from core.variant import Variant
run = train(Variant(layers=(16,), epochs=2), lambda event: None, lambda: False)
history, codes = run.history, run.code_frames.codes
steps = [frame.step for frame in history.frames]
pixels = [frame.pixels for frame in history.frames]
epochs = [[epoch.step, epoch.loss, epoch.mse] for epoch in history.epochs]
losses = numpy.array([history.steps, history.losses])
numpy.savez(sys.argv[1], losses=losses, epochs=epochs, steps=steps, pixels=pixels, codes=codes)
"""


def test_a_run_has_the_history_and_codes_of_the_same_training_without_a_trainer(
    real_trainer: Trainer, tmp_path: Path
) -> None:
    job = real_trainer.train(Variant(layers=(16,), epochs=2), "ann")
    assert job.wait(DEADLINE)
    assert job.error is None
    assert job.run is not None
    history = job.run.history
    assert (history.steps_per_epoch, history.total_steps) == (45, 90)
    subprocess.run([sys.executable, "-c", ALONE, tmp_path / "a.npz"], check=True, timeout=200)
    alone = np.load(tmp_path / "a.npz")
    np.testing.assert_allclose([history.steps, history.losses], alone["losses"], rtol=1e-5)
    epochs = [[epoch.step, epoch.loss, epoch.mse] for epoch in history.epochs]
    np.testing.assert_allclose(epochs, alone["epochs"], rtol=1e-5)
    assert [frame.step for frame in history.frames] == alone["steps"].tolist()
    pixels = [frame.pixels for frame in history.frames]
    np.testing.assert_allclose(pixels, alone["pixels"], rtol=1e-3, atol=1e-5)
    found = job.run.code_frames
    assert found is not None
    assert found.steps.tolist() == alone["steps"].tolist()
    np.testing.assert_allclose(found.codes, alone["codes"], rtol=1e-3, atol=1e-4)


# What a person does with the file who has Keras and nothing of the lab.
READER = """
import sys, keras, numpy
model = keras.models.load_model(sys.argv[1])
numpy.save(sys.argv[3], model.predict(numpy.load(sys.argv[2]), verbose=0))
"""


def test_the_keras_model_of_a_run_predicts_what_the_lab_shows(
    real_trainer: Trainer, tmp_path: Path
) -> None:
    job = real_trainer.train(Variant(layers=(16,), epochs=1, activation="softmax"), "ann")
    assert job.wait(DEADLINE)
    assert job.run is not None
    assert job.run.weights is not None
    (tmp_path / "model.keras").write_bytes(keras_model(job.run.weights))
    images = loading.load("mnist-sample").held_out[:20].astype(np.float32) / 255
    np.save(tmp_path / "images.npy", images)
    files = [str(tmp_path / name) for name in ("model.keras", "images.npy", "seen.npy")]
    subprocess.run([sys.executable, "-c", READER, *files], cwd=tmp_path, check=True, timeout=200)
    expected = inference.outputs(job.run.weights, images)
    np.testing.assert_allclose(np.load(tmp_path / "seen.npy"), expected, rtol=1e-4, atol=1e-7)


def test_the_widest_network_stops_and_keeps_what_it_has_learned(real_trainer: Trainer) -> None:
    variant = Variant(layers=(1024,) * 9, epochs=1000)
    job = real_trainer.train(variant, "ann")
    wait_until(lambda: job.history.losses or job.ended)
    assert real_trainer.stop(job.key, "ann")
    assert job.state == "stopping"
    assert job.wait(DEADLINE)
    assert job.run is not None
    assert job.run.status == "stopped"
    assert job.run.weights is not None
