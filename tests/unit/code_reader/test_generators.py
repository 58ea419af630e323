"""Batches that a script makes itself: their size, and whether all images are among them."""

from __future__ import annotations

import pytest

from core.code_reader import Reading, read

HEAD = """\
import numpy as np, keras
from keras import layers
(x, _), _ = keras.datasets.mnist.load_data()
x = x.reshape(-1, 784).astype("float32") / 255
model = keras.Sequential([
    keras.Input((784,)), layers.Dense(32, activation="relu"), layers.Dense(784),
])
model.compile("adam", "mse")
"""
OF_RANDOM_INDICES = """\
def batches(x, size):
    while True:
        chosen = np.random.randint(0, len(x), size=size)
        yield x[chosen], x[chosen]
model.fit(batches(x, 60), steps_per_epoch=len(x) // 60, epochs=3)
"""
OF_A_SHUFFLED_ORDER = """\
def batches(x, size):
    while True:
        order = np.random.permutation(len(x))
        for start in range(0, len(x), size):
            batch = x[order[start:start + size]]
            yield batch, batch
model.fit(batches(x, 60), steps_per_epoch=1000, epochs=3)
"""
OF_SLICES = """\
def batches(x, size=60):
    while 1:
        for start in range(0, x.shape[0], size):
            yield (x[start:start + size], x[start:start + size])
model.fit_generator(batches(x), 1000, 3)
"""
OF_COUNTED_SLICES = """\
def batches(x, size):
    while True:
        for index in range(len(x) // size):
            batch = x[index * size:(index + 1) * size]
            yield batch, batch
model.fit(batches(x, 60), steps_per_epoch=1000, epochs=3)
"""
SEQUENCE = """\
class Batches(keras.utils.Sequence):
    def __init__(self, x, size=32):
        self.x, self.size = x, size
        self.indices = np.arange(len(x))
    def __len__(self):
        return int(np.ceil(len(self.x) / self.size))
    def __getitem__(self, index):
        chosen = self.indices[index * self.size:(index + 1) * self.size]
        return self.x[chosen], self.x[chosen]
    def on_epoch_end(self):
        np.random.shuffle(self.indices)
model.fit(Batches(x, 60), epochs=3)
"""
BY_HAND = """\
def batches(x, size):
    indices = np.arange(len(x))
    np.random.shuffle(indices)
    for start in range(0, len(x) - size + 1, size):
        yield x[indices[start:start + size]]
for epoch in range(3):
    for batch in batches(x, 60):
        model.train_on_batch(batch, batch)
"""
CUSTOM = """\
import torch
from torch import nn
from torchvision import datasets
digits = datasets.MNIST("data", download=True).data.numpy().reshape(-1, 784) / 255
class Digits(torch.utils.data.Dataset):
    def __init__(self, images):
        self.images = torch.tensor(images, dtype=torch.float32)
    def __len__(self):
        return len(self.images)
    def __getitem__(self, index):
        return self.images[index]
loader = torch.utils.data.DataLoader(Digits(digits), batch_size=60, shuffle=True)
model = nn.Sequential(nn.Linear(784, 32), nn.ReLU(), nn.Linear(32, 784))
adam = torch.optim.Adam(model.parameters(), lr=0.001)
for epoch in range(3):
    for batch in loader:
        adam.zero_grad()
        nn.functional.mse_loss(model(batch), batch).backward()
        adam.step()
"""


def notes(reading: Reading) -> list[str]:
    return [remark.sentence for remark in reading.ignored]


@pytest.mark.parametrize(
    "text",
    [
        HEAD + OF_RANDOM_INDICES,
        HEAD + OF_A_SHUFFLED_ORDER,
        HEAD + OF_SLICES,
        HEAD + OF_COUNTED_SLICES,
        HEAD + SEQUENCE,
        HEAD + BY_HAND,
        CUSTOM,
    ],
    ids=["random", "order", "slices", "counted", "sequence", "by_hand", "custom_data_set"],
)
def test_batches_of_the_script_are_read_without_a_note(text: str) -> None:
    reading = read(text)
    assert reading.variant is not None
    assert (reading.variant.batch_size, reading.variant.epochs) == (60, 3)
    assert notes(reading) == []


def test_epochs_of_fewer_steps_than_batches_are_noted() -> None:
    few = (HEAD + OF_SLICES).replace("1000, 3", "10, 3")
    assert notes(read(few)) == [
        "steps_per_epoch is ignored: the lab uses all images in each epoch."
    ]


def test_generator_with_batches_of_unknown_size_is_refused() -> None:
    text = (HEAD + OF_SLICES).replace("size=60", "size=input()")
    reading = read(text)
    assert reading.variant is None
    assert [remark.sentence for remark in reading.unsupported] == [
        "Line 12: the batch size cannot be determined."
    ]
