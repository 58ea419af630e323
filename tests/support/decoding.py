"""Codes of a latent map decoded in NumPy, as the browser decodes them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.metrics import inference
from core.views.inside.latent_map import LatentMap

Floats = NDArray[np.float32]


def code_at(found: LatentMap, x: float, y: float) -> Floats:
    """The code of a point of the map, shape (width,)."""
    return found.origin + np.float32(x) * found.across + np.float32(y) * found.up


def decoded(found: LatentMap, codes: Floats) -> Floats:
    """Codes, shape (n, width), as pixel values, shape (n, 784), not clipped."""
    values = inference.outputs(found.decoder, codes)
    return (values - np.float32(found.shift)) * np.float32(found.factor)
