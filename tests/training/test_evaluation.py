"""What is measured compiled is what the lab's formulas in NumPy give."""

from __future__ import annotations

import numpy as np
import pytest

from core.data.loading import load
from core.data.normalization import NORMALIZATIONS, GreyMoments, Images
from core.metrics import image_metrics, inference
from core.objectives.losses import LOSSES
from core.run import Scores
from core.training import network
from core.training.evaluation import Evaluator
from core.training.prepared_data import evenly_spaced
from core.training.training import train
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
    logits = inference.encode(layers, targets) @ layers[-1].kernel + layers[-1].bias
    trained = from_logits(targets, logits).mean() if hidden else shown
    if loss_from == "logits":
        trained = from_logits(targets, outputs).mean()
    expected = image_metrics.score(affine.to_pixels(outputs), digits)
    assert measured.displayed_loss == pytest.approx(shown, rel=1e-4)
    assert measured.trained_loss == pytest.approx(trained, rel=1e-4)
    assert measured.scores == Scores(
        mse=pytest.approx(expected.mse, rel=1e-4),
        mae=pytest.approx(expected.mae, rel=1e-4),
        psnr=pytest.approx(expected.psnr, abs=1e-3),
        ssim=pytest.approx(expected.ssim, rel=1e-3, abs=1e-5),
    )


def test_numbers_of_images_that_fill_no_block_are_measured_whole(digits: Images) -> None:
    variant = Variant(layers=(16,))
    affine = NORMALIZATIONS["unit"].apply(np.concatenate([digits] * 3), MOMENTS)
    evaluator = Evaluator(network.build(variant), variant)
    whole = evaluator.measure(affine, affine.greys)
    once = evaluator.measure(affine.part(0, 250), digits)
    # The same 250 digits three times have the same means.
    assert whole.trained_loss == pytest.approx(once.trained_loss, rel=1e-6)
    assert whole.ssim == pytest.approx(once.ssim, rel=1e-6)


def test_chosen_images_are_measured_alone(digits: Images) -> None:
    variant = Variant(layers=(16,))
    affine = NORMALIZATIONS["unit"].apply(digits, MOMENTS)
    evaluator = Evaluator(network.build(variant), variant)
    chosen = evaluator.measure(affine, digits, np.array([3, 200, 7]))
    each = [evaluator.measure(affine.part(at, at + 1), digits[at : at + 1]) for at in (3, 200, 7)]
    assert chosen.mae == pytest.approx(np.mean([one.mae for one in each]), rel=1e-6)
    assert chosen.trained_loss == pytest.approx(np.mean([one.trained_loss for one in each]))


def test_outputs_that_are_not_finite_are_scored_as_they_are_drawn(digits: Images) -> None:
    variant = Variant(layers=(16,), activation="linear", loss="mean_squared_error")
    affine = NORMALIZATIONS["unit"].apply(digits, MOMENTS)
    model = network.build(variant)
    *weights, bias = model.get_weights()
    bias[:392], bias[392:] = np.nan, np.inf
    model.set_weights([*weights, bias])
    measured = Evaluator(model, variant).measure(affine, digits)
    # NaN is drawn black, infinity white.
    drawn = np.repeat([0.0, 1.0], 392)
    assert measured.mse == pytest.approx(np.square(digits / 255 - drawn).mean(), rel=1e-5)
    assert not np.isfinite(measured.trained_loss)


def test_last_finite_weights_are_measured_after_a_divergence() -> None:
    """A linear network diverges on raw pixels in its first steps; what is kept is from before."""
    variant = Variant(
        layers=(16,),
        normalization="raw",
        activation="linear",
        loss="mean_squared_error",
        optimizer="sgd",
        learning_rate=0.01,
        hidden_activation="linear",
        epochs=1,
    )
    run = train(variant, lambda event: None, lambda: False)
    assert run is not None
    assert run.weights is not None
    assert run.status == "diverged"
    held_out = load("mnist-sample").held_out
    affine = NORMALIZATIONS["raw"].apply(held_out, MOMENTS)
    pixels = affine.to_pixels(inference.outputs(run.weights, affine.targets()))
    assert run.scores.mse == pytest.approx(image_metrics.score(pixels, held_out).mse, rel=1e-4)


def test_loss_over_many_training_images_is_that_of_a_sample() -> None:
    # 10,000 of 25,000: every 2.5th, with the first and the last.
    chosen = evenly_spaced(25_000, 10_000)
    assert len(chosen) == 10_000
    assert chosen[[0, 1, 2, 3, -1]].tolist() == [0, 2, 5, 7, 24_999]
    assert evenly_spaced(4_500, 10_000).tolist() == list(range(4_500))
