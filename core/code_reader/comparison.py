"""Identifies the loss of a tensor: a loss object, a function or a handwritten formula."""

from __future__ import annotations

from dataclasses import dataclass, field

from core.code_reader.model_values import Tensor
from core.code_reader.pixels import ancestors
from core.code_reader.values import LibraryObject, is_number
from core.code_reader.vocabulary import LossSpec

LOGARITHMS = {"log", "log1p"}
# Losses that stay the same if outputs and targets are swapped.
SYMMETRIC = {"mean_squared_error", "mean_absolute_error", "huber", "log_cosh", "cosine_similarity"}


@dataclass
class Comparison:
    """A loss that compares outputs with targets.

    Attributes:
        name: its canonical name; "" if it cannot be determined.
        loss_from: "keras", "outputs" or "logits".
        output, target: the tensors compared; None if they cannot be traced.
        line: the line of its computation.
        loss: the loss object, if there is one.
        tensor: the tensor of the loss.
        is_sum: whether it is a sum over pixels instead of a mean.
        factor: a constant factor.
        penalties: terms added to it.
        by_hand: whether it is written as a formula.
        root: whether its square root is taken.
        swapped: whether outputs and targets are swapped in the call.
    """

    name: str
    loss_from: str
    output: Tensor | None
    target: Tensor | None
    line: int
    tensor: Tensor
    loss: LibraryObject | None = None
    is_sum: bool = False
    factor: float = 1.0
    penalties: list[Tensor] = field(default_factory=list)
    by_hand: bool = False
    root: bool = False
    swapped: bool = False


def compared(loss: Tensor) -> Comparison | None:
    """The comparison in the tensor of a loss; None if it is unknown."""
    if loss.op == "loss":
        return _from_object(loss)
    if loss.op in ("mean", "cast", "rows", "identity") and len(loss.parents) == 1:
        return compared(loss.parents[0]) or _formula(loss)
    if loss.op == "sum":
        inner = compared(loss.parents[0])
        if inner is not None:
            inner.is_sum = inner.is_sum or inner.by_hand or _is_batch_sum(inner)
            return inner
        return _formula(loss)
    if loss.op == "scaled":
        inner = compared(loss.parents[0])
        if inner is not None:
            inner.is_sum = True
        return inner
    if loss.op == "sqrt":
        inner = compared(loss.parents[0])
        if inner is not None:
            inner.root = True
        return inner
    if loss.op == "affine":
        return _scaled_loss(loss)
    if loss.op in ("add", "subtract"):
        return _with_penalty(loss)
    return _formula(loss)


def _is_batch_sum(inner: Comparison) -> bool:
    return inner.loss is not None and inner.loss.options.get("framework") == "torch"


def _from_object(loss: Tensor) -> Comparison:
    loss_object = loss.detail["loss"]
    spec: LossSpec = loss_object.options["spec"]
    output, target = loss.parents[0], loss.parents[1]
    loss_from = spec.loss_from
    if loss_object.options.get("from_logits") is True:
        loss_from = "logits"
    swapped = has_weights(target) and not has_weights(output)
    if swapped:
        output, target = target, output
    is_sum = loss_object.options.get("reduction") == "sum"
    line = loss_object.call.line if loss_object.call else loss.line
    found = Comparison(spec.name, loss_from, output, target, line, loss, loss_object, is_sum)
    found.swapped = swapped and spec.name not in SYMMETRIC
    return found


def _scaled_loss(loss: Tensor) -> Comparison | None:
    inner = compared(loss.parents[0])
    scale = loss.detail["scale"]
    if inner is None:
        return _formula(loss)
    if scale <= 0:
        return None
    inner.factor *= scale
    return inner


def _with_penalty(loss: Tensor) -> Comparison | None:
    formula = _formula(loss)
    if formula is not None:
        return formula
    parts = [(part, compared(part)) for part in loss.parents]
    known = [found for _, found in parts if found is not None]
    if len(known) == 2 and loss.op == "add":
        # The second of two comparisons counts as a penalty.
        first, second = known
        first.penalties.append(second.tensor)
        return first
    if len(known) != 1 or loss.op == "subtract":
        return None
    known[0].penalties.extend(part for part, found in parts if found is None)
    return known[0]


def _formula(loss: Tensor) -> Comparison | None:
    """mean((y - p)^2), mean(|y - p|), -mean(y log p + (1 - y) log(1 - p))."""
    inner, is_sum, factor = loss, False, 1.0
    while inner.op in ("mean", "sum", "affine", "cast", "identity") and inner.parents:
        is_sum = is_sum or inner.op == "sum"
        if inner.op == "affine":
            if inner.detail["shift"] != 0:
                return None
            factor *= inner.detail["scale"]
        inner = inner.parents[0]
    if inner.op in ("square", "abs") and inner.parents[0].op == "subtract":
        if factor <= 0:
            return None
        return _difference(inner, loss, is_sum)
    if inner.op == "multiply" and _is_square(inner):
        return _difference(inner, loss, is_sum)
    if inner.op in ("add", "subtract"):
        return _cross_entropy(inner, loss, is_sum)
    return None


def _is_square(tensor: Tensor) -> bool:
    first, second = tensor.parents[0], tensor.parents[-1]
    return first.op == second.op == "subtract" and first.parents == second.parents


def _difference(inner: Tensor, loss: Tensor, is_sum: bool) -> Comparison | None:
    first, second = inner.parents[0].parents[:2]
    if has_weights(first) == has_weights(second):
        return None
    output, target = (first, second) if has_weights(first) else (second, first)
    name = "mean_absolute_error" if inner.op == "abs" else "mean_squared_error"
    return Comparison(name, "keras", output, target, loss.line, loss, is_sum=is_sum, by_hand=True)


def _cross_entropy(inner: Tensor, loss: Tensor, is_sum: bool) -> Comparison | None:
    """`y log p + (1 - y) log(1 - p)`, with either sign and in either order."""
    outputs: list[Tensor] = []
    targets: list[Tensor] = []
    for term in inner.parents:
        if term.op == "affine" and term.detail["shift"] == 0:
            term = term.parents[0]
        if term.op != "multiply" or len(term.parents) != 2:
            return None
        logs = [part for part in term.parents if part.op in LOGARITHMS]
        others = [part for part in term.parents if part.op not in LOGARITHMS]
        if len(logs) != 1 or len(others) != 1:
            return None
        outputs.append(_probability(logs[0].parents[0]))
        targets.append(_probability(others[0]))
    if len(outputs) != 2 or outputs[0] is not outputs[1] or targets[0] is not targets[1]:
        return None
    return Comparison(
        "binary_crossentropy",
        "outputs",
        outputs[0],
        targets[0],
        loss.line,
        loss,
        is_sum=is_sum,
        by_hand=True,
    )


def _probability(tensor: Tensor) -> Tensor:
    """The tensor p in `1 - p`, `p + epsilon` and `clip(p)`."""
    while tensor.op in ("affine", "clip", "cast") and tensor.parents:
        if tensor.op == "affine" and abs(abs(tensor.detail["scale"]) - 1) > 1e-6:
            break
        if tensor.op == "affine" and not _is_complement_or_epsilon(tensor):
            break
        tensor = tensor.parents[0]
    return tensor


def _is_complement_or_epsilon(tensor: Tensor) -> bool:
    scale, shift = tensor.detail["scale"], tensor.detail["shift"]
    return (scale < 0 and abs(shift - 1) < 1e-3) or (scale > 0 and abs(shift) < 1e-3)


def has_weights(tensor: Tensor) -> bool:
    """Whether a tensor depends on weights."""
    return any(step.op in ("layer", "matmul") for step in ancestors(tensor))


def code_penalty(penalty: Tensor) -> tuple[Tensor, float, str] | None:
    """The tensor of an L1 penalty, its factor and its reduction; None for anything else.

    The reduction is "mean" over images and values, "sum" over both, or "per image": the sum over
    values, then the mean over images.
    """
    factor, inner, reductions = 1.0, penalty, []
    while inner.op in ("affine", "mean", "sum", "cast") and inner.parents:
        if inner.op == "affine":
            factor *= inner.detail["scale"]
        elif inner.op != "cast":
            reductions.append(inner.op)
        inner = inner.parents[0]
    if inner.op != "abs" or not is_number(factor) or not has_weights(inner):
        return None
    kind = "per image" if len(set(reductions)) == 2 else (reductions or ["sum"])[0]
    return inner.parents[0], factor, kind
