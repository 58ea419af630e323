"""Evaluation of comprehensions."""

from __future__ import annotations

import ast

from core.code_reader import scopes
from core.code_reader.arithmetic import truth
from core.code_reader.iteration import elements, rows
from core.code_reader.model_values import ImageDataset, Tensor
from core.code_reader.reader_state import Loop, ReaderState
from core.code_reader.values import Scope, Value


def comprehension(
    state: ReaderState, node: ast.ListComp | ast.GeneratorExp | ast.SetComp, scope: Scope
) -> Value:
    """A list of values, or images that are processed one by one."""
    inner = Scope(parent=scope)
    found = _generated(state, node.generators, node.elt, inner)
    return _of_images(state, node, inner) if found is None else found


def dict_comprehension(state: ReaderState, node: ast.DictComp, scope: Scope) -> Value:
    """A dict whose keys are literals."""
    pair = ast.copy_location(ast.Tuple([node.key, node.value], ast.Load()), node)
    found = _generated(state, node.generators, pair, Scope(parent=scope))
    known = [item for item in found or () if isinstance(item[0], (str, int))]
    return state.unknown(node) if found is None else dict(known)


def _of_images(
    state: ReaderState, node: ast.ListComp | ast.GeneratorExp | ast.SetComp, scope: Scope
) -> Value:
    """`[f(image) for image in images]`: images that are processed one by one."""
    first = node.generators[0]
    images = state.evaluate(first.iter, scope)
    if not isinstance(images, Tensor) or len(node.generators) > 1:
        return state.unknown(node)
    image = rows(state, images, part=True if first.ifs else None)
    scopes.assign(state, first.target, image, scope)
    made = state.evaluate(node.elt, scope)
    if not isinstance(made, Tensor) or made.serial < image.serial:
        return state.unknown(node)
    made.shape = None
    return made


def _generated(
    state: ReaderState, generators: list[ast.comprehension], result: ast.expr, scope: Scope
) -> list[Value] | None:
    if not generators:
        return [state.evaluate(result, scope)]
    first, found = generators[0], []
    iterated = state.evaluate(first.iter, scope)
    items = elements(state, iterated)
    if items is None:
        if isinstance(iterated, ImageDataset):
            _over_batches(state, iterated, first, scope, generators, result)
        return None
    for item in items:
        scopes.assign(state, first.target, item, scope)
        kept = [truth(state.evaluate(test, scope)) for test in first.ifs]
        if None in kept:
            return None
        if all(kept):
            inner = _generated(state, generators[1:], result, scope)
            if inner is None:
                return None
            found.extend(inner)
    return found


def _over_batches(
    state: ReaderState,
    iterated: ImageDataset,
    first: ast.comprehension,
    scope: Scope,
    generators: list[ast.comprehension],
    result: ast.expr,
) -> None:
    """Evaluate a comprehension over batches, for one batch as in a loop."""
    line = first.iter.lineno
    state.loops.append(Loop(line, None, True, iterated.batch_size, state.serial))
    try:
        scopes.assign(state, first.target, iterated.element, scope)
        _generated(state, generators[1:], result, scope)
    finally:
        state.loops.pop()
