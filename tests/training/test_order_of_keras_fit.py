"""What Keras does silently with the order of images, which the lab and its script do otherwise."""

from __future__ import annotations

import keras
import numpy as np
import pytest

COUNT, EPOCHS = 12, 3


class Recorder(keras.Model):
    """Notes the images of each batch and learns nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[int] = []

    def call(self, images: object) -> object:
        return images

    def train_step(self, data: tuple[object, ...]) -> dict[str, float]:
        self.seen += np.asarray(data[0], np.int64).ravel().tolist()
        return {"loss": 0.0}


def orders(seed: int) -> list[list[int]]:
    """The order of images in each epoch of `fit(shuffle=True)` after a seed."""
    keras.utils.set_random_seed(seed)
    model = Recorder()
    model.compile(optimizer="sgd", loss="mse", run_eagerly=True)
    images = np.arange(COUNT, dtype=np.float32)[:, None]
    model.fit(images, images, batch_size=4, epochs=EPOCHS, shuffle=True, verbose=0)
    return [model.seen[at : at + COUNT] for at in range(0, EPOCHS * COUNT, COUNT)]


@pytest.mark.parametrize("seed", [0, 1])
def test_after_a_seed_fit_repeats_one_shuffled_order(seed: int) -> None:
    first, *others = orders(seed)
    assert sorted(first) == list(range(COUNT))
    assert first != list(range(COUNT))
    assert others == [first] * (EPOCHS - 1)


def test_another_seed_has_another_order() -> None:
    assert orders(0)[0] != orders(1)[0]
