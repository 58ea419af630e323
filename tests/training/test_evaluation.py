"""What is measured compiled is what the lab's formulas in NumPy give."""

from __future__ import annotations

import numpy as np
import pytest

from core.data.normalization import NORMALIZATIONS, GreyMoments, Images
from core.metrics import image_metrics, inference
from core.objectives.losses import LOSSES
from core.training import network
from core.training.evaluation import Evaluator
from core.variant import Variant

MOMENTS = GreyMoments(mean=33.3184, deviation=78.5675)


@pytest.mark.parametrize(
    ("normalization", "activation", "loss", "loss_from"),
    [
        ("unit", "sigmoid", "binary_crossentropy", "keras"),
        ("unit", "softmax", "binary_crossentropy", "keras"),
        ("unit", "softmax", "binary_crossentropy", "outputs"),
        ("sum_to_one", "softmax", "categorical_crossentropy", "outputs"),
        ("symmetric", "tanh", "mean_absolute_error", "keras"),
        ("standardized", "linear", "huber", "keras"),
        ("binarized", "sigmoid", "categorical_crossentropy", "keras"),
        ("raw", "linear", "mean_squared_error", "outputs"),
        ("unit", "linear", "binary_crossentropy", "logits"),
        ("unit", "sigmoid", "binary_crossentropy", "logits"),
        ("sum_to_one", "linear", "categorical_crossentropy", "logits"),
    ],
)
def test_losses_and_scores_are_those_of_the_formulas(
    normalization: str, activation: str, loss: str, loss_from: str, digits: Images
) -> None:
    variant = Variant(
        normalization=normalization,
        activation=activation,
        loss=loss,
        loss_from=loss_from,
        layers=(16,),
    )
    affine = NORMALIZATIONS[normalization].apply(digits, MOMENTS)
    model = network.build(variant)
    layers = network.layers(model)
    measured = Evaluator(model, variant).measure(affine, digits)

    targets, outputs = affine.targets(), inference.outputs(layers, affine.targets())
    shown = LOSSES[loss].per_image(targets, outputs).mean()
    from_logits = LOSSES[loss].from_logits
    hidden = loss_from == "keras" and activation in ("sigmoid", "softmax") and from_logits
    trained = from_logits(targets, inference.logits(layers, targets)).mean() if hidden else shown
    if loss_from == "logits":
        trained = from_logits(targets, outputs).mean()
    expected = image_metrics.score(affine.to_pixels(outputs), digits)
    assert measured.displayed_loss == pytest.approx(shown, rel=1e-4)
    assert measured.trained_loss == pytest.approx(trained, rel=1e-4)
    assert measured.mse == pytest.approx(expected.mse, rel=1e-4)
    assert measured.ssim == pytest.approx(expected.ssim, rel=1e-3, abs=1e-5)


def test_numbers_of_images_that_fill_no_block_are_measured_whole(digits: Images) -> None:
    variant = Variant(layers=(16,))
    affine = NORMALIZATIONS["unit"].apply(np.concatenate([digits] * 3), MOMENTS)
    evaluator = Evaluator(network.build(variant), variant)
    whole = evaluator.measure(affine, affine.codes)
    once = evaluator.measure(affine.part(0, 250), digits)
    # The same 250 digits three times have the same means.
    assert whole.trained_loss == pytest.approx(once.trained_loss, rel=1e-6)
    assert whole.ssim == pytest.approx(once.ssim, rel=1e-6)
