"""Training with PyTorch: `backward`, `step`, and Lightning's Trainer."""

from __future__ import annotations

from core.code_reader.model_values import ImageDataset, Instance, Tensor
from core.code_reader.optimizers import note_callbacks
from core.code_reader.pixels import ancestors
from core.code_reader.reader_state import Loop, ReaderState, Training, constructor
from core.code_reader.values import Arguments, BoundMethod, Function, LibraryObject, Unknown, Value

# The Trainer's default if neither max_epochs nor max_steps is given.
LIGHTNING_EPOCHS = 1000


def backward(state: ReaderState, loss: Value, args: Arguments) -> Value:
    """loss.backward()."""
    if not isinstance(loss, Tensor):
        return None
    if any(training.loss is loss for training in state.trainings):
        return None
    training = Training(args.line, "torch", None, loss)
    training.model = earliest_layer(loss)
    state.train(training)
    return None


def earliest_layer(loss: Tensor) -> Value:
    """The first layer on which a loss depends; None if there is none."""
    found: list[Value] = []
    for tensor in ancestors(loss):
        if tensor.detail.get("layer") is not None:
            found.append(tensor.detail["layer"])
        elif tensor.op == "matmul":
            found.append(tensor.parents[-1])
    return min(found, key=lambda layer: layer.serial, default=None)


def step(state: ReaderState, optimizer: LibraryObject, args: Arguments) -> Value:
    """`optimizer.step()`, which minimizes the last loss."""
    state.optimize("torch", optimizer)
    last = state.trainings[-1] if state.trainings else None
    if last is not None and isinstance(last.optimizer, LibraryObject):
        _join(state, last, last.optimizer, optimizer)
    if last is not None and state.condition_line and not last.condition_line:
        line = state.condition_line
        sentence = (
            f"The optimizer's step depends on the condition in line {line}; the lab updates the"
            " weights after every batch."
        )
        state.note("ignored", "step", line, sentence, last.model)
    return None


def _join(
    state: ReaderState, training: Training, first: LibraryObject, other: LibraryObject
) -> None:
    """Treat two optimizers with the same settings as one with the weights of both."""
    if other is first or other in first.options.get("joined", ()):
        return
    first.options.setdefault("joined", []).append(other)
    same = ("learning_rate", "momentum", "nesterov", "weight_decay")
    if first.name != other.name or any(first.options.get(n) != other.options.get(n) for n in same):
        line = other.line
        sentence = f"Line {line}: a second optimizer with other settings is not supported."
        state.note("unsupported", "optimizers", line, sentence, training.model)


def _clip(state: ReaderState, args: Arguments) -> Value:
    state.note("ignored", "clip", args.line, "Gradient clipping is ignored.")
    return None


def lightning_fit(state: ReaderState, trainer: LibraryObject, args: Arguments) -> Value:
    """trainer.fit(model, loader)."""
    model = args.get(0, "model")
    loader = args.get(1, "train_dataloaders", "train_dataloader", "datamodule")
    if not isinstance(model, Instance) or model.cls is None:
        return None
    loader = _loader(state, model if loader is None else loader, args)
    training_step = model.cls.find("training_step")
    if not isinstance(training_step, Function) or not isinstance(loader, ImageDataset):
        return None
    line = training_step.node.lineno
    loop = Loop(line, None, True, loader.batch_size, state.serial)
    state.loops.append(loop)
    made = state.call(BoundMethod(training_step, model), Arguments(args.node, [loader.element, 0]))
    loss = made.get("loss") if isinstance(made, dict) else made
    if isinstance(loss, Tensor):
        training = Training(args.line, "torch", model, loss)
        training.epochs = trainer.options.get("epochs")
        training.epochs_line = trainer.options.get("epochs_line")
        training.default_epochs = trainer.options.get("usual_epochs")
        training.optimizer = _optimizer(state, model, args)
        state.train(training)
    state.loops.pop()
    return None


def _loader(state: ReaderState, source: Value, args: Arguments) -> Value:
    if isinstance(source, ImageDataset):
        return source
    if isinstance(source, Instance) and source.cls is not None:
        for name in ("prepare_data", "setup", "train_dataloader"):
            method = source.cls.find(name)
            if isinstance(method, Function):
                made = state.call(BoundMethod(method, source), Arguments(args.node, []))
                if isinstance(made, ImageDataset):
                    return made
    return Unknown("the loader cannot be traced", args.line)


def _optimizer(state: ReaderState, model: Instance, args: Arguments) -> Value:
    method = model.cls.find("configure_optimizers") if model.cls else None
    if not isinstance(method, Function):
        return None
    made = state.call(BoundMethod(method, model), Arguments(args.node, []))
    if isinstance(made, dict):
        made = made.get("optimizer")
    while isinstance(made, (list, tuple)) and made:
        made = made[0]
    return made


def trainer(state: ReaderState, args: Arguments) -> Value:
    """Lightning's Trainer(max_epochs=...)."""
    options = {
        "epochs": args.get(None, "max_epochs", "epochs"),
        "epochs_line": args.line_of(None, "max_epochs"),
    }
    note_callbacks(state, args.get(None, "callbacks"), args)
    for name in ("limit_train_batches", "gradient_clip_val", "accumulate_grad_batches"):
        if args.get(None, name) not in (None, 1, 1.0):
            line = args.line_of(None, name)
            state.note("ignored", name, line, f"{name} of the Trainer is ignored.")
    if not {"max_steps", "max_time"} & args.keywords.keys():
        options["usual_epochs"] = LIGHTNING_EPOCHS
    return LibraryObject("trainer", "Trainer", args.line, args, options)


HANDLERS = {
    "lightning.Trainer": trainer,
    "torch.cuda.amp.GradScaler": constructor("grad_scaler", "GradScaler"),
    "torch.amp.GradScaler": constructor("grad_scaler", "GradScaler"),
    **{f"torch.nn.utils.clip_grad_{what}_": _clip for what in ("norm", "value")},
}
