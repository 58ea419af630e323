"""The abstract values of models, layers and data."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field

from core.code_reader.values import Arguments, Shape, UserClass, Value


@dataclass(frozen=True)
class Activation:
    """An activation.

    Attributes:
        name: its canonical name; "" if it is unknown.
        node: the expression that gives it.
        slope: the slope below 0 of leaky relu, or alpha of elu.
        written: its name in the code.
    """

    name: str
    line: int
    node: ast.expr | None = None
    slope: float | None = None
    written: str = ""


@dataclass(eq=False)
class Layer:
    """A layer object.

    Attributes:
        kind: "dense", "activation", "reshape", ...: a key of `layers.APPLY`, or "unsupported".
        title: its class name in the code.
        call: the arguments of its constructor.
        units: number of outputs of a dense layer.
        in_features: number of inputs of a dense layer of PyTorch.
        activation: its activation; None if it has none.
        options: other arguments, with the same names for all frameworks.
    """

    kind: str
    title: str
    line: int
    call: Arguments
    units: Value = None
    in_features: Value = None
    activation: Activation | None = None
    options: dict[str, Value] = field(default_factory=dict)
    framework: str = "keras"
    serial: int = 0
    condition_line: int = 0


@dataclass(eq=False)
class Compiled:
    """The loss and optimizer given to `compile`, and the call."""

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
    condition_line: int = 0  # of an unknown condition under which it was changed; 0 for none


@dataclass(eq=False)
class Instance(Model):
    """An instance of a class of the script; a network if the class is a Module or Model."""

    cls: UserClass | None = None
    attributes: dict[str, Value] = field(default_factory=dict)
    given: dict[str, Value] = field(default_factory=dict)  # the arguments of __init__

    @property
    def base(self) -> str:
        """The dotted name of the library class that it is derived from; "" for none."""
        return self.cls.library_base if self.cls else ""


@dataclass(eq=False)
class SequentialModel(Model):
    """A `Sequential` model: a list of layers and models."""

    layers: list[Value] = field(default_factory=list)


@dataclass(eq=False)
class FunctionalModel(Model):
    """A functional model: `Model(inputs, outputs)`."""

    inputs: list[Tensor] = field(default_factory=list)
    outputs: list[Tensor] = field(default_factory=list)


@dataclass(eq=False)
class Tensor:
    """An array or symbolic tensor, with the operation that created it.

    Attributes:
        op: the operation, such as "pixels", "affine", "layer" or "loss".
        parents: its operands.
        line: its line.
        node: its expression.
        shape: with the batch size first; None for an unknown shape or size.
        detail: parameters of the operation, by name.
        name: the first name to which it was bound.
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
        """The length of its last axis; None if it is unknown."""
        return self.shape[-1] if self.shape else None


@dataclass(eq=False)
class ImageDataset:
    """A data set or data loader.

    Attributes:
        element: one of its elements; all are alike.
        batch_size: number of elements in a batch; None if it is not batched.
        count: number of elements; None if it is unknown.
        steps: number of batches taken from it if it repeats.
    """

    element: Value
    batch_size: Value = None
    line: int = 0
    count: int | None = None
    call: Arguments | None = None
    steps: Value = None
