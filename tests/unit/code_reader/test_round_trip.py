"""What the lab writes as a script it reads back as the same settings."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.code_reader import read
from core.export.keras_script import keras_script
from core.setting_values import REAL_NUMBERS
from core.variant import CHOICES, MAX_LAYERS, MAX_WIDTH, RANGES, Variant

widths = st.lists(st.integers(1, MAX_WIDTH), min_size=1, max_size=MAX_LAYERS).map(tuple)
variants = st.builds(
    Variant,
    **{field: st.sampled_from(choices) for field, choices in CHOICES.items()},
    layers=widths,
    **{field: st.floats(*RANGES[field]) for field in REAL_NUMBERS},
    **{
        field: st.integers(int(RANGES[field][0]), int(RANGES[field][1]))
        for field in ("batch_size", "epochs", "seed")
    },
)


@pytest.mark.timeout(300)
@settings(max_examples=500)
@given(variants)
def test_exported_keras_script_is_read_back_as_the_same_variant(variant: Variant) -> None:
    reading = read(keras_script(variant))
    assert reading.variant == variant
    assert reading.assumed == ()
    assert reading.unsupported == ()
    assert reading.candidates == 1


SCRIPT = """\
import matplotlib.pyplot as plt
import torch
from torch import nn
from torchvision import datasets, transforms

torch.manual_seed({seed})
data = datasets.{dataset}("data", train=True, download=True, transform=transforms.Compose([
    {transform}
]))
loader = torch.utils.data.DataLoader(data, batch_size={batch_size}, shuffle=True)


class Autoencoder(nn.Module):
    def __init__(self, widths):
        super().__init__()
        layers, before = [], 784
        for width in widths:
            layers += [nn.Linear(before, width), {hidden}]
            before = width
        self.hidden = nn.Sequential(*layers)
        self.last = nn.Linear(before, 784)

    def forward(self, x):
        return {output}


model = Autoencoder({layers})
optimizer = torch.optim.{optimizer}(model.parameters(), lr={learning_rate!r}, weight_decay={decay})
criterion = {loss}
for epoch in range({epochs}):
    for images, _ in loader:
        images = images.view(-1, 784)
        loss = criterion(model(images), images)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
plt.imshow(model(images)[0].detach().reshape(28, 28))
"""
DATASETS = {"mnist": "MNIST", "fashion-mnist": "FashionMNIST"}
TRANSFORMS = {
    "unit": "transforms.ToTensor(),",
    "symmetric": "transforms.ToTensor(), transforms.Normalize((0.5,), (0.5,)),",
    "binarized": "transforms.ToTensor(), transforms.Lambda(lambda t: (t > 0.5).float()),",
    "raw": "transforms.ToTensor(), transforms.Lambda(lambda t: t * 255),",
}
HIDDEN = {
    "relu": "nn.ReLU()",
    "tanh": "nn.Tanh()",
    "sigmoid": "nn.Sigmoid()",
    "linear": "nn.Identity()",
    "elu": "nn.ELU()",
    "selu": "nn.SELU()",
    "leaky_relu": "nn.LeakyReLU(0.2)",
    "softmax": "nn.Softmax(dim=1)",
}
CALLED = "self.last(self.hidden(x))"
OUTPUTS = {
    "sigmoid": f"torch.sigmoid({CALLED})",
    "tanh": f"torch.tanh({CALLED})",
    "relu": f"nn.functional.relu({CALLED})",
    "softmax": f"nn.functional.softmax({CALLED}, dim=1)",
    "linear": CALLED,
}
LOSSES = {
    "binary_crossentropy": "nn.BCELoss()",
    "mean_squared_error": "nn.MSELoss()",
    "mean_absolute_error": "nn.L1Loss()",
    "huber": "nn.HuberLoss()",
}
OPTIMIZERS = {
    "adam": "Adam",
    "adamw": "AdamW",
    "sgd": "SGD",
    "rmsprop": "RMSprop",
    "adadelta": "Adadelta",
    "nadam": "NAdam",
    "adagrad": "Adagrad",
}


@pytest.mark.timeout(300)
@settings(max_examples=500)
@given(
    st.builds(
        Variant,
        dataset=st.sampled_from(list(DATASETS)),
        normalization=st.sampled_from(list(TRANSFORMS)),
        layers=widths,
        hidden_activation=st.sampled_from(list(HIDDEN)),
        activation=st.sampled_from(list(OUTPUTS)),
        loss=st.sampled_from(list(LOSSES)),
        loss_from=st.sampled_from(["keras", "logits"]),
        optimizer=st.sampled_from(list(OPTIMIZERS)),
        learning_rate=st.floats(*RANGES["learning_rate"]),
        batch_size=st.integers(1, 60_000),
        epochs=st.integers(1, 1000),
        seed=st.integers(0, 2**31 - 1),
    )
)
def test_pytorch_script_is_read_back_as_the_same_variant(variant: Variant) -> None:
    if variant.optimizer == "adamw":  # without a decay it is adam, and read as that
        variant = replace(variant, weight_decay=0.01)
    script = SCRIPT.format(
        dataset=DATASETS[variant.dataset],
        transform=TRANSFORMS[variant.normalization],
        hidden=HIDDEN[variant.hidden_activation],
        output=OUTPUTS[variant.activation],
        loss=LOSSES[variant.loss] if variant.loss_from == "keras" else "nn.BCEWithLogitsLoss()",
        optimizer=OPTIMIZERS[variant.optimizer],
        layers=list(variant.layers),
        decay=variant.weight_decay,
        **{n: getattr(variant, n) for n in ("learning_rate", "batch_size", "epochs", "seed")},
    )
    reading = read(script)
    is_entropy = variant.loss == "binary_crossentropy"
    expected = "outputs" if is_entropy and variant.loss_from == "keras" else variant.loss_from
    found = reading.variant
    assert found is not None
    assert found.loss_from == expected
    assert found.to_dict() == {**variant.to_dict(), "loss_from": found.loss_from}
