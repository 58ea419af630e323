"""The settings of the training loop: epochs, batch size, and the images that it uses."""

from __future__ import annotations

import math

from core.code_reader.data_sources import COUNTS
from core.code_reader.model_values import Tensor
from core.code_reader.network import Network
from core.code_reader.pixels import ancestors, lineage
from core.code_reader.reader_state import Loop, Training
from core.code_reader.reading import Settings
from core.code_reader.values import Value

KERAS_BATCH = 32
UNKNOWN_LENGTH = "The length of the training cannot be determined."


def loop_settings(network: Network, settings: Settings) -> None:
    """Add epochs and batch size."""
    training = network.training
    if training.condition_line:
        sentence = (
            f"The training depends on the condition in line {training.condition_line}, which was"
            " assumed to be true."
        )
        network.add_ignored(training.condition_line, sentence)
    loader = next((loop for loop in reversed(training.loops) if loop.is_loader), None)
    _note_images_used(network)
    _batch_size(network, training, loader, settings)
    _epochs(network, training, loader, settings)


def _enclosing_loops(training: Training) -> list[Loop]:
    """The loops that train the same model again and again, outermost first."""
    model_serial = getattr(training.model, "serial", 0)
    return [loop for loop in training.loops if model_serial < loop.first_serial]


def _note_images_used(network: Network) -> None:
    """Note a training on other images than the lab's, or in their stored order."""
    training, source = network.training, network.inputs.source
    loops = _enclosing_loops(training)
    is_over_batches = any(loop.is_loader and loop.count is None for loop in loops)
    starts = [] if is_over_batches else [loop.first_serial for loop in loops]
    steps = lineage(network.input_tensor) if network.input_tensor is not None else []
    parts: list[int | bool] = []
    for step in steps:
        if step.detail.get("part") is not None and step.serial < min(starts, default=math.inf):
            before = [] if step.detail.get("concatenated") else parts
            parts = [*before, step.detail["part"]]
    _note_count(network, source, [part for part in parts if part is not True], bool(parts))
    for step in steps:
        if step.detail.get("unshuffled"):
            sentence = "The images are not shuffled; the lab shuffles them in each epoch."
            network.add_ignored(step.detail["unshuffled"], sentence)
    for loop in training.loops:
        if loop.exit_line:
            sentence = (
                f"Line {loop.exit_line} may end the loop early or skip steps; the lab trains all"
                " epochs on all images."
            )
            network.add_ignored(loop.exit_line, sentence)


def _note_count(
    network: Network, source: Tensor | None, parts: list[int], is_selected: bool
) -> None:
    """Note how many of the images are used, unless it is as many as in the lab."""
    detail = source.detail if source is not None else {}
    count = source.shape[0] if source is not None and source.shape else None
    expected = COUNTS.get(str(detail.get("dataset")), (None, None))[0]
    used = min(parts) if parts else None if is_selected else count
    sentence = ""
    if detail.get("split") == "test":
        sentence = "The network is trained on the test images; the lab uses the training images."
    elif used is not None and expected is not None and used < expected:
        sentence = f"Only {used} of the {expected} images are used; the lab uses all of them."
    elif used is not None and expected is not None and used > expected:
        sentence = f"The network is trained on {used} images; the lab uses {expected}."
    elif is_selected and used != expected:
        sentence = "The code may use only some of the images; the lab uses all of them."
    if sentence:
        network.add_ignored(network.training.line, sentence)


def _batch_size(
    network: Network, training: Training, loader: Loop | None, settings: Settings
) -> None:
    size: Value = training.batch_size
    line = training.batch_line or training.line
    if size is None and loader is not None:
        size, line = loader.batch_size, loader.line
    if size is None and (batch := _random_batch(training)) is not None:
        size, line = batch.detail["batch_size"], batch.detail["batch_line"]
    if isinstance(size, float) and size.is_integer():
        size = int(size)
    if isinstance(size, int) and not isinstance(size, bool):
        settings.read("batch_size", size, line)
    elif size is not None:
        network.add_unsupported(line, f"Line {line}: the batch size cannot be determined.")
    elif training.framework == "keras" and not training.is_step:
        settings.assume(
            "batch_size", KERAS_BATCH, f"The code does not set it; {KERAS_BATCH} is Keras' default."
        )
    elif loader is not None:
        settings.assume("batch_size", 100, "The code does not set the batch size.", loader.line)
    else:
        _full_batch(network, settings)


def _full_batch(network: Network, settings: Settings) -> None:
    """The batch size of a loop that uses all images in each step."""
    inputs = network.input_tensor
    count = inputs.shape[0] if inputs is not None and inputs.shape else None
    line = network.training.line
    if count is None:
        settings.assume(
            "batch_size", 100, "The number of images per step cannot be determined.", line
        )
        return
    settings.read("batch_size", count, line)


def _random_batch(training: Training) -> Tensor | None:
    """The batch from `next_batch` or random indices; None if there is none."""
    for tensor in ancestors(training.loss) if training.loss else []:
        if tensor.op == "rows" and "batch_size" in tensor.detail:
            return tensor
    return None


def _epochs(network: Network, training: Training, loader: Loop | None, settings: Settings) -> None:
    loops = [loop for loop in _enclosing_loops(training) if not loop.is_loader]
    given = training.epochs
    if isinstance(given, float) and given.is_integer():
        given = int(given)
    if given is not None and not isinstance(given, int):
        line = training.epochs_line or training.line
        reason = f"The number of epochs in line {line} cannot be determined."
        settings.assume("epochs", 1, reason, line)
    elif given is None and loader is None and (batch := _random_batch(training)) is not None:
        _epochs_of_steps(loops, batch, training, settings)
    elif loader is not None and isinstance(loader.steps, int) and not loops:
        _epochs_of_batches(network, loader, settings)
    elif len(loops) > 1 and given is None and loader is None:
        reason = (
            f"The loop in line {loops[-1].line} was assumed to run over the batches of an epoch."
        )
        settings.assume("epochs", loops[0].count or 1, reason, loops[0].line)
    elif (endless := next((loop for loop in loops if loop.count is None), None)) is not None:
        reason = f"The number of iterations of the loop in line {endless.line} is unknown."
        settings.assume("epochs", 1, reason, endless.line)
    elif loader is None and given is None and loops and _is_batch_size_assumed(settings):
        line = loops[0].line
        reason = f"The loop in line {line} may run over epochs or over steps; epochs were assumed."
        settings.assume("epochs", loops[0].count or 1, reason, line)
    elif given is None and not loops:
        _default_epochs(training, settings)
    else:
        total = math.prod((1 if given is None else given, *(loop.count or 1 for loop in loops)))
        line = loops[0].line if loops else training.epochs_line or training.line
        settings.read("epochs", total, line)


def _is_batch_size_assumed(settings: Settings) -> bool:
    setting = settings.by_name.get("batch_size")
    return setting is not None and setting.is_assumed


def _default_epochs(training: Training, settings: Settings) -> None:
    if training.default_epochs is not None:
        reason = f"The code does not set it; {training.default_epochs} is the Trainer's default."
        settings.assume("epochs", training.default_epochs, reason)
    elif training.framework == "keras":
        settings.assume("epochs", 1, "The code does not set it; 1 is Keras' default.")
    else:
        settings.assume("epochs", 1, "The code has no loop over epochs.")


def _epochs_of_batches(network: Network, loader: Loop, settings: Settings) -> None:
    """The epochs of a number of batches from an infinitely repeated data set."""
    source = network.inputs.source
    count = source.shape[0] if source is not None and source.shape else None
    size = loader.batch_size
    if not isinstance(size, int) or not isinstance(count, int):
        settings.assume("epochs", 1, UNKNOWN_LENGTH, loader.line)
    else:
        _assume_epochs(loader.steps, size, count, loader.line, settings)


def _epochs_of_steps(
    loops: list[Loop], batch: Tensor, training: Training, settings: Settings
) -> None:
    """The epochs of loops over random batches, such as those from `next_batch`."""
    size, count = batch.detail["batch_size"], batch.detail["count"]
    if len(loops) >= 2 and loops[0].count is not None:
        settings.read("epochs", loops[0].count, loops[0].line)
    elif len(loops) == 1 and loops[0].count and isinstance(size, int) and count:
        _assume_epochs(loops[0].count, size, count, loops[0].line, settings)
    else:
        settings.assume("epochs", 1, UNKNOWN_LENGTH, training.line)


def _assume_epochs(steps: int, size: int, count: int, line: int, settings: Settings) -> None:
    """Convert a number of steps to epochs over all images."""
    epochs = max(1, round(steps * size / count))
    noun = "epoch" if epochs == 1 else "epochs"
    reason = f"{steps} steps of {size} images are about {epochs} {noun} of {count} images."
    settings.assume("epochs", epochs, reason, line)
