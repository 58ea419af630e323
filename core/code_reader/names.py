"""Canonical dotted names of library objects, however they are imported."""

from __future__ import annotations

from core.code_reader.values import Ref

PREFIXES = (
    ("tensorflow.compat.v1.", "tensorflow."),
    ("tensorflow.compat.v2.", "tensorflow."),
    ("tensorflow._api.v2.", "tensorflow."),
    ("tensorflow.python.", "tensorflow."),
    ("tensorflow.contrib.keras.", "tensorflow.keras."),
    ("tensorflow.contrib.learn.python.learn.datasets.", "tensorflow.examples."),
    ("tensorflow.keras.", "keras."),
    ("tensorflow.optimizers.", "keras.optimizers."),
    ("tf_keras.", "keras."),
    ("keras.api.", "keras."),
    ("keras.src.", "keras."),
    ("keras.python.", "keras."),
    ("keras.objectives.", "keras.losses."),
    ("keras.metrics.", "keras.losses."),
    ("keras.engine.", "keras.layers."),
    ("torch.nn.modules.", "torch.nn."),
    ("torchvision.transforms.v2.", "torchvision.transforms."),
    ("torchvision.transforms.functional.", "torchvision.functional."),
    ("lightning.pytorch.", "lightning."),
    ("pytorch_lightning.", "lightning."),
    ("jax.numpy.", "numpy."),
    ("cupy.", "numpy."),
)
# Modules whose submodules are ignored: keras.layers.core.Dense is keras.layers.Dense.
FLATTENED_MODULES = {
    "keras": ("layers", "models", "optimizers", "losses", "callbacks", "regularizers", "backend"),
    "torch": ("optim", "nn"),
    "torchvision": ("datasets",),
}
ALIASES = {
    "keras.Input": "keras.layers.Input",
    "keras.layers.Model": "keras.models.Model",
    "keras.Model": "keras.models.Model",
    "keras.models.Input": "keras.layers.Input",
    "keras.layers.Sequential": "keras.models.Sequential",
    "keras.Sequential": "keras.models.Sequential",
    "keras.models.Functional": "keras.models.Model",
    "torch.FloatTensor": "torch.tensor",
    "torch.autograd.Variable": "torch.Variable",
    "torch.sigmoid": "torch.nn.functional.sigmoid",
    "torch.relu": "torch.nn.functional.relu",
    "torch.tanh": "torch.nn.functional.tanh",
    "torch.softmax": "torch.nn.functional.softmax",
    "torch.flatten": "torch.flatten",
}
NOT_FLATTENED = {"functional", "schedules", "utils", "init", "lr_scheduler", "parameter"}
USUAL_NAMES = {
    "np": "numpy",
    "numpy": "numpy",
    "pd": "pandas",
    "plt": "matplotlib.pyplot",
    "pl": "lightning",
    "tf": "tensorflow",
    "keras": "keras",
    "K": "keras.backend",
    "layers": "keras.layers",
    "mnist": "keras.datasets.mnist",
    "fashion_mnist": "keras.datasets.fashion_mnist",
    "torch": "torch",
    "nn": "torch.nn",
    "F": "torch.nn.functional",
    "optim": "torch.optim",
    "torchvision": "torchvision",
    "transforms": "torchvision.transforms",
    "Variable": "torch.Variable",
    "DataLoader": "torch.utils.data.DataLoader",
    "MNIST": "torchvision.datasets.MNIST",
    "MinMaxScaler": "sklearn.preprocessing.MinMaxScaler",
    "StandardScaler": "sklearn.preprocessing.StandardScaler",
    "train_test_split": "sklearn.model_selection.train_test_split",
    "math": "math",
    "os": "os",
    "sys": "sys",
    "argparse": "argparse",
}
KERAS_NAMES = {
    **dict.fromkeys(("Sequential", "Model"), "keras.models"),
    **dict.fromkeys(("Adam", "SGD", "RMSprop", "Adadelta", "Adagrad", "Nadam"), "keras.optimizers"),
    **dict.fromkeys(
        (
            *("Dense", "Input", "Dropout", "Activation", "Flatten", "Reshape", "InputLayer"),
            *("BatchNormalization", "LeakyReLU", "GaussianNoise", "Lambda", "Conv2D", "ReLU"),
        ),
        "keras.layers",
    ),
    **dict.fromkeys(("EarlyStopping", "ModelCheckpoint"), "keras.callbacks"),
}


def canonical(path: str) -> str:
    """The canonical name of a dotted path.

    >>> canonical("tensorflow.keras.layers.Dense")
    'keras.layers.Dense'
    """
    path = f"{path}."  # a module is its own prefix
    for _ in range(3):
        before = path
        for old, new in PREFIXES:
            if path.startswith(old):
                path = new + path.removeprefix(old)
        if path == before:
            break
    path = path.removesuffix(".")
    parts = path.split(".")
    if (
        len(parts) > 3
        and parts[1] in FLATTENED_MODULES.get(parts[0], ())
        and not NOT_FLATTENED & set(parts[2:-1])
    ):
        path = f"{parts[0]}.{parts[1]}.{parts[-1]}"
    return ALIASES.get(path, path)


def member(ref: Ref, name: str) -> Ref:
    """A member of a library's module or class."""
    return Ref(canonical(f"{ref.path}.{name}"))


def from_star(module: str, name: str) -> Ref | None:
    """A name imported by `from module import *`, if it is known."""
    if KERAS_NAMES.get(name) == module or (module == "keras.layers" and name[:1].isupper()):
        return Ref(canonical(f"{module}.{name}"))
    if module in ("keras.optimizers", "torch.nn", "torch.optim") and name[:1].isupper():
        return Ref(canonical(f"{module}.{name}"))
    return None


def well_known(name: str) -> Ref | None:
    """The object that a name without an import usually refers to; None if unknown."""
    if name in USUAL_NAMES:
        return Ref(USUAL_NAMES[name])
    return Ref(f"{KERAS_NAMES[name]}.{name}") if name in KERAS_NAMES else None


def import_line(name: str) -> str:
    """The usual import of a name."""
    path = f"{KERAS_NAMES[name]}.{name}" if name in KERAS_NAMES else USUAL_NAMES[name]
    module, _, last = path.rpartition(".")
    if last != name:
        return f"import {path} as {name}"
    return f"from {module} import {last}" if module else f"import {last}"
