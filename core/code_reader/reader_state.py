"""The state of one reading."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Literal

from core.code_reader.budget import Budget
from core.code_reader.values import (
    Arguments,
    Instance,
    Layer,
    Model,
    Scope,
    Shape,
    Tensor,
    Unknown,
    UserClass,
    Value,
)

NoteKind = Literal["assumed", "ignored", "unsupported", "fault"]
# The largest number of iterations that are followed, in all loops together.
MAX_ITERATIONS = 600


@dataclass(frozen=True)
class Note:
    """A note about a line, made while the code is followed."""

    kind: NoteKind
    code: str
    line: int
    sentence: str
    about: Value = None  # the object concerned; None for all
    node: ast.AST | None = None
    suggestion: str = ""


@dataclass(eq=False)
class Loop:
    """A loop that is being followed.

    Attributes:
        count: number of iterations; None if it cannot be determined.
        batches: the batch size of its loader, if there is one.
        is_loader: whether it iterates over batches of data.
        steps: number of batches taken from an infinite loader.
        first_serial: values made before the loop have smaller serial numbers.
        left: the line of an undecided condition under which an iteration ends early; 0 for none.
    """

    line: int
    count: int | None
    is_loader: bool = False
    batches: Value = None
    first_serial: int = 0
    trained: bool = False
    steps: Value = None
    left: int = 0


@dataclass(eq=False)
class Training:
    """A call or a loop that trains a network.

    Attributes:
        line: of `fit` or `backward`.
        framework: "keras", "torch" or "tensorflow".
        model: the trained object, if there is one.
        loss: the tensor of the loss; None if it cannot be followed.
        optimizer: as given, or None.
        epochs, batch_size: values; None if the code does not state them.
        inputs, targets: tensors that the network gets and that outputs are compared with.
        loops: the enclosing loops.
        is_step: whether it is a single step instead of a call with epochs.
        usual_epochs: those of the framework where the code states none.
        seed: the last one that is set before it.
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
    usual_epochs: int | None = None
    seed: Value = None
    seed_line: int = 0


@dataclass(frozen=True)
class Evaluators:
    """The three entry points of evaluation, passed in to avoid circular imports."""

    evaluate: Callable[[ReaderState, ast.expr | None, Scope], Value]
    execute: Callable[[ReaderState, list[ast.stmt], Scope], None]
    call: Callable[[ReaderState, Value, Arguments], Value]


@dataclass(eq=False)
class ReaderState:
    """The state of the reader while it follows the code."""

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
    has_unknown_star: bool = False
    calls: list[str] = field(default_factory=list)
    iterations: int = 0
    seed: Value = None
    seed_line: int = 0
    _serial: int = 0

    def evaluate(self, node: ast.expr | None, scope: Scope) -> Value:
        """The value of an expression."""
        return self.evaluators.evaluate(self, node, scope)

    def execute(self, body: list[ast.stmt], scope: Scope) -> None:
        """Follow statements."""
        self.evaluators.execute(self, body, scope)

    def call(self, callee: Value, arguments: Arguments) -> Value:
        """The value of a call."""
        return self.evaluators.call(self, callee, arguments)

    def optimize(self, framework: str, optimizer: Value) -> None:
        """The last training of a framework that has no optimizer yet gets this one."""
        for training in reversed(self.trainings):
            if training.framework == framework and training.optimizer is None:
                training.optimizer = optimizer
                break

    @property
    def serial(self) -> int:
        """A new serial number, larger than all before."""
        self._serial += 1
        return self._serial

    @property
    def condition_line(self) -> int:
        """The line of the innermost undecided condition; 0 for none."""
        return self.condition_lines[-1] if self.condition_lines else 0

    @contextmanager
    def under_condition(self, line: int) -> Iterator[None]:
        """Within the `with` block, code is followed that may not be executed."""
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
        """Make and record a tensor."""
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
        """The unknown value of an expression."""
        return Unknown(reason, getattr(node, "lineno", 0))


# What is understood of a library's function, by its canonical name.
Handler = Callable[[ReaderState, Arguments], Value]


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
