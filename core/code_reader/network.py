"""Network: the data flow of a training, traced from its loss back to the images."""

from __future__ import annotations

from dataclasses import dataclass, field

from core.code_reader.comparison import Comparison, compared
from core.code_reader.model_values import Activation, Layer, Tensor
from core.code_reader.pixels import Pixels, ancestors, lineage, pixels_of
from core.code_reader.reader_state import ReaderState, Training

PASS_THROUGH_OPS = {"rows", "cast", "reshape", "identity", "bias", "transpose"}
LAYER_OPS = {"layer", "matmul", "unsupported"}


@dataclass
class Unit:
    """A layer with weights, and the activations after it.

    Attributes:
        width: number of outputs; None if it cannot be determined.
        tensor: its output before the activations.
        layer: the layer; None for a matrix product of plain TensorFlow.
        activations: none, one or, by mistake, several.
        last: the output of its last activation.
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
        nonlinear = [a for a in self.activations if a.name != "linear"]
        return nonlinear[-1] if nonlinear else Activation("linear", self.line)

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
    """A traced autoencoder.

    Attributes:
        units: the layers with weights, first to last.
        inputs, targets: the preprocessing of inputs and targets.
        input_tensor: the input of the first layer.
        comparison: the loss; None if it cannot be traced.
        after: operations on the outputs after the last activation.
        foreign: whether there are layers other than dense ones, with unknown shapes.
        ignored, unsupported: remarks about what the lab ignores or does not have.
        problem: why the data flow cannot be traced; None if it can.
    """

    training: Training
    comparison: Comparison | None = None
    units: list[Unit] = field(default_factory=list)
    inputs: Pixels = field(default_factory=Pixels)
    targets: Pixels = field(default_factory=Pixels)
    input_tensor: Tensor | None = None
    after: list[Tensor] = field(default_factory=list)
    has_unsupported_layers: bool = False
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
    def is_traced(self) -> bool:
        """Whether all operations between images and loss are known."""
        output = self.comparison.output if self.comparison else self.training.output
        return output is not None and all(step.op != "opaque" for step in ancestors(output))

    @property
    def bottleneck(self) -> int:
        """The index of the first of the narrowest hidden layers."""
        return min(range(len(self.hidden)), key=lambda i: self.hidden[i].width or 10**9)

    def add_unsupported(self, line: int, sentence: str) -> None:
        """Add a remark about code that the lab does not support."""
        remark = Remark(line, sentence)
        if remark not in self.unsupported:
            self.unsupported.append(remark)

    def add_ignored(self, line: int, sentence: str) -> None:
        """Add a remark about code that the lab ignores."""
        if all(remark.sentence != sentence for remark in self.ignored):
            self.ignored.append(Remark(line, sentence))


def network_of(state: ReaderState, training: Training) -> Network:
    """Trace a training from its loss back to the images."""
    network = Network(training)
    if training.loss is None:
        reason = training.problem or f"Line {training.line}: the loss cannot be traced."
        network.problem = Remark(training.line, reason)
        if training.output is None:
            return network
        output, target = training.output, training.targets
    else:
        network.comparison = compared(training.loss)
        if network.comparison is None or network.comparison.output is None:
            line = training.loss.line or training.line
            sentence = f"Line {line}: the computation of the loss cannot be traced."
            network.problem = Remark(line, sentence)
            return network
        output, target = network.comparison.output, network.comparison.target
    _trace(network, output)
    if target is not None:
        network.targets = pixels_of(target)
    return network


def _trace(network: Network, output: Tensor) -> None:
    path = lineage(output)
    start = next((i for i, t in enumerate(path) if t.op in LAYER_OPS), len(path))
    first_input = path[start - 1] if start else path[0]
    network.input_tensor = first_input
    network.inputs = pixels_of(first_input)
    for tensor in path[start:]:
        _add(network, tensor)
    if not network.units:
        return
    last = network.units[-1].last
    position = path.index(last) if last in path else len(path) - 1
    network.after = path[position + 1 :]


def _add(network: Network, tensor: Tensor) -> None:
    op, layer = tensor.op, tensor.detail.get("layer")
    if tensor.detail.get("detached") and (network.units or op == "layer"):
        network.add_unsupported(
            tensor.line,
            f"Line {tensor.line}: the layers before this are not trained; the lab trains all"
            " layers.",
        )
    if op == "layer" and isinstance(layer, Layer):
        if any(unit.layer is layer for unit in network.units):
            network.add_unsupported(
                layer.line,
                f"Line {layer.line}: this {layer.title} is applied twice; shared layers are not"
                " supported.",
            )
        unit = Unit(tensor.shape[-1] if tensor.shape else None, tensor, layer)
        unit.width = layer.units if isinstance(layer.units, int) else None
        unit.activations = [layer.activation] if layer.activation else []
        unit.last = tensor
        network.units.append(unit)
    elif op == "matmul":
        units = tensor.detail.get("units")
        if tensor.detail.get("tied"):
            network.add_unsupported(
                tensor.line, f"Line {tensor.line}: tied weights are not supported."
            )
        network.add_ignored(
            tensor.line,
            "The initial weights are ignored: the lab uses Keras' default initializers.",
        )
        network.units.append(Unit(units, tensor, None, last=tensor))
    elif op == "activation" and tensor.parents[0].op == "unsupported":
        for unit in network.units[-1:]:  # the last one is the output activation
            unit.activations = [tensor.detail.get("activation") or Activation("", tensor.line)]
    elif op == "activation" and network.units:
        activation = tensor.detail.get("activation")
        network.units[-1].activations.append(activation or Activation("", tensor.line))
        network.units[-1].last = tensor
    elif op in PASS_THROUGH_OPS:
        return
    else:
        _add_remark(network, tensor)


def _add_remark(network: Network, tensor: Tensor) -> None:
    op, line = tensor.op, tensor.line
    layer = tensor.detail.get("layer")
    title = layer.title if isinstance(layer, Layer) else op
    line = layer.line if isinstance(layer, Layer) and op in ("unsupported", "ignored") else line
    if op == "dropout":
        network.add_ignored(line, "Dropout is ignored: without it the training loss is lower.")
    elif op == "ignored":
        network.add_ignored(
            line, f"{title} is ignored: the lab trains without it, which takes more epochs."
        )
    elif op == "noise":
        network.add_unsupported(line, f"Line {line}: noise on hidden activations is not supported.")
    elif op == "unsupported":
        network.has_unsupported_layers = True
        network.add_unsupported(
            line, f"Line {line}: {title} is not supported; the lab has dense layers only."
        )
    elif op in ("add", "subtract", "multiply", "divide", "merge"):
        network.add_unsupported(line, _merge_remark(tensor))
    elif op == "affine":
        scale, shift = tensor.detail["scale"], tensor.detail["shift"]
        if not (scale == 1 and shift == 0):
            network.add_unsupported(
                line, f"Line {line}: scaling values between layers is not supported."
            )
    elif op == "clip":
        network.add_unsupported(
            line, f"Line {line}: clipping values between layers is not supported."
        )
    else:
        reason = tensor.detail.get("reason") or f"{op} is not supported"
        network.add_unsupported(line, f"Line {line}: {reason}.")


def _merge_remark(tensor: Tensor) -> str:
    if any(step.op == "random" for step in ancestors(tensor)):
        return (
            f"Line {tensor.line}: a code that is sampled at random, as in a variational"
            " autoencoder, is not supported."
        )
    return f"Line {tensor.line}: merging two branches is not supported."
