"""Losses from logits: what trains on them, and whether they are shown as they are."""

from __future__ import annotations

import pytest

from core.code_reader import Reading, read

TORCH = """\
import matplotlib.pyplot as plt
import torch
import torch.nn.functional as F
from torch import nn
from torchvision import datasets, transforms

data = datasets.MNIST("data", download=True, transform=transforms.ToTensor())
loader = torch.utils.data.DataLoader(data, batch_size=100, shuffle=True)
net = nn.Sequential(nn.Linear(784, 64), nn.ReLU(), {last})
optimizer = torch.optim.Adam(net.parameters())
for epoch in range(3):
    for images, _ in loader:
        images = images.view(-1, 784)
        loss = {loss}(net(images), images)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
with torch.no_grad():
    found = net(images)
{shown}
"""
KERAS = """\
import keras, matplotlib.pyplot as plt, numpy as np, tensorflow as tf
(x, _), _ = keras.datasets.mnist.load_data()
x = x.reshape(-1, 784).astype("float32") / 255
net = keras.Sequential([
    keras.Input((784,)), keras.layers.Dense(64, activation="relu"), keras.layers.Dense(784{last}),
])
net.compile("adam", loss=keras.losses.{loss}(from_logits=True))
net.fit(x, x, epochs=3, batch_size=100)
found = net.predict(x[:9])
{shown}
"""
LINEAR = "nn.Linear(64, 784)"
FROM_LOGITS = "F.binary_cross_entropy_with_logits"
RAW = "plt.imshow(found[0].reshape(28, 28))"
THROUGH_SIGMOID = "plt.imshow(torch.sigmoid(found[0]).reshape(28, 28))"


def of_torch(last: str = LINEAR, loss: str = FROM_LOGITS, shown: str = "") -> Reading:
    return read(TORCH.format(last=last, loss=loss, shown=shown))


def of_keras(last: str = "", loss: str = "BinaryCrossentropy", shown: str = "") -> Reading:
    return read(KERAS.format(last=last, loss=loss, shown=shown))


def trained(reading: Reading) -> tuple[str, str] | None:
    variant = reading.variant
    return (variant.activation, variant.loss_from) if variant else None


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        (RAW, ("linear", "logits")),
        ("from torchvision.utils import save_image\nsave_image(found, 'a')", ("linear", "logits")),
        (THROUGH_SIGMOID, ("sigmoid", "keras")),
        ("pictures = F.sigmoid(found)", ("sigmoid", "keras")),
    ],
)
def test_logits_are_displayed_as_the_text_has_it(shown: str, expected: tuple[str, str]) -> None:
    reading = of_torch(shown=shown)
    assert trained(reading) == expected
    assert "displayed" not in {setting.name for setting in reading.assumed}
    assert reading.faults == ()


@pytest.mark.parametrize(
    "shown",
    [
        "",
        "p = 1 / (1 + torch.exp(-found))\nplt.imshow(p[0])",
        "from scipy.special import expit\nplt.imshow(expit(found[0]))",
    ],
)
def test_where_the_text_does_not_say_it_sigmoid_is_assumed(shown: str) -> None:
    reading = of_torch(shown=shown)
    assert trained(reading) == ("sigmoid", "keras")
    assert "displayed" in {setting.name for setting in reading.assumed}


@pytest.mark.parametrize(("last", "shown"), [("", RAW), (", activation='linear'", "")])
def test_what_keras_predicts_is_what_is_shown(last: str, shown: str) -> None:
    reading = of_keras(last, shown=shown)
    assert trained(reading) == ("linear", "logits")
    assert [finding.code for finding in reading.findings][:1] == ["logits_shown"]
    assert reading.corrected_variant is not None
    assert reading.corrected_variant.activation == "sigmoid"
    assert reading.corrected_variant.loss_from == "keras"


def test_keras_logits_through_a_sigmoid_are_right() -> None:
    reading = of_keras(shown="plt.imshow(tf.nn.sigmoid(found)[0])")
    assert trained(reading) == ("sigmoid", "keras")
    assert reading.corrected is None


def test_from_logits_of_a_sigmoid_changes_nothing_in_keras() -> None:
    reading = of_keras(", activation='sigmoid'")
    assert trained(reading) == ("sigmoid", "keras")
    assert [fault.code for fault in reading.faults] == ["sigmoid_twice"]
    assert "Was" not in reading.faults[0].sentence


@pytest.mark.parametrize("name", ["Sigmoid", "Tanh", "ReLU"])
def test_activations_before_the_loss_are_not_taken_for_its_own(name: str) -> None:
    reading = of_torch(f"{LINEAR}, nn.{name}()", shown=RAW)
    assert trained(reading) == (name.lower(), "logits")
    assert reading.unsupported == ()
    again = of_torch(f"{LINEAR}, nn.{name}()", shown=THROUGH_SIGMOID)
    assert again.variant is None
    sentence = f"Line 20: sigmoid is applied to the outputs of {name.lower()}."
    assert [remark.sentence for remark in again.unsupported] == [sentence]


def test_tensorflow_applies_the_sigmoid_that_was_there_again() -> None:
    """tf.nn looks for no hidden logits, as Keras' own losses do."""
    code = KERAS.format(last=", activation='sigmoid'", loss="BinaryCrossentropy", shown="")
    custom = "lambda y, p: tf.nn.sigmoid_cross_entropy_with_logits(labels=y, logits=p)"
    reading = read(code.replace("keras.losses.BinaryCrossentropy(from_logits=True)", custom))
    assert trained(reading) == ("sigmoid", "logits")


def test_categorical_cross_entropy_of_logits_is_that_of_tensorflow() -> None:
    assert trained(of_keras(loss="CategoricalCrossentropy", shown=RAW)) == ("linear", "logits")
    reading = of_torch(loss="F.cross_entropy", shown=RAW)
    assert reading.variant is None
    assert [remark.sentence for remark in reading.unsupported] == [
        "Line 14: for pixels that do not sum to 1, the gradient of TensorFlow's cross-entropy"
        " differs from PyTorch's."
    ]


def test_a_loss_of_logarithms_is_refused() -> None:
    reading = of_torch(loss="F.kl_div")
    assert reading.variant is None
    assert reading.faults == ()
    assert [remark.sentence for remark in reading.unsupported] == [
        "Line 14: the loss takes log-probabilities; the lab's takes outputs."
    ]


def test_raw_logits_are_corrected_in_pytorch() -> None:
    reading = of_torch(loss="nn.BCEWithLogitsLoss()", shown=RAW)
    assert [line for change in reading.changes for line in change.after] == [
        "net = nn.Sequential(nn.Linear(784, 64), nn.ReLU(), nn.Linear(64, 784), nn.Sigmoid())",
        "        loss = nn.BCELoss()(net(images), images)",
    ]
    assert reading.corrected is not None
    assert read(reading.corrected).corrected is None
