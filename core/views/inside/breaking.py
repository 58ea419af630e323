"""A network that is broken on purpose: a unit of its code switched off, or noise on its input."""

from __future__ import annotations

import numpy as np

from core.data.normalization import NORMALIZATIONS, Floats, GreyMoments, Images
from core.metrics import inference
from core.run import Run
from core.views.inside.inside_view import NONE
from core.views.inside.layers import switched_off

SEED = 0


def broken(
    run: Run, images: Images, moments: GreyMoments, *, off: int, noise: float
) -> tuple[Images, Floats]:
    """Reconstruct images with a broken network.

    Args:
        run: with weights.
        images: grey values 0-255, shape (images, 784).
        moments: grey moments of the training images.
        off: unit of the code to switch off; NONE for none.
        noise: standard deviation of Gaussian noise on pixel values in [0, 1]; the noise of an
            image is always the same.

    Returns:
        The noisy, clipped images, grey values 0-255; and their reconstructions as unclipped pixel
        values, scaled like those of the original images.
    """
    drawn = np.random.default_rng(SEED).normal(0, 1, images.shape)
    noisy = np.rint(np.clip(images / 255 + noise * drawn, 0, 1) * 255).astype(np.uint8)
    layers = run.weights or ()
    if off != NONE:
        layers = switched_off(layers, off)
    normalize = NORMALIZATIONS[run.variant.normalization].apply
    outputs = inference.outputs(layers, normalize(noisy, moments).targets())
    return noisy, normalize(images, moments).to_pixels(outputs)
