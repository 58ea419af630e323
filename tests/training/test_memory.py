"""What a worker holds: images once, and no code that was only read at the start."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import psutil
import pytest
import tensorflow as tf

from core.data import loading
from core.data.normalization import NORMALIZATIONS, GreyMoments
from core.training import tensorflow_setup
from core.training.loop import ImageTensors

MOMENTS = GreyMoments(mean=33.3184, deviation=78.5675)


@pytest.mark.parametrize("normalization", ["unit", "binarized"])
def test_images_are_not_copied_for_training(normalization: str) -> None:
    affine = NORMALIZATIONS[normalization].apply(loading.load("mnist-sample").training, MOMENTS)
    greys = ImageTensors.of(affine).greys
    assert np.asarray(memoryview(greys)).ctypes.data == affine.greys.ctypes.data
    np.testing.assert_array_equal(greys.numpy(), affine.greys)


def test_images_that_lie_apart_are_copied() -> None:
    every = loading.load("mnist-sample").training
    affine = NORMALIZATIONS["unit"].apply(every[::7], MOMENTS)
    np.testing.assert_array_equal(ImageTensors.of(affine).greys.numpy(), every[::7])


def resident_library() -> int:
    maps = psutil.Process().memory_maps(grouped=True)
    return sum(each.rss for each in maps if "libtensorflow_cc" in each.path)


@pytest.mark.skipif(sys.platform != "linux", reason="nothing is given back elsewhere")
def test_code_that_is_not_needed_now_is_given_back_and_works_when_it_is() -> None:
    matrix = tf.reshape(tf.range(4.0), (2, 2))
    tensorflow_setup.give_memory_back()
    # Of its 570 MB some 100 to 300 are in memory after the import; 10 MB were written to.
    assert resident_library() < 30e6
    assert tf.linalg.matmul(matrix, matrix).numpy().tolist() == [[2.0, 3.0], [6.0, 11.0]]


def test_a_worker_loads_no_pandas_and_can_still_do_so() -> None:
    program = (
        "import core.training.training, sys; print('pandas' in sys.modules);"
        " import pandas; print(pandas.DataFrame({'a': [1]}).a.sum())"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=100, check=True
    )
    assert done.stdout.split() == ["False", "1"]
