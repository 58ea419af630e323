"""The state of the reader, with the records of loops, trainings and notes."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Literal

from core.code_reader.budget import Budget
from core.code_reader.model_values import Instance, Layer, Model, Tensor
from core.code_reader.values import (
    Arguments,
    LibraryObject,
    Scope,
    Shape,
    Unknown,
    UserClass,
    Value,
)

NoteKind = Literal["assumed", "ignored", "unsupported", "fault"]
# The largest number of iterations that are evaluated, in all loops together.
MAX_ITERATIONS = 600


@dataclass(frozen=True)
class Note:
    """A note about a line, made while the script is evaluated."""

    kind: NoteKind
    code: str
    line: int
    sentence: str
    about: Value = None  # the model, layer or tensor that it is about; None for all
    node: ast.AST | None = None
    suggestion: str = ""


@dataclass(eq=False)
class Loop:
    """A loop that is being evaluated.

    Attributes:
        count: number of iterations; None if it cannot be determined.
        batch_size: that of its loader, if there is one.
        is_loader: whether it iterates over batches of data.
        steps: number of batches taken from an infinite loader.
        first_serial: values created before the loop have smaller serial numbers.
        exit_line: the line of an unknown condition that may end an iteration early; 0 for none.
    """

    line: int
    count: int | None
    is_loader: bool = False
    batch_size: Value = None
    first_serial: int = 0
    trained: bool = False
    steps: Value = None
    exit_line: int = 0


@dataclass(eq=False)
class Training:
    """A call or a loop that trains a network.

    Attributes:
        line: of `fit` or `backward`.
        framework: "keras", "torch" or "tensorflow".
        model: the trained object, if there is one.
        loss: the tensor of the loss; None if it cannot be traced.
        optimizer: the optimizer, or None.
        epochs, batch_size: values; None if the code does not state them.
        inputs, targets: tensors passed to the network and compared with its outputs.
        loops: the enclosing loops.
        is_step: whether it is a single step instead of a call with epochs.
        default_epochs: the framework's default, if the code states no epochs.
        seed: the last seed set before it.
    """

    line: int
    framework: str
    model: Value
    loss: Tensor | None
    optimizer: Value = None
    epochs: Value = None
    batch_size: Value = None
    epochs_line: int | None = None
    batch_line: int | None = None
    inputs: Tensor | None = None
    targets: Tensor | None = None
    output: Tensor | None = None
    call: Arguments | None = None
    compiled_call: Arguments | None = None
    loops: tuple[Loop, ...] = ()
    condition_line: int = 0
    problem: str = ""
    is_step: bool = False
    default_epochs: int | None = None
    seed: Value = None
    seed_line: int = 0


@dataclass(frozen=True)
class Evaluators:
    """The entry points of evaluation, passed in to avoid circular imports."""

    evaluate: Callable[[ReaderState, ast.expr | None, Scope], Value]
    execute: Callable[[ReaderState, list[ast.stmt], Scope], None]
    call: Callable[[ReaderState, Value, Arguments], Value]


@dataclass(eq=False)
class ReaderState:
    """The state of the reader while it evaluates a script."""

    budget: Budget
    evaluators: Evaluators
    module: Scope = field(default_factory=Scope)
    trainings: list[Training] = field(default_factory=list)
    layers: list[Layer] = field(default_factory=list)
    models: list[Model] = field(default_factory=list)
    tensors: list[Tensor] = field(default_factory=list)
    shown: list[Tensor] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    loops: list[Loop] = field(default_factory=list)
    condition_lines: list[int] = field(default_factory=list)
    called: set[int] = field(default_factory=set)
    used_names: set[str] = field(default_factory=set)
    defined: set[str] = field(default_factory=set)
    has_imports: bool = False
    has_unknown_star_import: bool = False
    calls: list[str] = field(default_factory=list)
    iterations: int = 0
    seed: Value = None
    seed_line: int = 0
    _serial: int = 0

    def evaluate(self, node: ast.expr | None, scope: Scope) -> Value:
        """The value of an expression."""
        return self.evaluators.evaluate(self, node, scope)

    def execute(self, body: list[ast.stmt], scope: Scope) -> None:
        """Execute statements."""
        self.evaluators.execute(self, body, scope)

    def call(self, callee: Value, arguments: Arguments) -> Value:
        """The value of a call."""
        return self.evaluators.call(self, callee, arguments)

    def optimize(self, framework: str, optimizer: Value) -> None:
        """Set the optimizer of the last training of a framework that has none yet."""
        for training in reversed(self.trainings):
            if training.framework == framework and training.optimizer is None:
                training.optimizer = optimizer
                break

    @property
    def serial(self) -> int:
        """A new serial number, larger than all previous ones."""
        self._serial += 1
        return self._serial

    @property
    def condition_line(self) -> int:
        """The line of the innermost condition with an unknown value; 0 for none."""
        return self.condition_lines[-1] if self.condition_lines else 0

    @contextmanager
    def under_condition(self, line: int) -> Iterator[None]:
        """Evaluate code that runs only if a condition in this line is true."""
        self.condition_lines.append(line)
        try:
            yield
        finally:
            self.condition_lines.pop()

    def note(
        self,
        kind: NoteKind,
        code: str,
        line: int,
        sentence: str,
        about: Value = None,
        node: ast.AST | None = None,
        suggestion: str = "",
    ) -> None:
        """Add a note, once for each line and code."""
        if not any(
            (n.kind, n.code, n.line, n.about) == (kind, code, line, about) for n in self.notes
        ):
            self.notes.append(Note(kind, code, line, sentence, about, node, suggestion))

    def tensor(
        self,
        op: str,
        *parents: Tensor,
        node: ast.AST | None = None,
        line: int = 0,
        shape: Shape | None = None,
        **detail: Value,
    ) -> Tensor:
        """Create and record a tensor."""
        made = Tensor(
            op=op,
            parents=parents,
            line=line or getattr(node, "lineno", 0),
            node=node,
            shape=shape,
            detail=detail,
            serial=self.serial,
        )
        self.tensors.append(made)
        return made

    def add_layer(self, layer: Layer) -> Layer:
        """Record a new layer."""
        layer.serial, layer.condition_line = self.serial, self.condition_line
        self.layers.append(layer)
        return layer

    def add_model(self, model: Model) -> Model:
        """Record a new model."""
        model.serial, model.condition_line = self.serial, self.condition_line
        self.models.append(model)
        return model

    def train(self, training: Training) -> None:
        """Record a training."""
        training.loops = tuple(self.loops)
        training.condition_line = self.condition_line
        training.seed, training.seed_line = self.seed, self.seed_line
        self.trainings.append(training)
        made = getattr(training.model, "serial", 0)
        for loop in self.loops:
            loop.trained = loop.trained or made < loop.first_serial

    def unknown(self, node: ast.AST, reason: str = "") -> Unknown:
        """An unknown value for an expression."""
        return Unknown(reason, getattr(node, "lineno", 0))


# Evaluates a call of a library's function.
Handler = Callable[[ReaderState, Arguments], Value]


def constructor(kind: str, name: str) -> Handler:
    """The handler of a constructor whose arguments do not matter."""
    return lambda state, args: LibraryObject(kind, name, args.line, args)


class ControlFlow(Exception):
    """`return`, `break` or `continue` was reached."""


class Return(ControlFlow):
    """`return`, with its value."""

    def __init__(self, value: Value) -> None:
        super().__init__()
        self.value = value


class Break(ControlFlow):
    """`break`."""


class Continue(ControlFlow):
    """`continue`."""


def instance_of(cls: UserClass, state: ReaderState, line: int) -> Instance:
    """A new object of a class of the script."""
    framework = "torch" if cls.library_base.startswith(("torch", "lightning")) else "keras"
    made = Instance(line=line, framework=framework, cls=cls)
    state.add_model(made)
    return made
