"""The abstract values of expressions.

Python's scalars, lists, tuples, dicts and ranges represent themselves; everything else is one of
the classes here. Nothing of a library is ever imported.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import Any, TypeGuard

Value = Any
Shape = tuple[int | None, ...]


@dataclass(frozen=True)
class Unknown:
    """An unknown value, and why; `name` is set for an undefined name."""

    reason: str = ""
    line: int = 0
    name: str = ""


@dataclass(frozen=True)
class Either:
    """One of several values, depending on a condition that cannot be decided."""

    values: tuple[Value, ...]
    line: int


@dataclass(frozen=True)
class Ref:
    """An object of a library, by its canonical dotted name."""

    path: str


@dataclass(eq=False)
class Scope:
    """The names of a module, class or call, and the enclosing scope."""

    parent: Scope | None = None
    names: dict[str, Value] = field(default_factory=dict)
    starred: list[str] = field(default_factory=list)
    global_names: set[str] = field(default_factory=set)
    is_class: bool = False

    @property
    def module(self) -> Scope:
        """The outermost scope."""
        scope = self
        while scope.parent is not None:
            scope = scope.parent
        return scope


@dataclass(eq=False)
class Function:
    """A function, method or lambda of the script."""

    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
    scope: Scope
    defaults: dict[str, Value] = field(default_factory=dict)
    kind: str = "function"  # or "property", "static", "class"
    owner: UserClass | None = None

    @property
    def name(self) -> str:
        """The name in its definition."""
        return getattr(self.node, "name", "lambda")


@dataclass(eq=False)
class UserClass:
    """A class of the script."""

    node: ast.ClassDef
    bases: list[Value]
    members: dict[str, Value]

    def find(self, name: str) -> Value | None:
        """A member of the class or its bases; None if there is none."""
        if name in self.members:
            return self.members[name]
        for base in self.bases:
            if isinstance(base, UserClass) and (found := base.find(name)) is not None:
                return found
        return None

    @property
    def library_base(self) -> str:
        """The library's class that it derives from, "" for none."""
        for base in self.bases:
            path = base.library_base if isinstance(base, UserClass) else getattr(base, "path", "")
            if path:
                return str(path)
        return ""


@dataclass(eq=False)
class Compiled:
    """The arguments of `compile`: loss and optimizer as given, and the call."""

    loss: Value
    optimizer: Value
    call: Arguments


@dataclass(eq=False)
class Model:
    """A value that can be trained and called."""

    line: int = 0
    serial: int = 0
    framework: str = "keras"
    compiled: Compiled | None = None
    condition_line: int = 0  # the line of a condition under which it was changed


@dataclass(eq=False)
class Instance(Model):
    """An object of a class of the script; a network if that is a Module or Model."""

    cls: UserClass | None = None
    attributes: dict[str, Value] = field(default_factory=dict)
    given: dict[str, Value] = field(default_factory=dict)  # arguments of its constructor

    @property
    def base(self) -> str:
        """The library's class that it derives from, "" for none."""
        return self.cls.library_base if self.cls else ""


@dataclass(eq=False)
class Chain(Model):
    """A `Sequential`: a list of layers and models."""

    layers: list[Value] = field(default_factory=list)


@dataclass(eq=False)
class Graph(Model):
    """A `Model(inputs, outputs)`."""

    inputs: list[Tensor] = field(default_factory=list)
    outputs: list[Tensor] = field(default_factory=list)


@dataclass(eq=False)
class Layer:
    """A layer object.

    Attributes:
        kind: "dense", "activation", "reshape", ...: see the vocabularies.
        title: what the code calls it.
        call: how it was made.
        units: width of a dense layer.
        fed: width that a PyTorch layer expects.
        activation: an `Activation`, or None for none.
        options: what else matters, by its neutral name.
    """

    kind: str
    title: str
    line: int
    call: Arguments
    units: Value = None
    fed: Value = None
    activation: Activation | None = None
    options: dict[str, Value] = field(default_factory=dict)
    framework: str = "keras"
    serial: int = 0
    condition_line: int = 0


@dataclass(frozen=True)
class Activation:
    """An activation: its canonical name, "" if unknown, and the expression that says it."""

    name: str
    line: int
    node: ast.expr | None = None
    slope: float | None = None
    written: str = ""


@dataclass(eq=False)
class Tensor:
    """Data, symbolic or not, and how they came about.

    Attributes:
        op: what made it, such as "pixels", "affine", "layer", "loss".
        parents: what it was made from.
        line: where.
        node: the expression, where an edit would change it.
        shape: batch included; None for what is not known.
        detail: what the operation needs, by name.
        name: the first name that it was bound to.
    """

    op: str
    parents: tuple[Tensor, ...] = ()
    line: int = 0
    node: ast.AST | None = None
    shape: Shape | None = None
    detail: dict[str, Value] = field(default_factory=dict)
    name: str = ""
    serial: int = 0

    @property
    def width(self) -> int | None:
        """The length of its last axis, if it is known."""
        return self.shape[-1] if self.shape else None


@dataclass(eq=False)
class ImageDataset:
    """A data set or a loader: what one element is, and how many go into a batch."""

    element: Value
    batch_size: Value = None
    line: int = 0
    count: int | None = None
    call: Arguments | None = None
    steps: Value = None  # how many batches are taken of it, over and over


@dataclass(eq=False)
class LibraryObject:
    """Any other object of a library: an optimizer, a loss, a scaler, a callback, a parser.

    Attributes:
        kind: "optimizer", "loss", "scaler", "callback", "transform", "parser", "regularizer", ...
        name: its canonical name.
        options: what it was made with.
    """

    kind: str
    name: str
    line: int
    call: Arguments | None = None
    options: dict[str, Value] = field(default_factory=dict)


@dataclass(frozen=True)
class Attribute:
    """A method of an object that is not the visitor's, not called yet."""

    owner: Value
    name: str


@dataclass(frozen=True)
class BoundMethod:
    """A visitor's method with its object."""

    function: Function
    owner: Value


@dataclass(eq=False)
class Arguments:
    """The arguments of a call, with the expressions that gave them."""

    node: ast.expr
    positional: list[Value] = field(default_factory=list)
    keywords: dict[str, Value] = field(default_factory=dict)

    @property
    def line(self) -> int:
        """Of the call."""
        return self.node.lineno

    def get(self, position: int | None, *names: str, default: Value = None) -> Value:
        """An argument by the first of its names that is given, or by its position."""
        for name in names:
            if name in self.keywords:
                return self.keywords[name]
        if position is not None and position < len(self.positional):
            return self.positional[position]
        return default

    def expression(self, position: int | None, *names: str) -> ast.expr | None:
        """The expression of an argument; None where it has none of its own."""
        if not isinstance(self.node, ast.Call):
            return None
        for keyword in self.node.keywords:
            if keyword.arg in names:
                return keyword.value
        given = self.node.args
        if position is None or position >= len(given):
            return None
        is_spread = any(isinstance(argument, ast.Starred) for argument in given[: position + 1])
        return None if is_spread else given[position]

    def line_of(self, position: int | None, *names: str) -> int:
        """The line of an argument, or of the call."""
        found = self.expression(position, *names)
        return found.lineno if found is not None else self.line


def is_number(value: Value) -> TypeGuard[float]:
    """Whether it is an int or a float, and no bool."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)
