"""The reader: evaluates a script statement by statement and returns a `Reading`."""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace

from core.code_reader import calls, expressions, statements
from core.code_reader.assembly import PIXELS, settings_of
from core.code_reader.budget import Budget, BudgetExceeded
from core.code_reader.comparison import has_weights
from core.code_reader.faults import faults_of
from core.code_reader.findings import findings_of
from core.code_reader.keras_training import add_untrained_model
from core.code_reader.model_values import FunctionalModel, Instance, SequentialModel, Tensor
from core.code_reader.models import input_shape
from core.code_reader.network import Network, Remark, network_of
from core.code_reader.pixels import lineage
from core.code_reader.reader_state import ControlFlow, Evaluators, ReaderState
from core.code_reader.reading import Reading
from core.code_reader.scopes import defined, is_data_name, undefined_data, undefined_loader
from core.code_reader.source import Source
from core.code_reader.text import Text
from core.code_reader.text_repairs import Repair
from core.code_reader.to_variant import to_variant
from core.code_reader.torch_training import lightning_fit
from core.code_reader.values import Arguments, Function, LibraryObject, UserClass, Value
from core.errors import UnreadableCode

EVALUATORS = Evaluators(expressions.evaluate, statements.execute, calls.call)
NOTHING = "No autoencoder was found: no network is trained to reproduce its input."


@dataclass(frozen=True)
class Examination:
    """A reading with the state, network and text that `correction` needs to edit the script."""

    reading: Reading
    state: ReaderState
    network: Network
    text: Text


def examine(source: Source, chosen: int, budget: Budget) -> Examination:
    """The settings, faults and findings of one autoencoder of a text.

    Args:
        source: valid Python.
        chosen: index of the autoencoder, from 0.
        budget: the limits of the reading.

    Raises:
        UnreadableCode: the text has no autoencoder, or exceeds the budget.
    """
    state = evaluate_script(source, budget)
    networks = _autoencoders(state)
    if not networks:
        raise UnreadableCode(_no_autoencoder(state))
    if not 0 <= chosen < len(networks):
        raise UnreadableCode(f"There is no autoencoder {chosen + 1}; the code has {len(networks)}.")
    network, text = networks[chosen], Text(source.text, source.tree)
    settings = settings_of(state, network)
    if network.problem is not None:
        network.add_unsupported(network.problem.line, network.problem.sentence)
    faults = faults_of(state, network, settings, text)
    variant, refused = to_variant(settings)
    unsupported = _remarks(state, network, "unsupported", [*network.unsupported, *refused])
    reading = Reading(
        settings=settings,
        ignored=_remarks(state, network, "ignored", network.ignored),
        unsupported=unsupported,
        faults=tuple(faults),
        repairs=(*source.repairs, *_assumptions(state)),
        variant=None if unsupported else variant,
        text=source.text,
        candidates=len(networks),
        candidate_lines=tuple(found.training.line for found in networks),
    )
    if reading.variant is not None:
        with budget.untimed():  # the statistics of the data set may have to be computed first
            findings, assumed = findings_of(reading.variant)
        reading = replace(reading, findings=findings, statistics=assumed)
    return Examination(reading, state, network, text)


def evaluate_script(source: Source, budget: Budget) -> ReaderState:
    """Evaluate a script from top to bottom.

    Raises:
        UnreadableCode: the script exceeds the budget.
    """
    state = ReaderState(budget, EVALUATORS)
    state.defined = defined(source.tree)
    try:
        _run(state, source.tree.body)
        if not state.trainings:
            _call_unused_functions(state)
        fitted = {id(training.model) for training in state.trainings}
        for model in list(state.models):
            if (
                isinstance(model, (SequentialModel, FunctionalModel, Instance))
                and id(model) not in fitted
            ):
                add_untrained_model(state, model)
        _note_rate_changes(state, source.tree)
    except BudgetExceeded as end:
        raise UnreadableCode(str(end)) from None
    except RecursionError:
        raise UnreadableCode("The code is nested too deeply to be read.") from None
    return state


def _note_rate_changes(state: ReaderState, tree: ast.Module) -> None:
    """Note a learning rate set in a branch that is not taken in the first iteration of a loop."""
    nodes = list(ast.walk(tree))
    if any(note.code == "param_groups" for note in state.notes):
        return
    if not any(isinstance(node, ast.Attribute) and node.attr == "param_groups" for node in nodes):
        return
    for node in nodes:
        if not isinstance(node, ast.Subscript) or not isinstance(node.ctx, ast.Store):
            continue
        if isinstance(node.slice, ast.Constant) and node.slice.value == "lr":
            sentence = f"Line {node.lineno} changes the optimizer's settings; this is ignored."
            state.note("ignored", "param_groups", node.lineno, sentence)
            return


def _run(state: ReaderState, body: list[ast.stmt]) -> None:
    for statement in body:
        try:
            state.execute([statement], state.module)
        except ControlFlow:
            continue


def _call_unused_functions(state: ReaderState) -> None:
    """Call the functions that an incomplete script defines but does not call."""
    for value in list(state.module.names.values()):
        if isinstance(value, Function) and id(value.node) not in state.called:
            call = ast.Call(ast.Name(value.name, ast.Load()), [], [])
            ast.copy_location(call, value.node)
            state.call(value, Arguments(call, [], _assumed_arguments(state, value)))
            if state.trainings:
                sentence = (
                    f"{value.name} is defined but not called; it was read as if it were called."
                )
                state.note("assumed", "called", value.node.lineno, sentence)
                return
        elif isinstance(value, UserClass) and value.library_base.startswith("lightning."):
            _fit_lightning(state, value)
            if state.trainings:
                return


def _fit_lightning(state: ReaderState, cls: UserClass) -> None:
    """Train a LightningModule that the script defines but does not train."""
    call = ast.Call(ast.Name(cls.node.name, ast.Load()), [], [])
    ast.copy_location(call, cls.node)
    model = state.call(cls, Arguments(call))
    for loader in ([], [undefined_loader(state, "train_loader", cls.node)]):
        lightning_fit(
            state, LibraryObject("trainer", "Trainer", 0), Arguments(call, [model, *loader])
        )
        if state.trainings:
            sentence = f"{cls.node.name} is defined but not trained; it was read as if it were."
            state.note("assumed", "called", cls.node.lineno, sentence)
            return


def _assumed_arguments(state: ReaderState, function: Function) -> dict[str, Value]:
    """Arguments for a function that is never called: the script's values with the same names."""
    found: dict[str, Value] = {}
    for argument in function.node.args.args:
        name = argument.arg
        if name in function.defaults:
            continue
        if name in state.module.names:
            found[name] = state.module.names[name]
        elif is_data_name(name):
            found[name] = undefined_data(state, name, function.node)
    return found


def _autoencoders(state: ReaderState) -> list[Network]:
    found: list[Network] = []
    seen: dict[tuple[int, ...], Network] = {}
    for training in state.trainings:
        network = network_of(state, training)
        if not _is_autoencoder(network):
            continue
        identity = tuple(id(unit.layer or unit.tensor.parents[-1]) for unit in network.units)
        if identity in seen:
            sentence = f"Line {training.line} trains it again; only the first training is used."
            seen[identity].add_ignored(training.line, sentence)
            continue
        seen[identity] = network
        found.append(network)
    return found


def _is_autoencoder(network: Network) -> bool:
    """Whether a network is trained to reproduce its input."""
    comparison = network.comparison
    target = comparison.target if comparison else network.training.targets
    if not network.units:
        is_unsupported = bool(network.unsupported)
        return is_unsupported and target is not None and target.op != "labels"
    if target is None:
        return False
    source = network.targets.source
    if source is not None:
        return True
    if _comes_from_labels(target):
        # The shape of an autoencoder, with labels as targets: reported as a fault.
        return network.units[-1].width == network.units[0].tensor.parents[0].width == PIXELS
    if target.op == "input" and not has_weights(target):
        return True
    start = lineage(target)[0]
    is_same = network.input_tensor is not None and start is lineage(network.input_tensor)[0]
    return start.op == "untraced" and (is_same or _has_equal_widths(network))


def _has_equal_widths(network: Network) -> bool:
    shape, first = input_shape(network.training.model), network.units[0]
    taken = shape[-1] if isinstance(shape, tuple) and shape else first.tensor.parents[0].width
    if first.layer is not None and isinstance(first.layer.in_features, int):
        taken = first.layer.in_features
    given = network.units[-1].width
    return given in (taken, None) or (taken is None and given == PIXELS)


def _comes_from_labels(target: object) -> bool:
    return isinstance(target, Tensor) and lineage(target)[0].op == "labels"


def _remarks(
    state: ReaderState, network: Network, kind: str, others: list[Remark]
) -> tuple[Remark, ...]:
    model = network.training.model
    layers = {id(unit.layer) for unit in network.units}
    noted = [
        Remark(note.line, note.sentence)
        for note in state.notes
        if note.kind == kind
        and (note.about is None or note.about is model or id(note.about) in layers)
    ]
    found: list[Remark] = []
    for remark in (*others, *noted):
        if remark not in found:
            found.append(remark)
    return tuple(found)


def _assumptions(state: ReaderState) -> list[Repair]:
    """The assumptions made to read an incomplete script, as repairs."""
    found: list[Repair] = []
    imports = [note for note in state.notes if note.code == "imports"]
    if imports:
        names = ", ".join(dict.fromkeys(note.sentence for note in imports))
        sentence = f"The code has no imports; {names} were assumed."
        found.append(Repair(code="imports", line=imports[0].line, sentence=sentence))
    found += [
        Repair(code=note.code, line=note.line, sentence=note.sentence)
        for note in state.notes
        if note.code == "called"
    ]
    return found


def _no_autoencoder(state: ReaderState) -> str:
    for training in state.trainings:
        problem = network_of(state, training).problem
        if problem is not None:
            return f"No autoencoder could be read. {problem.sentence}"
    if state.trainings:
        lines = ", ".join(str(training.line) for training in state.trainings[:3])
        return f"{NOTHING[:-1]} (the training in line {lines} has other targets)."
    if state.layers:
        return "The code has layers, but no call of fit, minimize or backward that trains them."
    return NOTHING
