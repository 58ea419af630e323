"""Noise on the input images, drawn again in every step."""

from __future__ import annotations

import tensorflow as tf

from core.variant import Variant

# XLA makes vector instructions of it; of TensorFlow's own choice (Philox) it does not, and drawing
# the noise then takes eight times as long as the rest of the step.
GENERATOR = "threefry"


def noisy(
    variant: Variant, targets: tf.Tensor, seed: tf.Tensor, black: tf.Tensor, white: tf.Tensor
) -> tf.Tensor:
    """Add the variant's noise to images, in a program that XLA compiles.

    Args:
        variant: gives kind and level of the noise; without noise the images are returned as given.
        targets: normalized images, float32, shape (images, 784).
        seed: two integers, int32, shape (2,); the same seed gives the same noise.
        black, white: noisy pixels are clipped to this range; broadcast with `targets`.
    """
    if variant.noise == "gaussian":
        noise = tf.random.stateless_normal(
            tf.shape(targets), seed, stddev=variant.noise_level, alg=GENERATOR
        )
        return tf.clip_by_value(targets + noise, black, white)
    if variant.noise == "masking":
        kept = (
            tf.random.stateless_uniform(tf.shape(targets), seed, alg=GENERATOR)
            >= variant.noise_level
        )
        return targets * tf.cast(kept, tf.float32)
    return targets
