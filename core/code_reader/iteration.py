"""The elements of loops."""

from __future__ import annotations

from dataclasses import dataclass, replace

from core.code_reader.pixels import lineage
from core.code_reader.reader_state import Loop, ReaderState
from core.code_reader.values import ImageDataset, LibraryObject, Tensor, Unknown, Value

# The largest number of iterations of one loop that are followed; the reading notes the rest.
MAX_UNROLLED = 40


@dataclass(frozen=True)
class Iteration:
    """The elements of a loop.

    Attributes:
        items: the elements that are followed.
        count: number of all elements; None if it cannot be determined.
        is_loader: whether they are batches of data.
        batch_size: of these batches.
        is_whole: whether `items` are all elements.
        steps: how many batches are taken of a data set that repeats.
        is_values: whether they are values of their own, such as learning rates, and no counter.
    """

    items: list[Value]
    count: int | None
    is_loader: bool = False
    batch_size: Value = None
    is_whole: bool = True
    steps: Value = None
    is_values: bool = False


def iteration(state: ReaderState, value: Value, line: int) -> Iteration:
    """The elements of `for _ in value`."""
    if isinstance(value, LibraryObject) and value.kind == "wrapped":
        return _wrapped(state, value, line)
    if isinstance(value, ImageDataset):
        return Iteration([value.element], None, True, value.batch_size, steps=value.steps or None)
    if isinstance(value, Tensor):
        return Iteration([rows(state, value)], value.shape[0] if value.shape else None)
    if isinstance(value, dict):
        value = list(value)
    if isinstance(value, (list, tuple, range, str)):
        items = list(value[:MAX_UNROLLED])
        whole = len(value) <= MAX_UNROLLED
        if isinstance(value, range) and value.step > 1 and value.start == 0:
            return Iteration(items[:1], len(value), is_loader=True, batch_size=value.step)
        is_counter = isinstance(value, range) or items == list(range(len(items)))
        is_values = len(value) > 1 and not is_counter
        return Iteration(items, len(value), is_whole=whole, is_values=is_values)
    if isinstance(value, LibraryObject) and value.kind == "iterator":
        return iteration(state, value.options["of"], line)
    if isinstance(value, LibraryObject) and value.kind == "counted":
        return Iteration([Unknown("a counter", line)], value.options["count"])
    return Iteration([Unknown("an unknown element", line)], None, is_whole=False)


def _wrapped(state: ReaderState, value: LibraryObject, line: int) -> Iteration:
    inner = iteration(state, value.options["of"], line)
    if value.name != "enumerate":
        return inner
    start = value.options.get("start", 0)
    items: list[Value] = [(index + start, item) for index, item in enumerate(inner.items)]
    if inner.is_loader:  # one batch stands for all
        items = [(Unknown("a counter", line), item) for item in inner.items]
    return replace(inner, items=items)


def elements(state: ReaderState, value: Value) -> list[Value] | None:
    """All elements of a value; None if they are unknown or too many."""
    if isinstance(value, LibraryObject) and value.kind == "wrapped":
        inner = elements(state, value.options["of"])
        if inner is None or value.name != "enumerate":
            return inner
        start = value.options.get("start", 0)
        return [(index + start, item) for index, item in enumerate(inner)]
    if isinstance(value, dict):
        return list(value)
    if isinstance(value, (list, tuple, range, str)) and len(value) <= 200:
        return list(value)
    return None


def rows(state: ReaderState, tensor: Tensor, kept: Value = None, part: Value = None) -> Tensor:
    """A selection of the images of a tensor, in any order.

    Args:
        kept: the index that selects them, if there is one.
        part: how many they are, True if the text does not say; None for all of them.
    """
    count = tensor.shape[0] if tensor.shape else None
    if isinstance(kept, slice) and kept.step is None and isinstance(count, int):
        part = len(range(*kept.indices(count)))
    elif isinstance(kept, (list, tuple, range)):
        part = len(kept)
    elif kept is not None:
        part = True
    shape = (None if part is True else part, *tensor.shape[1:]) if tensor.shape else None
    return state.tensor("rows", tensor, line=tensor.line, shape=shape, part=part)


def drawn(state: ReaderState, source: ImageDataset) -> Value:
    """`next(iterator)`: a batch, of which a loop over steps draws one each time."""
    size = source.batch_size
    if not isinstance(size, int):
        return source.element
    if not state.loops:  # one batch and no other
        return selected(state, source, part=size).element
    made = selected(state, source, batch_size=size, batch_line=source.line, count=source.count)
    return made.element


def batches(element: Value, loops: list[Loop], line: int) -> Value:
    """The data set that a generator makes, whose batches are like one; else the element itself.

    Args:
        element: one batch of images, or a tuple with one.
        loops: those that the generator is in, in which the batches become all images.
    """
    parts = element if isinstance(element, (tuple, list)) else (element,)
    tensors = [part for part in parts if isinstance(part, Tensor)]
    if not tensors:
        return element
    for step in (step for tensor in tensors for step in lineage(tensor)):
        if step.serial > loops[0].first_serial:
            step.detail["part"] = None
    sizes = [loop.batches for loop in loops if loop.is_loader]
    sizes += [tensor.shape[0] for tensor in tensors if tensor.shape]
    known = [size for size in sizes if isinstance(size, int)]
    return ImageDataset(element, known[0] if known else Unknown("", line), line)


def selected(state: ReaderState, source: ImageDataset, **detail: Value) -> ImageDataset:
    """A data set with other rows of another; `detail` says which."""

    def one(value: Value) -> Value:
        if not isinstance(value, Tensor):
            return value
        made = rows(state, value)
        made.detail.update(detail)
        return made

    element = source.element
    if isinstance(element, dict):
        element = {name: one(value) for name, value in element.items()}
    elif isinstance(element, (tuple, list)):
        element = tuple(one(value) for value in element)
    else:
        element = one(element)
    part = detail.get("part", source.count)  # of `drawn`, all of them in the end
    return replace(source, element=element, count=None if part is True else part)
