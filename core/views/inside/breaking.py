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
        images: greys 0-255, shape (images, 784).
        moments: of the training images.
        off: unit of the code that is switched off; NONE for none.
        noise: standard deviation of Gaussian noise on pixel values in [0, 1], always the same
            noise for the same images.

    Returns:
        The images with noise, clipped, greys 0-255; and their reconstructions as pixel values, not
        clipped. An image is brought back to pixels as the original would be.
    """
    drawn = np.random.default_rng(SEED).normal(0, 1, images.shape)
    noisy = np.rint(np.clip(images / 255 + noise * drawn, 0, 1) * 255).astype(np.uint8)
    layers = run.weights or ()
    if off != NONE:
        layers = switched_off(layers, off)
    normalize = NORMALIZATIONS[run.variant.normalization].apply
    outputs = inference.outputs(layers, normalize(noisy, moments).targets())
    return noisy, normalize(images, moments).to_pixels(outputs)
