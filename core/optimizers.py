"""The table of optimizers: their names in settings and in Keras, and their usual rates."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Rates:
    """Learning rates of an adaptive optimizer, whose steps are about as large as the rate.

    Attributes:
        usual: a rate that trains such networks, mostly Keras' default.
        highest: above it hidden units die or saturate in the first steps.
        is_slow: whether its steps shrink so much that another optimizer is the remedy.
    """

    usual: float
    highest: float
    is_slow: bool = False


@dataclass(frozen=True, kw_only=True)
class Optimizer:
    """An optimizer of Keras.

    Attributes:
        name: the name in settings, URL and command line, which `keras.optimizers.get` takes.
        keras_class: the class in `keras.optimizers`.
        rates: None if the rate that it needs depends on the size of the gradient, as with sgd.
    """

    name: str
    keras_class: str
    rates: Rates | None


OPTIMIZERS: dict[str, Optimizer] = {
    optimizer.name: optimizer
    for optimizer in (
        Optimizer(name="adam", keras_class="Adam", rates=Rates(usual=0.001, highest=0.02)),
        Optimizer(name="adamw", keras_class="AdamW", rates=Rates(usual=0.001, highest=0.02)),
        Optimizer(name="sgd", keras_class="SGD", rates=None),
        Optimizer(name="rmsprop", keras_class="RMSprop", rates=Rates(usual=0.001, highest=0.01)),
        Optimizer(
            name="adadelta",
            keras_class="Adadelta",
            rates=Rates(usual=1.0, highest=10.0, is_slow=True),
        ),
        Optimizer(name="nadam", keras_class="Nadam", rates=Rates(usual=0.001, highest=0.02)),
        Optimizer(
            name="adagrad",
            keras_class="Adagrad",
            rates=Rates(usual=0.01, highest=0.2, is_slow=True),
        ),
    )
}
