"""Noise on the input images, drawn again in every step."""

from __future__ import annotations

import tensorflow as tf

from core.variant import Variant


def noisy(
    variant: Variant, targets: tf.Tensor, seed: tf.Tensor, black: tf.Tensor, white: tf.Tensor
) -> tf.Tensor:
    """Add the variant's noise to images.

    Args:
        variant: gives kind and level of the noise; without noise the images are returned as given.
        targets: normalized images, float32, shape (images, 784).
        seed: two integers, int32, shape (2,); the same seed gives the same noise.
        black, white: noisy pixels are clipped to this range; broadcast with `targets`.
    """
    if variant.noise == "gaussian":
        noise = tf.random.stateless_normal(tf.shape(targets), seed, stddev=variant.noise_level)
        return tf.clip_by_value(targets + noise, black, white)
    if variant.noise == "masking":
        kept = tf.random.stateless_uniform(tf.shape(targets), seed) >= variant.noise_level
        return targets * tf.cast(kept, tf.float32)
    return targets
