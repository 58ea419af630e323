"""The real training behind the trainer: all that it tells arrives."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from core.data import loading
from core.jobs import ModelExport, Trainer
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


def test_the_history_that_was_watched_is_that_of_the_run(real_trainer: Trainer) -> None:
    job = real_trainer.train(Variant(layers=(16,), epochs=2), "ann")
    assert job.wait(DEADLINE)
    assert job.error is None
    assert job.run is not None
    watched, kept = job.history, job.run.history
    assert (watched.steps_per_epoch, watched.total_steps) == (45, 90)
    assert watched.steps == kept.steps
    assert watched.losses == kept.losses
    assert watched.epochs == kept.epochs
    assert [frame.step for frame in watched.frames] == [frame.step for frame in kept.frames]
    for one, other in zip(watched.frames, kept.frames, strict=True):
        np.testing.assert_array_equal(one.pixels, other.pixels)


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
    saving = real_trainer.save([job.run], "ann")
    assert saving.wait(DEADLINE)
    assert isinstance(saving, ModelExport)
    assert saving.file is not None
    (tmp_path / saving.file_name).write_bytes(saving.file)
    images = loading.load("mnist-sample").held_out[:20].astype(np.float32) / 255
    np.save(tmp_path / "images.npy", images)
    files = [str(tmp_path / name) for name in (saving.file_name, "images.npy", "seen.npy")]
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
