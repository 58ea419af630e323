"""The neighbours of a run: its settings with one of them changed to a value that usually works.

Training them shows which single change repairs the run; see `core.diagnostics.experiment`.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from core import layer_widths
from core.data.image_sets import info_of
from core.diagnostics.compatibility import fits, nearer
from core.diagnostics.preflight import findings
from core.diagnostics.rate_checks import ADAPTIVE, usual_rate
from core.diagnostics.training_checks import USUAL_BATCH
from core.diagnostics.verdict_case import CLEARLY, VerdictCase
from core.errors import LimitExceeded
from core.limits import UNLIMITED, Limits
from core.objectives.losses import trains_on_hidden_logits
from core.run import Run
from core.variant import RANGES, Variant, changes_between

# SGD works with up to this many times its usual rate for all normalizations; with ten times that
# rate, reconstructions of raw pixels are black.
BEST_OF_SGD = 5.0
# Two rates within this factor are the same experiment.
SAME_RATE = 3.0
# Adaptive optimizers can use a rate in this range that was chosen for another optimizer.
RATES_OF_ADAM = (1e-4, 1e-2)
# A bottleneck this wide can distinguish all digits; one of at least this width is doubled.
WIDE_BOTTLENECK = 32
MORE_EPOCHS = 4
# These change the task or only the random numbers, and explain no failure.
NEVER_CHANGED = ("dataset", "seed")


def neighbours(run: Run, limits: Limits = UNLIMITED) -> tuple[Variant, ...]:
    """The variants that differ from a run in one setting, with a value that usually works.

    Args:
        run: the run whose cause is sought.
        limits: limits of this host; variants beyond them are left out, and epochs are reduced.

    Returns:
        Up to fourteen distinct variants; two of them may change the same setting.
    """
    proposals = {field: propose(run) for field, propose in PROPOSALS.items()}
    for field, value in _recommended(run):
        proposals[field] = [value, *proposals.get(field, [])]
    usual = Variant(dataset=run.variant.dataset)
    for field in run.variant.changed:
        if field not in (*PROPOSALS, *NEVER_CHANGED):
            proposals[field] = [getattr(usual, field)]
    singles = [{field: value} for field, values in proposals.items() for value in values]
    return _allowed(run.variant, singles, limits)


def combinations(
    variant: Variant,
    singles: Sequence[Variant],
    remedy: Mapping[str, Any] | None = None,
    limits: Limits = UNLIMITED,
) -> tuple[Variant, ...]:
    """Variants with several changes at once: pairs of the best changes, and the verdict's remedy.

    Args:
        variant: the variant of the run whose cause is sought.
        singles: its neighbours, best first; the changes of the first three are paired.
        remedy: the remedy of its verdict, tried alone and with the best single change.
        limits: limits of this host.
    """
    best: dict[str, Any] = {}
    for single in singles:
        field, value = next(iter(changes_between(variant, single).items()))
        if len(best) < 3:
            best.setdefault(field, value)
    wanted = [dict(pair) for pair in itertools.combinations(best.items(), 2)]
    if remedy is not None:
        first = dict(itertools.islice(best.items(), 1))
        wanted += [dict(remedy), {**first, **remedy}]
    found = _allowed(variant, wanted, limits)
    return tuple(other for other in found if len(changes_between(variant, other)) > 1)


def _recommended(run: Run) -> Iterator[tuple[str, Any]]:
    """The single changes that the findings about a run recommend, as (field, value)."""
    if not VerdictCase(run).is_measured:
        return
    for finding in findings(run.variant, run.evidence):
        if finding.remedy is not None and len(finding.remedy) == 1:
            yield from finding.remedy.items()


def _allowed(
    variant: Variant, wanted: Sequence[Mapping[str, Any]], limits: Limits
) -> tuple[Variant, ...]:
    found = dict.fromkeys(_within(replace(variant, **change), limits) for change in wanted)
    return tuple(other for other in found if other != variant and _is_allowed(other, limits))


def _within(variant: Variant, limits: Limits) -> Variant:
    epochs = variant.epochs if limits.epochs is None else min(variant.epochs, limits.epochs)
    return replace(variant, epochs=epochs)


def _is_allowed(variant: Variant, limits: Limits) -> bool:
    try:
        limits.check(variant)
    except LimitExceeded:
        return False
    return True


def _nearer(setting: str) -> Callable[[Run], list[Any]]:
    def propose(run: Run) -> list[Any]:
        value = nearer(run.variant, setting)
        return [] if value is None else [value]

    return propose


def _normalization(run: Run) -> list[Any]:
    """Another normalization only if the current one is incompatible: it changes what is learned."""
    return [] if fits(run.variant) else _nearer("normalization")(run)


def _other_source(run: Run) -> list[Any]:
    """Another value of `loss_from`, if it changes the loss."""
    variant = run.variant
    if variant.loss_from == "logits":
        return ["keras"]
    hidden = {
        source: trains_on_hidden_logits(variant.activation, variant.loss, source)
        for source in ("keras", "outputs")
    }
    is_another = hidden["keras"] != hidden["outputs"]
    return [source for source in hidden if is_another and source != variant.loss_from]


def _rates(run: Run) -> list[Any]:
    """The optimizer's usual rate, and a tenth or ten times the current one if that is closer."""
    rate = run.variant.learning_rate
    usual = usual_rate(run.variant) * (BEST_OF_SGD if run.variant.optimizer == "sgd" else 1)
    steps = [rate * 10] if rate * SAME_RATE < usual else []
    steps += [rate / 10] if rate > usual * SAME_RATE else []
    steps += [] if steps else [rate * 10, rate / 10]
    low, high = RANGES["learning_rate"]
    found: list[float] = []
    for other in (usual, *steps):
        rounded = float(f"{other:.3g}")
        if low <= rounded <= high and all(_is_apart(rounded, known) for known in (rate, *found)):
            found.append(rounded)
    return found


def _is_apart(rate: float, other: float) -> bool:
    return max(rate, other) >= SAME_RATE * min(rate, other)


def _optimizer(run: Run) -> list[Any]:
    low, high = RATES_OF_ADAM
    name = run.variant.optimizer
    is_slow = name == "sgd" or ADAPTIVE[name].is_slow
    return ["adam"] if is_slow and low <= run.variant.learning_rate <= high else []


def _hidden_activation(run: Run) -> list[Any]:
    return ["tanh" if run.variant.hidden_activation == "relu" else "relu"]


def _bottleneck_activation(run: Run) -> list[Any]:
    """A linear code for a narrow bottleneck, since relu units often die there."""
    variant = run.variant
    bottleneck = layer_widths.bottleneck(variant.layers)
    is_bounded = variant.activations[bottleneck] != "linear"
    return ["linear"] if is_bounded and variant.layers[bottleneck] < WIDE_BOTTLENECK else []


def _layers(run: Run) -> list[Any]:
    layers = run.variant.layers
    bottleneck = min(layers)
    wider = 2 * bottleneck if bottleneck >= WIDE_BOTTLENECK else WIDE_BOTTLENECK
    return [tuple(max(width, wider) for width in layers)] if wider <= layer_widths.MAX_WIDTH else []


def _epochs(run: Run) -> list[Any]:
    """The best epoch, if it was clearly better than the last one; else more epochs."""
    measured = run.history.epochs
    best = min(measured, key=lambda scores: scores.mse, default=None)
    if best is not None and best.mse < CLEARLY * run.scores.mse:
        return [best.epoch]
    usual, most = info_of(run.variant.dataset).default_epochs, int(RANGES["epochs"][1])
    return [min(max(MORE_EPOCHS * run.variant.epochs, usual), most)]


def _batch_size(run: Run) -> list[Any]:
    size = run.variant.batch_size
    return [USUAL_BATCH] if size >= 2 * USUAL_BATCH or 4 * size <= USUAL_BATCH else []


PROPOSALS: dict[str, Callable[[Run], list[Any]]] = {
    "normalization": _normalization,
    "activation": _nearer("activation"),
    "loss": _nearer("loss"),
    "loss_from": _other_source,
    "learning_rate": _rates,
    "optimizer": _optimizer,
    "hidden_activation": _hidden_activation,
    "bottleneck_activation": _bottleneck_activation,
    "layers": _layers,
    "epochs": _epochs,
    "batch_size": _batch_size,
}
