"""Noise on the input images, drawn anew in every step."""

from __future__ import annotations

import tensorflow as tf

from core.variant import Variant


def noisy(
    variant: Variant, targets: tf.Tensor, seed: tf.Tensor, black: tf.Tensor, white: tf.Tensor
) -> tf.Tensor:
    """Images with the variant's noise.

    Args:
        variant: its noise is used; with none the images come back as they are.
        targets: clean images as the network takes them, shape (images, 784).
        seed: two whole numbers; the same give the same noise.
        black, white: between which Gaussian noise is clipped, of a shape that fits the images'.
    """
    if variant.noise == "gaussian":
        noise = tf.random.stateless_normal(tf.shape(targets), seed, stddev=variant.noise_level)
        return tf.clip_by_value(targets + noise, black, white)
    if variant.noise == "masking":
        kept = tf.random.stateless_uniform(tf.shape(targets), seed) >= variant.noise_level
        return targets * tf.cast(kept, tf.float32)
    return targets
