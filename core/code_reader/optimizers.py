"""Constructors of optimizers, learning rate schedules and callbacks."""

from __future__ import annotations

from core.code_reader.reader_state import Handler, ReaderState, constructor
from core.code_reader.values import Arguments, LibraryObject, Value
from core.code_reader.vocabulary import KNOWN_OPTIMIZERS

KERAS = ("Adam", "AdamW", "SGD", "RMSprop", "Adadelta", "Adagrad", "Nadam", "Adamax", "Ftrl")
KERAS_MORE = ("Lion", "Adafactor", "RMSProp", "NAdam")
TORCH = (*KERAS[:4], "Adadelta", "Adagrad", "NAdam", "Adamax", "RAdam", "LBFGS", "ASGD", "Rprop")
TENSORFLOW = ("Adam", "GradientDescent", "RMSProp", "Adadelta", "Adagrad", "Momentum", "Ftrl")
SCHEDULES = (
    *("ExponentialDecay", "PiecewiseConstantDecay", "PolynomialDecay", "InverseTimeDecay"),
    *("CosineDecay", "CosineDecayRestarts", "LearningRateSchedule"),
)
CALLBACKS: dict[str, str] = {
    "EarlyStopping": "Early stopping is ignored: the lab trains all epochs.",
    "ReduceLROnPlateau": (
        "Reducing the learning rate on a plateau is ignored: the rate stays constant."
    ),
    "LearningRateScheduler": "The learning rate schedule is ignored: the rate stays constant.",
    "ModelCheckpoint": "Saving the best weights is ignored: the lab keeps the last ones.",
    "TensorBoard": "",
    "CSVLogger": "",
    "History": "",
    "TerminateOnNaN": "",
    "LambdaCallback": "A callback is ignored.",
    "BackupAndRestore": "",
    "ProgbarLogger": "",
}


KNOWN_ARGUMENTS = {
    *("learning_rate", "lr", "momentum", "nesterov", "weight_decay", "decay", "params", "name")
}


# The frameworks' defaults of other arguments; None and False for those not listed.
DEFAULTS: dict[str, tuple[Value, ...]] = {
    "betas": ((0.9, 0.999), [0.9, 0.999]),
    "beta_1": (0.9,),
    "beta1": (0.9,),
    "beta_2": (0.999,),
    "beta2": (0.999,),
    "eps": (1e-8,),
    "epsilon": (None, 1e-7, 1e-8),
    "dampening": (0,),
}


def _optimizer(framework: str, name: str) -> Handler:
    spec = KNOWN_OPTIMIZERS[name.lower()]

    def handle(state: ReaderState, args: Arguments) -> Value:
        at = 1 if framework == "torch" else 0
        options: dict[str, Value] = {
            "framework": framework,
            "spec": spec,
            "learning_rate": args.get(at, "learning_rate", "lr"),
            "momentum": args.get(None, "momentum"),
            "nesterov": args.get(None, "nesterov"),
            "weight_decay": args.get(None, "weight_decay"),
            "decay": args.get(None, "decay"),
            "params": args.get(0, "params") if framework == "torch" else None,
        }
        others = sorted(
            other
            for other, value in args.keywords.items()
            if other not in KNOWN_ARGUMENTS and value not in DEFAULTS.get(other, (None, False))
        )
        if others:
            options["others"] = others
        if name in ("SGD", "Momentum", "MomentumOptimizer"):
            options["momentum"] = args.get(at + 1, "momentum")
        return LibraryObject("optimizer", spec.name, args.line, args, options)

    return handle


def by_name(name: str, args: Arguments) -> LibraryObject | None:
    """The optimizer for a string in `compile`; None if Keras has no such optimizer."""
    spec = KNOWN_OPTIMIZERS.get(name.lower())
    if spec is None or spec.keras_rate is None:
        return None
    options: dict[str, Value] = {"framework": "keras", "spec": spec, "by_name": True}
    return LibraryObject("optimizer", spec.name, args.line_of(0, "optimizer"), args, options)


def _schedule(name: str) -> Handler:
    def handle(state: ReaderState, args: Arguments) -> Value:
        start = args.get(0, "initial_learning_rate")
        return LibraryObject("schedule", name, args.line, args, {"start": start})

    return handle


def note_callbacks(state: ReaderState, given: Value, args: Arguments, about: Value = None) -> None:
    """Note the callbacks that the lab ignores."""
    for callback in given if isinstance(given, (list, tuple)) else [given]:
        name = callback.name if isinstance(callback, LibraryObject) else ""
        sentence = CALLBACKS.get(name, "A callback is ignored." if callback is not None else "")
        if sentence:
            line = callback.line if isinstance(callback, LibraryObject) else args.line
            state.note("ignored", name or "callback", line, sentence, about)


def _torch_schedule(state: ReaderState, args: Arguments) -> Value:
    sentence = "The learning rate schedule is ignored: the rate stays constant."
    state.note("ignored", "schedule", args.line, sentence)
    return LibraryObject("torch_schedule", "schedule", args.line, args)


TORCH_SCHEDULES = (
    *("StepLR", "MultiStepLR", "ExponentialLR", "CosineAnnealingLR", "ReduceLROnPlateau"),
    *("LambdaLR", "CyclicLR", "OneCycleLR", "CosineAnnealingWarmRestarts", "LinearLR"),
)
HANDLERS: dict[str, Handler] = {
    **{f"keras.optimizers.{name}": _optimizer("keras", name) for name in (*KERAS, *KERAS_MORE)},
    **{f"torch.optim.{name}": _optimizer("torch", name) for name in TORCH},
    **{f"tensorflow.train.{name}Optimizer": _optimizer("tensorflow", name) for name in TENSORFLOW},
    **{f"keras.optimizers.schedules.{name}": _schedule(name) for name in SCHEDULES},
    **{
        f"{library}.callbacks.{name}": constructor("callback", name)
        for library in ("keras", "lightning")
        for name in CALLBACKS
    },
    **{f"torch.optim.lr_scheduler.{name}": _torch_schedule for name in TORCH_SCHEDULES},
}
