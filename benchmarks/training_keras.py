"""The counterpart of `benchmarks.training`: an epoch of `model.fit` in a separate process.

Reads the images' file and the batch size from its arguments, then answers each line on standard
input with the seconds of one epoch.
"""

from __future__ import annotations

import sys
import time

import keras
import numpy as np

WIDTHS = (128, 64, 28, 64, 128)


def network() -> keras.Model:
    """The question's network."""
    values = inputs = keras.Input((784,))
    for width in WIDTHS:
        values = keras.layers.Dense(width, activation="relu")(values)
    return keras.Model(inputs, keras.layers.Dense(784, activation="sigmoid")(values))


def main() -> None:
    path, batch = sys.argv[1], int(sys.argv[2])
    images = np.load(path).astype(np.float32) / 255
    model = network()
    model.compile(optimizer="adam", loss="binary_crossentropy")
    model.fit(images[:batch], images[:batch], verbose=0)
    print(keras.__version__, flush=True)
    for _ in sys.stdin:
        began = time.perf_counter()
        model.fit(images, images, batch_size=batch, verbose=0)
        print(time.perf_counter() - began, flush=True)


if __name__ == "__main__":
    main()
