"""Example scripts."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Example:
    """An example script.

    Attributes:
        name: part of the key of its button.
        title: the label of its button.
        code: Python source code.
    """

    name: str
    title: str
    code: str


_LOAD = """\
import keras
from keras import layers

(x_train, _), (x_test, _) = keras.datasets.mnist.load_data()
"""
_SCALED = """\
x_train = x_train.reshape(-1, 784).astype("float32") / 255
x_test = x_test.reshape(-1, 784).astype("float32") / 255
"""
_SMALL = """
image = keras.Input((784,))
code = layers.Dense(32, activation="relu")(image)
output = layers.Dense(784, activation="sigmoid")(code)
autoencoder = keras.Model(image, output)
"""
_QUESTION = f"""\
{_LOAD}x_train = x_train.reshape(60000, 784)
x_test = x_test.reshape(10000, 784)

image = keras.Input((784,))
h = layers.Dense(128, activation="relu")(image)
h = layers.Dense(64, activation="relu")(h)
code = layers.Dense(28, activation="relu")(h)
h = layers.Dense(64, activation="relu")(code)
h = layers.Dense(128, activation="relu")(h)
output = layers.Dense(784, activation="softmax")(h)

autoencoder = keras.Model(image, output)
autoencoder.compile(optimizer="adam", loss="binary_crossentropy")
autoencoder.fit(x_train, x_train, epochs=5, batch_size=100, validation_data=(x_test, x_test))
"""
_PYTORCH = """\
import torch
from torch import nn
from torchvision import datasets, transforms

digits = datasets.MNIST("data", download=True, transform=transforms.ToTensor())
loader = torch.utils.data.DataLoader(digits, batch_size=100, shuffle=True)

model = nn.Sequential(
    nn.Linear(784, 128), nn.ReLU(),
    nn.Linear(128, 32), nn.ReLU(),
    nn.Linear(32, 128), nn.ReLU(),
    nn.Linear(128, 784), nn.Sigmoid(),
)
criterion = nn.BCEWithLogitsLoss()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)

for epoch in range(5):
    for images, _ in loader:
        images = images.view(-1, 784)
        loss = criterion(model(images), images)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
"""
_DENOISER = f"""\
import numpy as np
{_LOAD}{_SCALED}
noisy = np.clip(x_train + 0.3 * np.random.normal(size=x_train.shape), 0, 1)
{_SMALL}autoencoder.compile(optimizer="adam", loss="mse")
autoencoder.fit(noisy, noisy, epochs=5, batch_size=100)
"""
_ADADELTA = f"""\
{_LOAD}{_SCALED}{_SMALL}autoencoder.compile(optimizer="adadelta", loss="binary_crossentropy")
autoencoder.fit(x_train, x_train, epochs=20, batch_size=256)
"""
_SCALER = f"""\
from sklearn.preprocessing import MinMaxScaler
{_LOAD}x_train = x_train.reshape(-1, 784)
scaled = MinMaxScaler().fit_transform(x_train)
{_SMALL}autoencoder.compile(optimizer="adam", loss="binary_crossentropy")
autoencoder.fit(x_train, x_train, epochs=5, batch_size=100)
"""
_CORRECT = f"""\
{_LOAD}{_SCALED}{_SMALL}autoencoder.compile(optimizer="adam", loss="binary_crossentropy")
autoencoder.fit(x_train, x_train, epochs=5, batch_size=100)
"""

EXAMPLES = (
    Example(name="question", title="Softmax on raw pixels", code=_QUESTION),
    Example(name="pytorch", title="PyTorch", code=_PYTORCH),
    Example(name="denoiser", title="Denoiser", code=_DENOISER),
    Example(name="adadelta", title="Adadelta", code=_ADADELTA),
    Example(name="scaler", title="Unused scaler", code=_SCALER),
    Example(name="correct", title="Correct", code=_CORRECT),
)
