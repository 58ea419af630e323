"""The numbers in the sentences of verdicts, by their names in the templates."""

from __future__ import annotations

from collections.abc import Callable
from string import Formatter

from core.diagnostics.verdict_case import VerdictCase
from core.objectives.activations import ACTIVATIONS
from core.text import formats

# The best possible error, and the brightness of black, are mentioned if they are above these.
BEST = 0.01
DARK = 0.05


def sentence(template: str, case: VerdictCase) -> str:
    """Format a template with names of `NUMBERS` in braces."""
    names = {name for _, name, _, _ in Formatter().parse(template) if name}
    return template.format(**{name: NUMBERS[name](case) for name in names})


def against_pca(template: str, case: VerdictCase) -> str:
    """The sentence to add if PCA is better; else ""."""
    if case.better_pca is None:
        return ""
    of_what = "" if "{error_share}" in template else " of the mean image's error"
    return f" PCA of this width beats it: {formats.share(case.better_pca)}{of_what}."


def _better_epoch(case: VerdictCase) -> str:
    best = case.better_epoch
    return "" if best is None else f"; epoch {best} was better"


def _black_becomes(case: VerdictCase) -> str:
    black = case.black_is_shown_as
    return f"; black becomes {formats.pixel(black)}" if black > DARK else ""


def _best_possible(case: VerdictCase) -> str:
    if case.best <= BEST:
        return ""
    # Grey outputs can be closer to the originals than a perfect copy of binarized targets.
    is_binarized = case.run.variant.normalization == "binarized"
    what = "a perfect copy of its targets has" if is_binarized else "the best possible is"
    return f"; {what} {formats.share(case.best)}"


NUMBERS: dict[str, Callable[[VerdictCase], str]] = {
    "epoch": lambda case: str(case.last_epoch),
    "error": lambda case: formats.loss(case.run.scores.mse),
    "loss": lambda case: formats.loss(case.loss),
    "floor": lambda case: formats.loss(case.floor),
    "excess": lambda case: formats.loss((case.loss or 0.0) - (case.floor or 0.0)),
    "runaway_epoch": lambda case: str(case.runaway_epoch),
    "better_epoch": _better_epoch,
    "activation": lambda case: ACTIVATIONS[case.run.variant.activation].label,
    "saturated": lambda case: formats.share(case.get("saturated")),
    "black_becomes": _black_becomes,
    "largest": lambda case: formats.pixel(case.get("largest")),
    "sum": lambda case: formats.total(case.get("sum")),
    "original_sum": lambda case: formats.total(case.get("original_sum")),
    "error_share": lambda case: formats.share(case.error),
    "times_mean_image": lambda case: formats.factor(case.error),
    "best_possible": _best_possible,
    "variation": lambda case: formats.share(case.get("variation")),
    "times_brightness": lambda case: formats.factor(case.brightness),
    "brightness": lambda case: formats.share(case.brightness),
    "stuck": lambda case: formats.share(case.get("stuck")),
}
