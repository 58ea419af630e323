"""Execution of loops."""

from __future__ import annotations

import ast

from core.code_reader import scopes
from core.code_reader.arithmetic import truth
from core.code_reader.early_exits import early_exit
from core.code_reader.iteration import Iteration, iteration
from core.code_reader.model_values import SequentialModel
from core.code_reader.reader_state import (
    MAX_ITERATIONS,
    Break,
    Continue,
    ControlFlow,
    Loop,
    ReaderState,
)
from core.code_reader.values import Scope, Value


def for_loop(state: ReaderState, node: ast.For | ast.AsyncFor, scope: Scope) -> None:
    """Execute a `for` loop up to its first training."""
    found = iteration(state, state.evaluate(node.iter, scope), node.lineno)
    loop = Loop(node.lineno, found.count, found.is_loader, found.batch_size, state.serial)
    loop.steps = found.steps
    state.loops.append(loop)
    try:
        is_complete = _iterate(state, node, scope, found, loop)
    finally:
        state.loops.pop()
    _note_exit(loop, node)
    if not (is_complete and found.is_whole):
        _mark_uncertain(state, loop)
    state.execute(node.orelse, scope)


def _iterate(
    state: ReaderState, node: ast.For | ast.AsyncFor, scope: Scope, found: Iteration, loop: Loop
) -> bool:
    """Execute the iterations of a loop; False if it was left early."""
    for index, item in enumerate(found.items):
        state.iterations += 1
        scopes.assign(state, node.target, item, scope)
        try:
            state.execute(node.body, scope)
        except Break:
            return True
        except Continue:
            pass
        if loop.trained and found.is_values:
            _count_once(state, node, scope, found.items[index + 1 :], loop)
        if loop.trained or state.iterations > MAX_ITERATIONS:
            return len(found.items) == 1
    return True


def _count_once(
    state: ReaderState, node: ast.For | ast.AsyncFor, scope: Scope, rest: list[Value], loop: Loop
) -> None:
    """Count a loop over values as one training, and note whether it trains with the other values.

    Loops over strings, such as "train" and "test", may train for the first value only.
    """
    loop.count, before = 1, len(state.trainings)
    for item in rest if all(isinstance(value, str) for value in rest) else []:
        scopes.assign(state, node.target, item, scope)
        try:
            state.execute(node.body, scope)
        except ControlFlow:
            break
    is_repeated = len(state.trainings) > before or not all(isinstance(v, str) for v in rest)
    del state.trainings[before:]
    if is_repeated:
        sentence = (
            f"The loop in line {node.lineno} trains once for each value; only the first is used."
        )
        state.note("ignored", "loop", node.lineno, sentence)


def _mark_uncertain(state: ReaderState, loop: Loop) -> None:
    """Mark models and layers created in a loop that was not evaluated to its end."""
    if not loop.trained and any(loop in training.loops for training in state.trainings):
        sentence = f"The loop in line {loop.line} trains several networks; only the first is used."
        state.note("ignored", "loop", loop.line, sentence)
        return
    for model in state.models:
        grew = isinstance(model, SequentialModel) and any(
            getattr(layer, "serial", 0) > loop.first_serial for layer in model.layers
        )
        if grew and not loop.trained:
            model.condition_line = model.condition_line or loop.line
    if not loop.trained:
        for layer in state.layers:
            if layer.serial > loop.first_serial:
                layer.condition_line = layer.condition_line or loop.line


def while_loop(state: ReaderState, node: ast.While, scope: Scope) -> None:
    """Execute one iteration of a `while` loop."""
    known = truth(state.evaluate(node.test, scope))
    if known is False:
        return
    loop = Loop(node.lineno, _count_of_while(state, node, scope), first_serial=state.serial)
    state.loops.append(loop)
    try:
        state.execute(node.body, scope)
    except (Break, Continue):
        pass
    finally:
        state.loops.pop()
    _note_exit(loop, node)
    _mark_uncertain(state, loop)


def _note_exit(loop: Loop, node: ast.For | ast.AsyncFor | ast.While) -> None:
    """Record a condition that may end a training loop early."""
    if loop.trained and not loop.exit_line:
        loop.exit_line = early_exit(node)


def _count_of_while(state: ReaderState, node: ast.While, scope: Scope) -> int | None:
    """The number of iterations of a loop such as `while epoch < 20`."""
    test = node.test
    if not isinstance(test, ast.Compare) or not isinstance(test.ops[0], (ast.Lt, ast.LtE)):
        return None
    start = state.evaluate(test.left, scope)
    end = state.evaluate(test.comparators[0], scope)
    if type(start) is not int or type(end) is not int:
        return None
    return end - start + isinstance(test.ops[0], ast.LtE)
