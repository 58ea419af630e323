"""Training with Keras: compile, fit and train_on_batch."""

from __future__ import annotations

from collections.abc import Callable

from core.code_reader import signatures
from core.code_reader.fallbacks import nearest, note_misspelt
from core.code_reader.iteration import generated_dataset, rows
from core.code_reader.losses import keras_loss
from core.code_reader.model_values import (
    Compiled,
    FunctionalModel,
    ImageDataset,
    Instance,
    SequentialModel,
    Tensor,
)
from core.code_reader.models import apply_model
from core.code_reader.optimizers import by_name, note_callbacks
from core.code_reader.pixels import lineage
from core.code_reader.reader_state import Loop, ReaderState, Training
from core.code_reader.values import Arguments, BoundMethod, Function, LibraryObject, Unknown, Value
from core.code_reader.vocabulary import KNOWN_OPTIMIZERS

KerasModel = SequentialModel | FunctionalModel | Instance
Method = Callable[[ReaderState, KerasModel, Arguments], Value]


IGNORED_ARGUMENTS = {
    "validation_split": "validation_split is ignored: the lab trains on all training images.",
    "sample_weight": "sample_weight is ignored: all images have the same weight.",
    "class_weight": "class_weight is ignored: all images have the same weight.",
    "initial_epoch": "initial_epoch is ignored.",
}


def compile_(state: ReaderState, model: KerasModel, args: Arguments) -> Value:
    """model.compile(...)."""
    signatures.check(state, "compile", args)
    optimizer = args.get(0, "optimizer", default="rmsprop")
    if isinstance(optimizer, str):
        optimizer = _named(state, optimizer, args)
    elif not isinstance(optimizer, (LibraryObject, Unknown)):
        optimizer = _class(optimizer, args)
    model.compiled = Compiled(args.get(1, "loss"), optimizer, args)
    metrics = args.get(None if len(args.positional) < 3 else 2, "metrics")
    for metric in metrics if isinstance(metrics, (list, tuple)) else [metrics]:
        if metric in ("accuracy", "acc"):
            _accuracy(state, model, args)
    return None


def _named(state: ReaderState, name: str, args: Arguments) -> Value:
    found = by_name(name, args)
    if found is not None:
        return found
    near = nearest(name.lower(), KNOWN_OPTIMIZERS)
    line, node = args.line_of(0, "optimizer"), args.expression(0, "optimizer")
    note_misspelt(state, f"Keras has no optimizer {name[:40]!r}", near, line, node)
    return Unknown("Keras has no such optimizer", line)


def _class(value: Value, args: Arguments) -> Value:
    """`optimizer=Adam`: a class instead of an object."""
    name = getattr(value, "path", "").rpartition(".")[2]
    return by_name(name, args) or Unknown("the optimizer cannot be determined", args.line)


def _accuracy(state: ReaderState, model: KerasModel, args: Arguments) -> None:
    node = args.expression(2, "metrics") or args.node
    sentence = (
        f"Line {node.lineno}: accuracy counts outputs that equal their targets exactly; for grey"
        " values it says nothing about the images."
    )
    state.note("fault", "accuracy_metric", node.lineno, sentence, model, node)


def fit(state: ReaderState, model: KerasModel, args: Arguments) -> Value:
    """model.fit(...)."""
    signatures.check(state, "fit", args)
    data, target = _data(state, args.get(0, "x", "generator"), args), args.get(1, "y")
    batch_size, batch_line = args.get(2, "batch_size"), args.line_of(2, "batch_size")
    if isinstance(data, ImageDataset):
        if data.batch_size is not None:
            batch_size, batch_line = data.batch_size, data.line
        data, target = _element(data.element, target)
    elif isinstance(data, tuple) and target is None:  # yielded by a generator
        data, target = _element(data, target)
    if isinstance(data, Tensor) and args.get(None, "shuffle") is False:
        data = rows(state, data)
        data.detail["unshuffled"] = args.line_of(None, "shuffle")
    note_callbacks(state, args.get(5, "callbacks"), args, model)
    mark_validation_data(args.get(None, "validation_data"))
    alike = signatures.similar_argument(args, "epochs") if len(args.keywords) else ""
    names = ["epochs", "nb_epoch"] + ([alike] if alike else [])
    training = Training(
        line=args.line,
        framework="keras",
        model=model,
        loss=None,
        epochs=args.get(3, *names),
        epochs_line=args.line_of(3, *names),
        batch_size=batch_size,
        batch_line=batch_line,
        call=args,
    )
    for name, sentence in IGNORED_ARGUMENTS.items():
        if args.get(None, name) not in (None, True, 0):
            state.note("ignored", name, args.line_of(None, name), sentence, model)
    if not _covers_all(data, batch_size, args.get(None, "steps_per_epoch")):
        sentence = "steps_per_epoch is ignored: the lab uses all images in each epoch."
        state.note("ignored", "steps_per_epoch", args.line, sentence, model)
    _trace_to_loss(state, training, data, target, args)
    state.train(training)
    return LibraryObject("history", "history", args.line, args)


def fit_generator(state: ReaderState, model: KerasModel, args: Arguments) -> Value:
    """`model.fit_generator(batches, steps_per_epoch, epochs)` of old versions."""
    given = dict(zip(("steps_per_epoch", "epochs"), args.positional[1:], strict=False))
    return fit(state, model, Arguments(args.node, args.positional[:1], {**given, **args.keywords}))


def _data(state: ReaderState, given: Value, args: Arguments) -> Value:
    """The training data; for an object of the script, such as a Sequence, its batches."""
    getter = given.cls.find("__getitem__") if isinstance(given, Instance) and given.cls else None
    if not isinstance(getter, Function):
        return given
    loop = Loop(args.line, None, first_serial=state.serial)
    state.loops.append(loop)
    first = state.call(BoundMethod(getter, given), Arguments(args.node, [0]))
    state.loops.pop()
    return generated_dataset(first, [loop], args.line)


def _covers_all(data: Value, size: Value, steps: Value) -> bool:
    """Whether this number of steps uses all images, except for an incomplete last batch."""
    source = lineage(data)[0] if isinstance(data, Tensor) else None
    count = source.shape[0] if source is not None and source.shape else None
    if steps is None or not (isinstance(size, int) and isinstance(count, int) and size > 0):
        return steps is None
    return steps in (count // size, -(-count // size))


def mark_validation_data(given: Value) -> None:
    """Mark `validation_data` as inputs of the model."""
    for value in given if isinstance(given, (list, tuple)) else (given,):
        if isinstance(value, Tensor):
            value.detail["is_model_input"] = True


def _element(element: Value, target: Value) -> tuple[Value, Value]:
    if isinstance(element, (tuple, list)) and len(element) >= 2:
        return element[0], element[1]
    return element, target


def _trace_to_loss(
    state: ReaderState, training: Training, data: Value, target: Value, args: Arguments
) -> None:
    """Evaluate the model and its loss, and add them to a training."""
    model, compiled = training.model, training.model.compiled
    if isinstance(data, (list, tuple)) and len(data) == 1:
        data = data[0]
    if not isinstance(data, Tensor):
        reason = getattr(data, "reason", "") or "the training data cannot be traced"
        if isinstance(data, Unknown) and data.name:
            reason = f"{data.name} is not defined"
        data = state.tensor("untraced", node=args.node, reason=reason)
    training.inputs = data
    training.targets = target if isinstance(target, Tensor) else None
    step = model.cls.find("train_step") if isinstance(model, Instance) and model.cls else None
    given = (data, target) if isinstance(target, Tensor) else data
    if isinstance(step, Function) and _custom_train_step(state, training, step, given, args):
        return
    output = apply_model(state, model, data, args)
    training.output = output if isinstance(output, Tensor) else None
    if compiled is None:
        training.problem = f"Line {args.line}: the model is trained, but never compiled."
        return
    training.optimizer, training.compiled_call = compiled.optimizer, compiled.call
    loss = keras_loss(state, compiled.loss, output, target, compiled.call)
    training.loss = loss if isinstance(loss, Tensor) else None


def _custom_train_step(
    state: ReaderState, training: Training, step: Function, data: Value, args: Arguments
) -> bool:
    """Evaluate a custom `train_step`; add a note and return False if it does not train."""
    model, before = training.model, len(state.trainings)
    state.call(BoundMethod(step, model), Arguments(args.node, [data]))
    custom = state.trainings[before:]
    del state.trainings[before:]
    if not custom:
        line = step.node.lineno
        sentence = f"Line {line}: this custom train_step cannot be traced."
        state.note("unsupported", "train_step", line, sentence, model)
        return False
    training.loss, training.optimizer = custom[0].loss, custom[0].optimizer
    return True


def add_untrained_model(state: ReaderState, model: KerasModel) -> None:
    """Add a training for a model that is compiled but never trained, in an incomplete script."""
    compiled = model.compiled
    if compiled is None:
        return
    if isinstance(model, FunctionalModel) and model.inputs:
        data = model.inputs[0]
    else:
        data = state.tensor("undefined", node=compiled.call.node)
    training = Training(
        line=compiled.call.line,
        framework="keras",
        model=model,
        loss=None,
        call=None,
        optimizer=compiled.optimizer,
        compiled_call=compiled.call,
        inputs=data,
        targets=data,
    )
    output = apply_model(state, model, data, compiled.call)
    training.output = output if isinstance(output, Tensor) else None
    loss = keras_loss(state, compiled.loss, output, data, compiled.call)
    training.loss = loss if isinstance(loss, Tensor) else None
    state.train(training)


def train_on_batch(state: ReaderState, model: KerasModel, args: Arguments) -> Value:
    """model.train_on_batch(x, y)."""
    training = Training(args.line, "keras", model, None, call=args, is_step=True)
    _trace_to_loss(state, training, args.get(0, "x"), args.get(1, "y"), args)
    state.train(training)
    return Unknown("a loss", args.line)
