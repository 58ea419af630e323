"""The settings of optimizer, learning rate, epochs and batch size."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from core.code_reader.data_sources import COUNTS
from core.code_reader.network import Network
from core.code_reader.pixels import ancestors, lineage
from core.code_reader.reader_state import Loop, ReaderState, Training
from core.code_reader.values import Layer, LibraryObject, Tensor, Value, is_number
from core.code_reader.vocabulary import TORCH_DECAY, OptimizerSpec

if TYPE_CHECKING:
    from core.code_reader.assembly import Settings

KERAS_BATCH = 32


def optimizer_settings(network: Network, found: Settings) -> None:
    """Optimizer, learning rate, momentum and weight decay."""
    training = network.training
    optimizer = training.optimizer
    if not isinstance(optimizer, LibraryObject) or optimizer.kind != "optimizer":
        if optimizer is None:
            found.assume("optimizer", "adam", "The text does not say which optimizer is used.")
            found.assume("learning_rate", 0.001, "The text has no learning rate.")
        else:
            line = getattr(optimizer, "line", 0) or training.line
            network.refuse(line, f"Line {line}: the optimizer cannot be determined.")
        return
    found.read("optimizer", optimizer.name, optimizer.line)
    if optimizer.options.get("others"):
        names = ", ".join(optimizer.options["others"])
        network.leave_out(optimizer.line, f"The optimizer's {names} keeps Keras' default.")
    _optimized(network, optimizer)
    _rate(network, optimizer, found)
    _momentum(network, optimizer, found)
    _decay(network, optimizer, found)


def _optimized(network: Network, optimizer: LibraryObject) -> None:
    """Note groups of weights with settings of their own; refuse weights that are left out."""
    given = [one.options.get("params") for one in (optimizer, *optimizer.options.get("joined", ()))]
    if not all(isinstance(part, list) for part in given):
        return
    weights: list[Value] = [weight for part in given if isinstance(part, list) for weight in part]
    groups = [part for part in weights if isinstance(part, dict)]
    line = optimizer.line
    if any(set(group) - {"params"} for group in groups):
        sentence = "Settings for single groups of weights are ignored: the lab has one for all."
        network.leave_out(line, sentence)
    for group in groups:
        inner = group.get("params")
        weights = [*weights, *(inner if isinstance(inner, list) else [inner])]
    layers = [weight for weight in weights if not isinstance(weight, dict)]
    if not layers or not all(isinstance(layer, Layer) for layer in layers):
        return
    owned = {id(layer) for layer in layers}
    if any(unit.layer is not None and id(unit.layer) not in owned for unit in network.units):
        sentence = "the optimizer does not get the weights of all layers; the lab trains them all"
        network.refuse(line, f"Line {line}: {sentence}.")


def _rate(network: Network, optimizer: LibraryObject, found: Settings) -> None:
    rate, word = optimizer.options.get("learning_rate"), optimizer.options["word"]
    line = optimizer.line
    if isinstance(rate, LibraryObject) and rate.kind == "schedule":
        network.leave_out(
            rate.line, "The learning rate schedule is ignored: the rate stays constant."
        )
        rate, line = rate.options["start"], rate.line
    if is_number(rate):
        found.read("learning_rate", float(rate), line)
        return
    if rate is not None:
        network.refuse(line, f"Line {line}: the learning rate cannot be determined.")
        return
    default = _default_rate(word, str(optimizer.options["framework"]))
    if default is None:
        network.refuse(line, f"Line {line}: the learning rate is missing.")
        return
    whose = "PyTorch's" if optimizer.options["framework"] == "torch" else "Keras'"
    found.assume(
        "learning_rate", default, f"The code has none; {default:g} is {whose} default.", line
    )


def _default_rate(word: OptimizerSpec, framework: str) -> float | None:
    return word.torch_rate if framework == "torch" else word.keras_rate


def _momentum(network: Network, optimizer: LibraryObject, found: Settings) -> None:
    momentum = optimizer.options.get("momentum")
    if momentum is None:
        return
    if not is_number(momentum):
        network.refuse(optimizer.line, f"Line {optimizer.line}: the momentum cannot be determined.")
    elif momentum and optimizer.name != "sgd":
        network.refuse(optimizer.line, f"The lab has no momentum for {optimizer.name}.")
    elif momentum:
        found.read("momentum", float(momentum), optimizer.line)
        if optimizer.options.get("nesterov") is True:
            network.leave_out(optimizer.line, "Nesterov momentum is ignored.")


def _decay(network: Network, optimizer: LibraryObject, found: Settings) -> None:
    decay, framework = optimizer.options.get("weight_decay"), optimizer.options["framework"]
    line = optimizer.line
    if is_number(decay) and decay:
        found.read("weight_decay", float(decay), line)
        if framework == "torch" and optimizer.name not in ("sgd", "adamw"):
            network.leave_out(
                line,
                "PyTorch adds the weight decay to the gradient; the lab subtracts it from the"
                " weights.",
            )
    elif is_number(decay) and optimizer.name == "adamw":
        found.read("optimizer", "adam", line)  # equivalent to adamw without decay
    elif decay is not None and not is_number(decay):
        network.refuse(line, f"Line {line}: the weight decay cannot be determined.")
    elif framework == "torch" and decay is None and optimizer.name in TORCH_DECAY:
        default = TORCH_DECAY[optimizer.name]
        reason = f"The code has none; {default:g} is PyTorch's default."
        found.assume("weight_decay", default, reason, line)
    old = optimizer.options.get("decay")
    if is_number(old) and old:
        network.leave_out(line, "The old argument decay, a falling learning rate, is ignored.")


def loop_settings(state: ReaderState, network: Network, found: Settings) -> None:
    """Epochs and batch size."""
    training = network.training
    if training.condition_line:
        sentence = (
            f"Line {training.condition_line} decides whether it is trained; it was assumed to be."
        )
        network.leave_out(training.condition_line, sentence)
    loader = next((loop for loop in reversed(training.loops) if loop.is_loader), None)
    _selection(network)
    _batch_size(network, training, loader, found)
    _epochs(network, training, loader, found)


def _selection(network: Network) -> None:
    """Note a training on other images than the lab's, or in their stored order."""
    training, source = network.training, network.inputs.source
    made = getattr(training.model, "serial", 0)
    around = [loop for loop in training.loops if made < loop.first_serial]
    is_over_batches = any(loop.is_loader and loop.count is None for loop in around)
    starts = [] if is_over_batches else [loop.first_serial for loop in around]
    steps = lineage(network.input_tensor) if network.input_tensor is not None else []
    parts: list[int | bool] = []
    for step in steps:
        if step.detail.get("part") is not None and step.serial < min(starts, default=math.inf):
            before = [] if step.detail.get("joined") else parts
            parts = [*before, step.detail["part"]]
    _note_count(network, source, [part for part in parts if part is not True], bool(parts))
    for step in steps:
        if step.detail.get("ordered"):
            sentence = "The images are not shuffled; the lab shuffles them in each epoch."
            network.leave_out(step.detail["ordered"], sentence)
    for loop in training.loops:
        if loop.left:
            sentence = (
                f"Line {loop.left} may end the loop early or skip steps; the lab trains all epochs"
                " on all images."
            )
            network.leave_out(loop.left, sentence)


def _note_count(
    network: Network, source: Tensor | None, parts: list[int], is_selected: bool
) -> None:
    """Note how many of the images are used, where it is not the lab's number."""
    detail = source.detail if source is not None else {}
    count = source.shape[0] if source is not None and source.shape else None
    ours = COUNTS.get(str(detail.get("dataset")), (None, None))[0]
    used = min(parts) if parts else None if is_selected else count
    sentence = ""
    if detail.get("split") == "test":
        sentence = "It is trained on the test images; the lab trains on the training images."
    elif used is not None and ours is not None and used < ours:
        sentence = f"Only {used} of the {ours} images are used; the lab uses all of them."
    elif used is not None and ours is not None and used > ours:
        sentence = f"It is trained on {used} images; the lab trains on {ours}."
    elif is_selected and used != ours:
        sentence = "Perhaps only a part of the images is used; the lab uses all of them."
    if sentence:
        network.leave_out(network.training.line, sentence)


def _batch_size(network: Network, training: Training, loader: Loop | None, found: Settings) -> None:
    size: Value = training.batch_size
    line = training.batch_line or training.line
    if size is None and loader is not None:
        size, line = loader.batches, loader.line
    if size is None and (drawn := _drawn(training)) is not None:
        size, line = drawn.detail["batch_size"], drawn.detail["batch_line"]
    if isinstance(size, float) and size.is_integer():
        size = int(size)
    if isinstance(size, int) and not isinstance(size, bool):
        found.read("batch_size", size, line)
    elif size is not None:
        network.refuse(line, f"Line {line}: the batch size cannot be determined.")
    elif training.framework == "keras" and not training.is_step:
        found.assume(
            "batch_size", KERAS_BATCH, f"The code has none; {KERAS_BATCH} is Keras' default."
        )
    elif loader is not None:
        found.assume("batch_size", 100, "The batch size is not in the text.", loader.line)
    else:
        _whole_set(network, found)


def _whole_set(network: Network, found: Settings) -> None:
    """The batch size of a loop that uses all images in each step."""
    inputs = network.input_tensor
    count = inputs.shape[0] if inputs is not None and inputs.shape else None
    line = network.training.line
    if count is None:
        found.assume("batch_size", 100, "The number of images per step cannot be determined.", line)
        return
    found.read("batch_size", count, line)


def _drawn(training: Training) -> Tensor | None:
    """The batch from `next_batch`."""
    for tensor in ancestors(training.loss) if training.loss else []:
        if tensor.op == "rows" and "batch_size" in tensor.detail:
            return tensor
    return None


def _epochs(network: Network, training: Training, loader: Loop | None, found: Settings) -> None:
    made = getattr(training.model, "serial", 0)
    around = [loop for loop in training.loops if made < loop.first_serial and not loop.is_loader]
    own = training.epochs
    if isinstance(own, float) and own.is_integer():
        own = int(own)
    if own is not None and not isinstance(own, int):
        line = training.epochs_line or training.line
        found.assume(
            "epochs", 1, f"The number of epochs in line {line} cannot be determined.", line
        )
        return
    drawn = _drawn(training)
    if drawn is not None and loader is None and own is None:
        _epochs_of_steps(around, drawn, training, found)
        return
    if loader is not None and isinstance(loader.steps, int) and not around:
        _epochs_of_batches(network, loader, found)
        return
    if len(around) > 1 and own is None and loader is None:
        _outer_and_inner(around, found)
        return
    counts = [loop.count for loop in around]
    if any(count is None for count in counts):
        line = next(loop.line for loop in around if loop.count is None)
        found.assume(
            "epochs", 1, f"How often the loop of line {line} runs cannot be determined.", line
        )
        return
    is_endless = loader is None and own is None and "batch_size" in found.found
    if is_endless and around and found.found["batch_size"].is_assumed:
        reason = (
            f"Whether the loop of line {around[0].line} counts epochs or steps cannot be"
            " determined."
        )
        found.assume("epochs", around[0].count or 1, reason, around[0].line)
        return
    total = own if own is not None else 1
    for count in counts:
        total *= count or 1
    if own is None and not around:
        reason = "The code has none; 1 is Keras' default."
        if training.framework != "keras":
            reason = "The text has no loop over epochs."
        if training.usual_epochs is not None:
            total, reason = training.usual_epochs, "The Trainer has none; 1000 is its default."
        found.assume("epochs", total, reason)
    else:
        line = around[0].line if around else training.epochs_line or training.line
        found.read("epochs", total, line)


def _outer_and_inner(around: list[Loop], found: Settings) -> None:
    """Two loops without a loader: over epochs, and over the batches of each."""
    outer, inner = around[0], around[-1]
    reason = f"The loop of line {inner.line} was assumed to be the batches of an epoch."
    found.assume("epochs", outer.count or 1, reason, outer.line)


def _epochs_of_batches(network: Network, loader: Loop, found: Settings) -> None:
    """The epochs of a number of batches from an infinitely repeated data set."""
    source = network.inputs.source
    count = source.shape[0] if source is not None and source.shape else None
    size = loader.batches
    if not isinstance(size, int) or not isinstance(count, int):
        found.assume("epochs", 1, "The length of the training cannot be determined.", loader.line)
        return
    epochs = max(1, round(loader.steps * size / count))
    reason = f"{loader.steps} steps of {size} images are about as many passes over {count}."
    found.assume("epochs", epochs, reason, loader.line)


def _epochs_of_steps(
    around: list[Loop], drawn: Tensor, training: Training, found: Settings
) -> None:
    """The epochs of loops over batches from `next_batch`."""
    size, count = drawn.detail["batch_size"], drawn.detail["count"]
    if len(around) >= 2 and around[0].count is not None:
        found.read("epochs", around[0].count, around[0].line)
    elif len(around) == 1 and around[0].count and isinstance(size, int) and count:
        steps = around[0].count
        epochs = max(1, round(steps * size / count))
        reason = f"{steps} steps of {size} images are about as many passes over {count}."
        found.assume("epochs", epochs, reason, around[0].line)
    else:
        found.assume("epochs", 1, "The length of the training cannot be determined.", training.line)
