"""What Keras calls accuracy for an autoencoder, asked of Keras."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from core.views.losses.metric_comparison import measure_predictions

RANDOM = np.random.default_rng(5)
IMAGES = np.where(RANDOM.random((40, 784)) < 0.8, 0, RANDOM.integers(0, 256, (40, 784))).astype(
    np.uint8
)
TARGETS = (IMAGES / 255).astype(np.float32)
MEAN, MEDIAN = TARGETS.mean(axis=0), np.median(TARGETS, axis=0)
PREDICTIONS = {
    "perfect copy": TARGETS,
    "mean image": np.broadcast_to(MEAN, TARGETS.shape),
    "all black": np.zeros_like(TARGETS),
}


def measured(metric: keras.metrics.Metric, name: str) -> float:
    metric.update_state(TARGETS, PREDICTIONS[name])
    return float(metric.result())


@pytest.mark.parametrize("name", PREDICTIONS)
def test_both_accuracies_and_both_losses_are_those_of_keras(name: str) -> None:
    found = {row.name: row for row in measure_predictions(MEAN, MEDIAN, IMAGES)}[name]
    binary = measured(keras.metrics.BinaryAccuracy(threshold=0.5), name)
    assert found.accuracy == pytest.approx(binary, abs=1e-6)
    categorical = measured(keras.metrics.CategoricalAccuracy(), name)
    assert found.brightest == pytest.approx(categorical, abs=1e-6)
    assert found.bce == pytest.approx(measured(keras.metrics.BinaryCrossentropy(), name), rel=1e-5)
    assert found.mae == pytest.approx(measured(keras.metrics.MeanAbsoluteError(), name), rel=1e-5)


def test_the_word_accuracy_means_the_place_of_the_brightest_of_784_outputs() -> None:
    model = keras.Sequential([keras.layers.Input((784,)), keras.layers.Activation("linear")])
    model.compile(loss="mean_squared_error", metrics=["accuracy"])
    model.evaluate(TARGETS, TARGETS, verbose=0)
    (compiled,) = [m for m in model.metrics if m.name == "compile_metrics"]
    assert type(compiled.metrics[0]) is keras.metrics.CategoricalAccuracy
