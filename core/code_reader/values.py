"""The abstract values of expressions.

Python's scalars, lists, tuples, dicts and ranges represent themselves; all other values are
instances of the classes here. No library is imported.
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
    """One of several values, depending on a condition with an unknown value."""

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
    star_imports: list[str] = field(default_factory=list)
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
        """The dotted name of the library class that it is derived from; "" for none."""
        for base in self.bases:
            path = base.library_base if isinstance(base, UserClass) else getattr(base, "path", "")
            if path:
                return str(path)
        return ""


@dataclass(eq=False)
class LibraryObject:
    """Any other object of a library, such as an optimizer, a loss or a callback.

    Attributes:
        kind: "optimizer", "loss", "scaler", "callback", "transform", "parser", "regularizer", ...
        name: its canonical name.
        call: the arguments of its constructor.
        options: the relevant arguments, by name.
    """

    kind: str
    name: str
    line: int
    call: Arguments | None = None
    options: dict[str, Value] = field(default_factory=dict)


@dataclass(frozen=True)
class Attribute:
    """An attribute of an object of a library, such as a method before its call."""

    owner: Value
    name: str


@dataclass(frozen=True)
class BoundMethod:
    """A method of the script with its object."""

    function: Function
    owner: Value


@dataclass(eq=False)
class Arguments:
    """The values of the arguments of a call, with the call."""

    node: ast.expr
    positional: list[Value] = field(default_factory=list)
    keywords: dict[str, Value] = field(default_factory=dict)

    @property
    def line(self) -> int:
        """The line of the call."""
        return self.node.lineno

    def get(self, position: int | None, *names: str, default: Value = None) -> Value:
        """An argument, by any of its names or by its position."""
        for name in names:
            if name in self.keywords:
                return self.keywords[name]
        if position is not None and position < len(self.positional):
            return self.positional[position]
        return default

    def expression(self, position: int | None, *names: str) -> ast.expr | None:
        """The expression of an argument; None if it is not given, or passed with `*` or `**`."""
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
        """The line of an argument; that of the call if it has no expression."""
        found = self.expression(position, *names)
        return found.lineno if found is not None else self.line


def is_number(value: Value) -> TypeGuard[float]:
    """Whether a value is an int or a float, but not a bool."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)
