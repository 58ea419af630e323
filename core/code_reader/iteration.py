"""The elements of iterables, and selections of images."""

from __future__ import annotations

from dataclasses import dataclass, replace

from core.code_reader.model_values import ImageDataset, Tensor
from core.code_reader.pixels import lineage
from core.code_reader.reader_state import Loop, ReaderState
from core.code_reader.values import LibraryObject, Unknown, Value

# The largest number of iterations of one loop that are evaluated.
MAX_UNROLLED = 40


@dataclass(frozen=True)
class Iteration:
    """The elements of a loop.

    Attributes:
        items: the elements that are evaluated.
        count: number of all elements; None if it cannot be determined.
        is_loader: whether they are batches of data.
        batch_size: the size of these batches.
        is_whole: whether `items` are all elements.
        steps: number of batches taken from a data set that repeats.
        is_values: whether they are values, such as learning rates, instead of a counter.
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
    return Iteration([Unknown("an unknown element", line)], None, is_whole=False)


def _wrapped(state: ReaderState, value: LibraryObject, line: int) -> Iteration:
    inner = iteration(state, value.options["of"], line)
    if value.name != "enumerate":
        return inner
    start = value.options.get("start", 0)
    items: list[Value] = [(index + start, item) for index, item in enumerate(inner.items)]
    if inner.is_loader:  # all batches are alike
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
        kept: the index that selects them; None for no index.
        part: their number, True if it is unknown, None for all images.
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


def next_batch(state: ReaderState, source: ImageDataset) -> Value:
    """`next(iterator)`: one batch outside of loops, else a new batch in each step."""
    size = source.batch_size
    if not isinstance(size, int):
        return source.element
    if not state.loops:
        return select_rows(state, source, part=size).element
    made = select_rows(state, source, batch_size=size, batch_line=source.line, count=source.count)
    return made.element


def generated_dataset(element: Value, loops: list[Loop], line: int) -> Value:
    """The data set of a generator that yields batches like `element`.

    Args:
        element: one batch of images, or a tuple with one.
        loops: the loops around `yield`, which select all images in the end.
        line: the line of `yield`.

    Returns:
        The element itself if it has no tensors.
    """
    parts = element if isinstance(element, (tuple, list)) else (element,)
    tensors = [part for part in parts if isinstance(part, Tensor)]
    if not tensors:
        return element
    for step in (step for tensor in tensors for step in lineage(tensor)):
        if step.serial > loops[0].first_serial:
            step.detail["part"] = None
    sizes = [loop.batch_size for loop in loops if loop.is_loader]
    sizes += [tensor.shape[0] for tensor in tensors if tensor.shape]
    known = [size for size in sizes if isinstance(size, int)]
    return ImageDataset(element, known[0] if known else Unknown("", line), line)


def select_rows(state: ReaderState, source: ImageDataset, **detail: Value) -> ImageDataset:
    """A data set with selected rows of another; `detail` is added to their tensors."""

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
    part = detail.get("part", source.count)  # `next_batch` uses all images in the end
    return replace(source, element=element, count=None if part is True else part)
