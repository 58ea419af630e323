"""The state of one reading: what was seen so far, and where the reader is."""

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
# All iterations that are followed one by one, in all loops together.
MAX_ITERATIONS = 600


@dataclass(frozen=True)
class Note:
    """Something to say about a line, found while the code was followed."""

    kind: NoteKind
    code: str
    line: int
    sentence: str
    about: Value = None  # the object that it concerns; None where it concerns everything
    node: ast.AST | None = None
    suggestion: str = ""


@dataclass(eq=False)
class Loop:
    """A loop that is being followed.

    Attributes:
        count: how often it runs; None if that cannot be determined.
        batches: the batch size of the loader that it goes through, if it is one.
        is_loader: whether it goes through batches of data.
        steps: how many batches it takes of a loader that never ends.
        first_serial: everything made before the loop has a smaller one.
    """

    line: int
    count: int | None
    is_loader: bool = False
    batches: Value = None
    first_serial: int = 0
    trained: bool = False
    steps: Value = None


@dataclass(eq=False)
class Training:
    """A call or a loop that trains a network.

    Attributes:
        line: of `fit` or `backward`.
        framework: "keras", "torch" or "tensorflow".
        model: what is trained, if it is an object.
        loss: the loss as a tensor, down to the pixels; None if it cannot be followed.
        optimizer: as it was given, or None.
        epochs, batch_size: values, or None where the code is silent.
        inputs, targets: what goes in, and what the outputs are compared with.
        loops: those around it.
        is_step: whether it is a single step, and not a call for epochs.
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
    doubt: int = 0
    problem: str = ""
    is_step: bool = False


@dataclass(frozen=True)
class Interpreter:
    """The three ways to go on, so that no module need import those that need it."""

    evaluate: Callable[[Machine, ast.expr | None, Scope], Value]
    execute: Callable[[Machine, list[ast.stmt], Scope], None]
    call: Callable[[Machine, Value, Arguments], Value]


@dataclass(eq=False)
class Machine:
    """What the reader knows while it follows the code."""

    text: str
    budget: Budget
    interpreter: Interpreter
    module: Scope = field(default_factory=Scope)
    trainings: list[Training] = field(default_factory=list)
    layers: list[Layer] = field(default_factory=list)
    models: list[Model] = field(default_factory=list)
    tensors: list[Tensor] = field(default_factory=list)
    shown: list[Tensor] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    loops: list[Loop] = field(default_factory=list)
    doubts: list[int] = field(default_factory=list)
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
        """What an expression stands for."""
        return self.interpreter.evaluate(self, node, scope)

    def execute(self, body: list[ast.stmt], scope: Scope) -> None:
        """Follow statements."""
        self.interpreter.execute(self, body, scope)

    def call(self, callee: Value, arguments: Arguments) -> Value:
        """What a call gives."""
        return self.interpreter.call(self, callee, arguments)

    @property
    def serial(self) -> int:
        """A number that grows with everything that is made."""
        self._serial += 1
        return self._serial

    @property
    def doubt(self) -> int:
        """The line of the condition that the reader is under; 0 for none."""
        return self.doubts[-1] if self.doubts else 0

    @contextmanager
    def under(self, line: int) -> Iterator[None]:
        """What is followed here may or may not happen."""
        self.doubts.append(line)
        try:
            yield
        finally:
            self.doubts.pop()

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
        """Say something, once for each line and code."""
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
        """A new tensor, remembered as one that may be used or not."""
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
        """Remember a layer that was made."""
        layer.serial, layer.doubt = self.serial, self.doubt
        self.layers.append(layer)
        return layer

    def add_model(self, model: Model) -> Model:
        """Remember a model that was made."""
        model.serial, model.doubt = self.serial, self.doubt
        self.models.append(model)
        return model

    def train(self, training: Training) -> None:
        """A call that trains was reached."""
        training.loops = tuple(self.loops)
        training.doubt = self.doubt
        self.trainings.append(training)
        made = getattr(training.model, "serial", 0)
        for loop in self.loops:
            loop.trained = loop.trained or made < loop.first_serial

    def unknown(self, node: ast.AST, reason: str = "") -> Unknown:
        """A value that cannot be known, at an expression."""
        return Unknown(reason, getattr(node, "lineno", 0))

    def segment(self, node: ast.AST | None) -> str:
        """The text of an expression, "" where it has none."""
        if node is None:
            return ""
        return ast.get_source_segment(self.text, node) or ""


class Leave(Exception):
    """`return`, `break` or `continue` was reached."""


class Return(Leave):
    """With what is returned."""

    def __init__(self, value: Value) -> None:
        super().__init__()
        self.value = value


class Break(Leave):
    """Out of the loop."""


class Continue(Leave):
    """To the loop's next turn."""


def instance_of(cls: UserClass, machine: Machine, line: int) -> Instance:
    """A new object of a visitor's class."""
    framework = "torch" if cls.library_base.startswith(("torch", "lightning")) else "keras"
    made = Instance(line=line, framework=framework, cls=cls)
    machine.add_model(made)
    return made
