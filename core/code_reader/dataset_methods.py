"""Methods of data sets and loaders: `map`, `batch`, `shuffle` and others."""

from __future__ import annotations

from dataclasses import replace

from core.code_reader import elementwise
from core.code_reader.iteration import elements, select_rows
from core.code_reader.model_values import ImageDataset, Tensor
from core.code_reader.reader_state import ReaderState
from core.code_reader.values import Arguments, LibraryObject, Unknown, Value, is_number

SAME = (
    *("shuffle", "prefetch", "repeat", "cache", "with_options", "as_numpy_iterator", "unbatch"),
    *("to", "make_one_shot_iterator", "get_next", "interleave"),
)


def call(state: ReaderState, owner: ImageDataset, name: str, args: Arguments) -> Value:
    """The value of a method call on a data set."""
    if name == "repeat":
        return replace(owner, steps=0)
    if name == "take" and owner.steps == 0 and owner.batch_size is not None:
        return replace(owner, steps=args.get(0, "count"))
    if name in ("take", "skip", "filter", "shard"):
        size = args.get(0, "count")
        is_known = name == "take" and type(size) is int and owner.batch_size is None
        return select_rows(state, owner, part=size if is_known else True)
    if name in SAME:
        return owner
    if name in ("batch", "padded_batch"):
        size = args.get(0, "batch_size")
        return replace(owner, batch_size=size, line=args.line_of(0, "batch_size"), call=args)
    if name == "map":
        return _mapped(state, owner, args)
    if name in ("next", "__next__"):
        return owner.element
    if name == "__len__":
        return Unknown("", args.line)
    return Unknown(f"{name} is not a known method", args.line)


def flow(state: ReaderState, generator: LibraryObject, args: Arguments) -> Value:
    """`ImageDataGenerator().flow(x, y, batch_size=32)`."""
    data, target = args.get(0, "x"), args.get(1, "y")
    scale = generator.options.get("rescale")
    if is_number(scale) and isinstance(data, Tensor):
        data = elementwise.affine(state, data, scale, 0.0, args.node)
    if set(generator.call.keywords if generator.call else ()) - {"rescale"}:
        sentence = "The augmentation by ImageDataGenerator is ignored."
        state.note("ignored", "augmentation", generator.line, sentence)
    size = args.get(2, "batch_size", default=32)
    return ImageDataset((data, target), size, args.line, call=args)


def _mapped(state: ReaderState, owner: ImageDataset, args: Arguments) -> Value:
    function = args.get(0, "map_func")
    element = owner.element
    given = list(element) if isinstance(element, tuple) else [element]
    made = state.call(function, Arguments(args.node, given))
    if elements(state, made) is None and not isinstance(made, (Tensor, dict, LibraryObject)):
        made = Unknown("the result of map cannot be traced", args.line)
    return replace(owner, element=made, call=args)
