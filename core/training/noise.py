"""Noise on the input images, sampled again in every step."""

from __future__ import annotations

import tensorflow as tf

from core.variant import Variant

# XLA vectorizes this generator, but not TensorFlow's default (Philox), with which sampling noise
# takes eight times as long as the rest of the step.
GENERATOR = "threefry"


def noisy(
    variant: Variant, targets: tf.Tensor, seed: tf.Tensor, black: tf.Tensor, white: tf.Tensor
) -> tf.Tensor:
    """Add the variant's noise to images, in a program that XLA compiles.

    Args:
        variant: defines the kind and level of noise; without noise the images are unchanged.
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
