"""Conversion of the configuration of a saved Keras model to a script."""

from __future__ import annotations

import io
import json
import keyword
import zipfile
from collections.abc import Iterator
from typing import Any

from core.code_reader.budget import MAX_BYTES, MAX_DEPTH
from core.errors import UnreadableCode

MODELS = ("Sequential", "Functional", "Model")
# The relevant arguments in a layer's configuration.
ARGUMENTS: dict[str, tuple[str, ...]] = {
    "Dense": ("units", "activation"),
    "Activation": ("activation",),
    "Dropout": ("rate",),
    "GaussianNoise": ("stddev",),
    "LeakyReLU": ("negative_slope", "alpha"),
    "Rescaling": ("scale", "offset"),
    "Reshape": ("target_shape",),
}
RATES = ("learning_rate", "momentum", "weight_decay")
HEAD = "import keras\nfrom keras import layers\n"


def configuration(content: bytes) -> str | None:
    """The configuration in a .keras file, as JSON text; None if it is not such a file.

    Raises:
        UnreadableCode: the file is damaged, or its configuration is too large.
    """
    if not content.startswith(b"PK"):
        return None
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if archive.getinfo("config.json").file_size > MAX_BYTES:
                raise UnreadableCode("The model's configuration is larger than the limit.")
            return archive.read("config.json").decode()
    except (zipfile.BadZipFile, KeyError, ValueError, OSError, NotImplementedError, RuntimeError):
        raise UnreadableCode("This is not a valid .keras file: it has no configuration.") from None


def script(text: str) -> str | None:
    """The script that makes the model of a configuration; None if the text is not one.

    Raises:
        UnreadableCode: the text is a configuration, but not of a Keras model.
    """
    if not text.lstrip().startswith("{") or '"class_name"' not in text:
        return None
    try:
        saved = json.loads(text)
        if not isinstance(saved, dict) or saved.get("class_name") not in MODELS:
            return None
        lines = [HEAD, *_model(saved, "model", 0), *_compile(saved)]
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError):
        raise UnreadableCode("This is not the configuration of a Keras model.") from None
    return "\n".join(lines) + "\n"


def _model(saved: dict[str, Any], name: str, depth: int) -> Iterator[str]:
    if depth > MAX_DEPTH // 10:
        raise ValueError(depth)
    config = saved["config"]
    layers = config["layers"] if isinstance(config, dict) else config
    if saved["class_name"] == "Sequential":
        names = [f"{name}_{index}" for index in range(len(layers))]
        for layer, its_name in zip(layers, names, strict=True):
            yield from _layer(layer, its_name, depth)
        yield f"{name} = keras.Sequential([{', '.join(names)}])"
        return
    tensors: dict[str, str] = {}
    for index, layer in enumerate(layers):
        its_name, tensor = f"{name}_{index}", f"{name}_t{index}"
        tensors[_name_of(layer)] = tensor
        if layer["class_name"] == "InputLayer":
            yield f"{tensor} = keras.Input({_input_shape(layer['config'])!r})"
            continue
        yield from _layer(layer, its_name, depth)
        sources = [tensors[source] for source in _sources(layer.get("inbound_nodes"))]
        given = sources[0] if len(sources) == 1 else f"[{', '.join(sources)}]"
        yield f"{tensor} = {its_name}({given})"
    first = tensors[next(_names(config["input_layers"]))]
    last = tensors[next(_names(config["output_layers"]))]
    yield f"{name} = keras.Model({first}, {last})"


def _name_of(layer: dict[str, Any]) -> str:
    return str(layer.get("name") or layer["config"]["name"])


def _layer(layer: dict[str, Any], name: str, depth: int) -> Iterator[str]:
    title, config = layer["class_name"], layer["config"]
    if title in MODELS:
        yield from _model(layer, name, depth + 1)
        return
    if not (isinstance(title, str) and title.isidentifier()) or keyword.iskeyword(title):
        raise ValueError(title)
    if title == "InputLayer":
        yield f"{name} = keras.Input({_input_shape(config)!r})"
        return
    given = [f"{key}={_plain(config[key])!r}" for key in ARGUMENTS.get(title, ()) if key in config]
    shape = _input_shape(config)
    if shape is not None:
        given.append(f"input_shape={shape!r}")
    yield f"{name} = layers.{title}({', '.join(given)})"


def _input_shape(config: dict[str, Any]) -> tuple[int | None, ...] | None:
    shape = config.get("batch_shape") or config.get("batch_input_shape")
    if not isinstance(shape, list):
        return None
    return tuple(size if isinstance(size, int) else None for size in shape[1:])


def _plain(value: Any) -> Any:
    """A literal of a configuration; the name of a serialized object."""
    if isinstance(value, dict):
        inner = value.get("config")
        name = inner if isinstance(inner, str) else value.get("class_name")
        return str(name).lower() if not isinstance(inner, str) else name
    if isinstance(value, list):
        return tuple(_plain(item) for item in value)
    if isinstance(value, (str, int, float, bool)) or value is None:
        return value
    raise ValueError(value)


def _sources(nodes: Any) -> list[str]:
    """The names of a layer's input layers, in either of Keras' formats."""
    return list(dict.fromkeys(_names(nodes)))


def _names(nodes: Any) -> Iterator[str]:
    if isinstance(nodes, dict):
        for value in nodes.values():
            yield from _names(value)
    elif isinstance(nodes, list):
        is_history = len(nodes) >= 3 and isinstance(nodes[0], str) and isinstance(nodes[1], int)
        if is_history:
            yield nodes[0]
            return
        for value in nodes:
            yield from _names(value)


def _rounded(number: float) -> float:
    """The short decimal number that a float32 value comes from."""
    return float(f"{number:.6g}")


def _loss(value: Any) -> Any:
    is_object = isinstance(value, dict) and not isinstance(value.get("config"), str)
    return str(value["class_name"]) if is_object else _plain(value)


def _compile(saved: dict[str, Any]) -> Iterator[str]:
    compiled = saved.get("compile_config") or saved.get("training_config") or {}
    optimizer, loss = compiled.get("optimizer"), compiled.get("loss")
    given = [f"loss={_loss(loss)!r}"] if loss is not None else []
    if isinstance(optimizer, dict):
        config = optimizer.get("config") or {}
        known = {n: config[n] for n in RATES if isinstance(config.get(n), (int, float))}
        rates = [f"{name}={_rounded(number)!r}" for name, number in known.items()]
        title = str(optimizer.get("class_name", ""))
        if not title.isidentifier():
            raise ValueError(title)
        given.insert(0, f"optimizer=keras.optimizers.{title}({', '.join(rates)})")
    elif isinstance(optimizer, str):
        given.insert(0, f"optimizer={optimizer!r}")
    yield f"model.compile({', '.join(given)})"
