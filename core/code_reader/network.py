"""Network: a training traced backwards from its loss through the layers to the images."""

from __future__ import annotations

from dataclasses import dataclass, field

from core.code_reader.comparison import Comparison, compared
from core.code_reader.pixels import Pixels, ancestors, lineage, pixels_of
from core.code_reader.reader_state import ReaderState, Training
from core.code_reader.values import Activation, Layer, Tensor

PASSED = {"rows", "cast", "reshape", "identity", "bias", "transpose"}
OF_LAYERS = {"layer", "matmul", "foreign"}


@dataclass
class Unit:
    """A layer with weights, and the activations after it.

    Attributes:
        width: number of outputs; None if it cannot be determined.
        tensor: its output, before the activations.
        layer: the layer; None for a matrix product of plain TensorFlow.
        activations: none, one or, by mistake, several.
    """

    width: int | None
    tensor: Tensor
    layer: Layer | None
    activations: list[Activation] = field(default_factory=list)
    last: Tensor | None = None

    @property
    def line(self) -> int:
        """The line of its constructor or matrix product."""
        return self.layer.line if self.layer else self.tensor.line

    @property
    def activation(self) -> Activation:
        """The last activation that is not linear."""
        telling = [a for a in self.activations if a.name != "linear"]
        return telling[-1] if telling else Activation("linear", self.line)

    @property
    def title(self) -> str:
        """Its name in the code."""
        return self.layer.title if self.layer else "matmul"


@dataclass(frozen=True)
class Remark:
    """A sentence about a line."""

    line: int
    sentence: str


@dataclass
class Network:
    """An autoencoder along its data flow.

    Attributes:
        units: the layers with weights, first to last.
        inputs, targets: the images as inputs and as targets.
        comparison: the loss.
        after: operations on the outputs after their activation.
        foreign: whether there are layers of other kinds, which change shapes in other ways.
        ignored, unsupported: remarks about what the lab ignores or does not have.
        problem: why the data flow cannot be followed; None if it can.
    """

    training: Training
    comparison: Comparison | None = None
    units: list[Unit] = field(default_factory=list)
    inputs: Pixels = field(default_factory=Pixels)
    targets: Pixels = field(default_factory=Pixels)
    input_tensor: Tensor | None = None
    after: list[Tensor] = field(default_factory=list)
    foreign: bool = False
    ignored: list[Remark] = field(default_factory=list)
    unsupported: list[Remark] = field(default_factory=list)
    problem: Remark | None = None

    @property
    def hidden(self) -> list[Unit]:
        """All units except the last."""
        return self.units[:-1]

    @property
    def widths(self) -> list[int | None]:
        """The widths of the hidden layers."""
        return [unit.width for unit in self.hidden]

    @property
    def is_followed(self) -> bool:
        """Whether everything between images and loss is known to the reader."""
        output = self.comparison.output if self.comparison else self.training.output
        return output is not None and all(step.op != "opaque" for step in ancestors(output))

    @property
    def bottleneck(self) -> int:
        """The index of the first of the narrowest hidden layers."""
        return min(range(len(self.hidden)), key=lambda i: self.hidden[i].width or 10**9)

    def refuse(self, line: int, sentence: str) -> None:
        """Add a remark about something that the lab does not have."""
        remark = Remark(line, sentence)
        if remark not in self.unsupported:
            self.unsupported.append(remark)

    def leave_out(self, line: int, sentence: str) -> None:
        """Add a remark about something that is ignored."""
        if all(remark.sentence != sentence for remark in self.ignored):
            self.ignored.append(Remark(line, sentence))


def network_of(state: ReaderState, training: Training) -> Network:
    """Trace a training back to the images."""
    found = Network(training)
    if training.loss is None:
        reason = training.problem or f"Line {training.line}: the loss cannot be followed."
        found.problem = Remark(training.line, reason)
        if training.output is None:
            return found
        output, target = training.output, training.targets
    else:
        found.comparison = compared(training.loss)
        if found.comparison is None or found.comparison.output is None:
            line = training.loss.line or training.line
            sentence = f"Line {line}: how the loss is computed cannot be followed."
            found.problem = Remark(line, sentence)
            return found
        output, target = found.comparison.output, found.comparison.target
    _trace(found, output)
    if target is not None:
        found.targets = pixels_of(target)
    return found


def _trace(found: Network, output: Tensor) -> None:
    way = lineage(output)
    start = next((i for i, t in enumerate(way) if t.op in OF_LAYERS), len(way))
    feeding = way[start - 1] if start else way[0]
    found.input_tensor = feeding
    found.inputs = pixels_of(feeding)
    for tensor in way[start:]:
        _add(found, tensor)
    if not found.units:
        return
    last = found.units[-1].last
    position = way.index(last) if last in way else len(way) - 1
    found.after = way[position + 1 :]


def _add(found: Network, tensor: Tensor) -> None:
    op, layer = tensor.op, tensor.detail.get("layer")
    if tensor.detail.get("detached") and (found.units or op == "layer"):
        found.refuse(
            tensor.line,
            f"Line {tensor.line}: the layers up to here are not trained; the lab trains them all.",
        )
    if op == "layer" and isinstance(layer, Layer):
        if any(unit.layer is layer for unit in found.units):
            found.refuse(
                layer.line, f"Line {layer.line}: this {layer.title} is used a second time."
            )
        unit = Unit(tensor.shape[-1] if tensor.shape else None, tensor, layer)
        unit.width = layer.units if isinstance(layer.units, int) else None
        unit.activations = [layer.activation] if layer.activation else []
        unit.last = tensor
        found.units.append(unit)
    elif op == "matmul":
        units = tensor.detail.get("units")
        if tensor.detail.get("tied"):
            found.refuse(tensor.line, f"Line {tensor.line}: tied weights are not supported.")
        found.leave_out(
            tensor.line, "Custom initial weights are ignored: the lab uses Keras' defaults."
        )
        found.units.append(Unit(units, tensor, None, last=tensor))
    elif op == "activation" and tensor.parents[0].op == "foreign":
        for unit in found.units[-1:]:  # the last of them is the activation of the outputs
            unit.activations = [tensor.detail.get("activation") or Activation("", tensor.line)]
    elif op == "activation" and found.units:
        activation = tensor.detail.get("activation")
        found.units[-1].activations.append(activation or Activation("", tensor.line))
        found.units[-1].last = tensor
    elif op in PASSED:
        return
    else:
        _other(found, tensor)


def _other(found: Network, tensor: Tensor) -> None:
    op, line = tensor.op, tensor.line
    layer = tensor.detail.get("layer")
    title = layer.title if isinstance(layer, Layer) else op
    line = layer.line if isinstance(layer, Layer) and op in ("foreign", "ignored") else line
    if op == "dropout":
        found.leave_out(line, "Dropout is ignored: without it the training loss is lower.")
    elif op == "ignored":
        found.leave_out(line, f"{title} is ignored: the lab trains without it, and more slowly.")
    elif op == "noise":
        found.refuse(line, f"Line {line}: noise on hidden values is not supported.")
    elif op == "foreign":
        found.foreign = True
        found.refuse(
            line, f"Line {line}: {title} is not supported: the lab's layers are all dense."
        )
    elif op in ("add", "subtract", "multiply", "divide", "join"):
        found.refuse(line, _joined(tensor))
    elif op == "affine":
        scale, shift = tensor.detail["scale"], tensor.detail["shift"]
        if not (scale == 1 and shift == 0):
            found.refuse(line, f"Line {line}: the values are scaled between the layers.")
    elif op == "clip":
        found.refuse(line, f"Line {line}: the values are clipped between the layers.")
    else:
        reason = tensor.detail.get("reason") or f"{op} is not supported"
        found.refuse(line, f"Line {line}: {reason}.")


def _joined(tensor: Tensor) -> str:
    if any(step.op == "random" for step in ancestors(tensor)):
        return (
            f"Line {tensor.line}: a code that is drawn at random, as in a variational autoencoder."
        )
    return f"Line {tensor.line}: two paths are joined; the lab's networks have a single path."
