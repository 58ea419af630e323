"""The frameworks' names of activations, losses and optimizers, with their canonical names."""

from __future__ import annotations

from dataclasses import dataclass

from core.code_reader.values import LibraryObject, Ref, UserClass, Value

ACTIVATIONS: dict[str, str] = {
    "relu": "relu",
    "tanh": "tanh",
    "sigmoid": "sigmoid",
    "logsigmoid": "log_sigmoid",
    "log_sigmoid": "log_sigmoid",
    "linear": "linear",
    "identity": "linear",
    "softmax": "softmax",
    "softmax2d": "softmax",
    "log_softmax": "log_softmax",
    "logsoftmax": "log_softmax",
    "elu": "elu",
    "selu": "selu",
    "leaky_relu": "leaky_relu",
    "leakyrelu": "leaky_relu",
    "gelu": "gelu",
    "silu": "silu",
    "swish": "silu",
    "softplus": "softplus",
    "softsign": "softsign",
    "hard_sigmoid": "hard_sigmoid",
    "hardsigmoid": "hard_sigmoid",
    "hard_tanh": "hard_tanh",
    "hardtanh": "hard_tanh",
    "exponential": "exponential",
    "relu6": "relu6",
    "prelu": "prelu",
    "rrelu": "rrelu",
    "mish": "mish",
    "celu": "celu",
    "glu": "glu",
    "thresholdedrelu": "thresholded_relu",
}


@dataclass(frozen=True)
class LossSpec:
    """A loss.

    Attributes:
        name: canonical name; Keras' name if Keras has the loss.
        loss_from: "keras", "outputs" or "logits".
    """

    name: str
    loss_from: str = "keras"


KERAS_LOSSES: dict[str, LossSpec] = {
    alias: LossSpec(name)
    for name, aliases in {
        "binary_crossentropy": "binary_crossentropy BinaryCrossentropy bce BCE",
        "mean_squared_error": "mean_squared_error MeanSquaredError mse MSE",
        "mean_absolute_error": "mean_absolute_error MeanAbsoluteError mae MAE",
        "categorical_crossentropy": "categorical_crossentropy CategoricalCrossentropy",
        "sparse_categorical_crossentropy": (
            "sparse_categorical_crossentropy SparseCategoricalCrossentropy"
        ),
        "huber": "huber Huber huber_loss",
        "kl_divergence": (
            "kl_divergence KLDivergence kullback_leibler_divergence kld KLD kldivergence"
        ),
        "log_cosh": "log_cosh LogCosh logcosh",
        "mean_squared_logarithmic_error": (
            "mean_squared_logarithmic_error MeanSquaredLogarithmicError msle MSLE"
        ),
        "mean_absolute_percentage_error": (
            "mean_absolute_percentage_error MeanAbsolutePercentageError mape MAPE"
        ),
        "cosine_similarity": "cosine_similarity CosineSimilarity cosine_proximity",
        "poisson": "poisson Poisson",
        "hinge": "hinge Hinge",
        "squared_hinge": "squared_hinge SquaredHinge",
        "categorical_hinge": "categorical_hinge CategoricalHinge",
        "binary_focal_crossentropy": "binary_focal_crossentropy BinaryFocalCrossentropy",
    }.items()
    for alias in aliases.split()
}
TORCH_LOSSES: dict[str, LossSpec] = {
    "MSELoss": LossSpec("mean_squared_error"),
    "mse_loss": LossSpec("mean_squared_error"),
    "L1Loss": LossSpec("mean_absolute_error"),
    "l1_loss": LossSpec("mean_absolute_error"),
    "BCELoss": LossSpec("binary_crossentropy", "outputs"),
    "binary_cross_entropy": LossSpec("binary_crossentropy", "outputs"),
    "BCEWithLogitsLoss": LossSpec("binary_crossentropy", "logits"),
    "binary_cross_entropy_with_logits": LossSpec("binary_crossentropy", "logits"),
    "CrossEntropyLoss": LossSpec("categorical_crossentropy", "logits"),
    "cross_entropy": LossSpec("categorical_crossentropy", "logits"),
    "NLLLoss": LossSpec("negative_log_likelihood"),
    "nll_loss": LossSpec("negative_log_likelihood"),
    "SmoothL1Loss": LossSpec("huber"),
    "smooth_l1_loss": LossSpec("huber"),
    "HuberLoss": LossSpec("huber"),
    "huber_loss": LossSpec("huber"),
    "KLDivLoss": LossSpec("kl_divergence", "logits"),
    "kl_div": LossSpec("kl_divergence", "logits"),
    "PoissonNLLLoss": LossSpec("poisson"),
    "CosineEmbeddingLoss": LossSpec("cosine_similarity"),
}
TENSORFLOW_LOSSES: dict[str, LossSpec] = {
    "sigmoid_cross_entropy_with_logits": LossSpec("binary_crossentropy", "logits"),
    "softmax_cross_entropy_with_logits": LossSpec("categorical_crossentropy", "logits"),
    "softmax_cross_entropy_with_logits_v2": LossSpec("categorical_crossentropy", "logits"),
    "sigmoid_cross_entropy": LossSpec("binary_crossentropy", "logits"),
    "softmax_cross_entropy": LossSpec("categorical_crossentropy", "logits"),
    "mean_squared_error": LossSpec("mean_squared_error"),
    "absolute_difference": LossSpec("mean_absolute_error"),
    "huber_loss": LossSpec("huber"),
    "log_loss": LossSpec("binary_crossentropy", "outputs"),
}


@dataclass(frozen=True)
class OptimizerSpec:
    """An optimizer: its canonical name, and the frameworks' default learning rates."""

    name: str
    keras_rate: float | None
    torch_rate: float | None = None


KNOWN_OPTIMIZERS: dict[str, OptimizerSpec] = {
    "adam": OptimizerSpec("adam", 0.001, 0.001),
    "adamw": OptimizerSpec("adamw", 0.001, 0.001),
    "sgd": OptimizerSpec("sgd", 0.01, 0.001),
    "rmsprop": OptimizerSpec("rmsprop", 0.001, 0.01),
    "adadelta": OptimizerSpec("adadelta", 0.001, 1.0),
    "adagrad": OptimizerSpec("adagrad", 0.001, 0.01),
    "nadam": OptimizerSpec("nadam", 0.001, 0.002),
    "adamax": OptimizerSpec("adamax", 0.001, 0.002),
    "ftrl": OptimizerSpec("ftrl", 0.001),
    "lion": OptimizerSpec("lion", 0.001),
    "adafactor": OptimizerSpec("adafactor", 0.001),
    "radam": OptimizerSpec("radam", None, 0.001),
    "lbfgs": OptimizerSpec("lbfgs", None, 1.0),
    "asgd": OptimizerSpec("asgd", None, 0.01),
    "rprop": OptimizerSpec("rprop", None, 0.01),
    "gradientdescent": OptimizerSpec("sgd", None),
    "momentum": OptimizerSpec("sgd", None),
}
# The default weight decay of PyTorch's optimizers, if it is not 0.
TORCH_DECAY = {"adamw": 0.01}


def last_name(value: Value) -> str:
    """The name in a string, reference, object or class; "" for anything else."""
    if isinstance(value, str):
        return value
    if isinstance(value, Ref):
        return value.path.rpartition(".")[2]
    if isinstance(value, LibraryObject):
        return value.name
    return value.node.name if isinstance(value, UserClass) else ""
