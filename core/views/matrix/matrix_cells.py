"""The cells of the matrix, as pure data."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from core.diagnostics import Finding
from core.jobs.sweep import SweepStatus
from core.store.run_summary import RunSummary
from core.text import formats
from core.text.labels import value_label
from core.variant import FIELDS, Variant
from core.views.matrix.matrix_scale import CELL_METRICS, measure
from core.views.matrix.matrix_view import MatrixView, trained_as

State = Literal["trained", "untrained", "waiting", "training", "failed"]
# Short forms of verdicts that are too long for a cell.
SHORT_WORDS = {"It works": "Works"}
# Settings that are named even if they have their defaults.
ALWAYS_NAMED = ("dataset", "activation", "loss", "epochs")
STATE_WORDS: dict[State, str] = {
    "untrained": "Not trained yet",
    "waiting": "Waiting",
    "training": "Training",
    "failed": "Not finished",
}


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One cell.

    Attributes:
        variant: its settings.
        run: the settings of the run that is shown for it.
        row, column: its position, from 0.
        state: "trained" if there is a run, even if that is being replaced.
        number: the metric as text; "" without a run.
        word: the verdict's word; the state while it is trained again; without a run, the title of
            the first preflight finding.
        position: its position on the colour scale, 0 to 1; None for no colour.
        alt: all of this as a sentence.
    """

    variant: Variant
    run: Variant
    row: int
    column: int
    state: State
    number: str
    word: str
    position: float | None
    alt: str


def cells(
    view: MatrixView,
    summaries: Mapping[str, RunSummary],
    *,
    findings: Mapping[str, Sequence[Finding]],
    mean_image: Mapping[str, float],
    sweep_status: SweepStatus,
) -> list[Cell]:
    """All cells, row by row.

    Args:
        view: axes, settings and metric.
        summaries: the summaries of all runs that can be opened, by key.
        findings: the preflight findings by key, for cells without a run; missing if the data set is
            not on this machine.
        mean_image: pixel MSE of the mean image by data set, as far as known.
        sweep_status: progress of the training of the cells.
    """
    measured = measure(CELL_METRICS[view.colour], view.runs, summaries, mean_image)
    found = []
    for at, variant in enumerate(view.variants):
        row, column = divmod(at, len(view.column_values))
        run = trained_as(variant)
        summary = summaries.get(run.key)
        number, position = measured.get(run.key, ("", None))
        state = _state(run, sweep_status, is_trained=summary is not None)
        word = _word(state, summary, findings.get(run.key, ()))
        found.append(
            Cell(
                variant=variant,
                run=run,
                row=row,
                column=column,
                state=state,
                number=number,
                word=word,
                position=position,
                alt=_alt(view, row, column, word, number, state),
            )
        )
    return found


def name_of(view: MatrixView, cell: Cell) -> str:
    """The name of a cell: its row, its column, and the normalization."""
    pair = f"{view.row_labels[cell.row]} + {view.column_labels[cell.column]}"
    if "normalization" in (view.rows, view.columns):
        return pair
    return f"{pair}, {value_label('normalization', cell.variant.normalization)}"


def common_settings(view: MatrixView) -> str:
    """The settings common to all cells: the main ones, and those not at their defaults.

    If the data set is an axis, each may have its own epochs: see `core.variant_grid.grid`.
    """
    variant = view.variant
    usual = Variant(dataset=variant.dataset)
    shared = [field for field in FIELDS if field not in (view.rows, view.columns, "normalization")]
    named = [
        " or ".join(
            value_label(field, value)
            for value in dict.fromkeys(getattr(cell, field) for cell in view.variants)
        )
        for field in shared
        if field in ALWAYS_NAMED or getattr(variant, field) != getattr(usual, field)
    ]
    return " · ".join(named)


def table(
    view: MatrixView, found: Sequence[Cell], summaries: Mapping[str, RunSummary]
) -> list[dict[str, str]]:
    """The matrix as a table: one row per cell, values by column heading."""
    heading = CELL_METRICS[view.colour].title
    return [
        {
            "Row": view.row_labels[cell.row],
            "Column": view.column_labels[cell.column],
            "State": STATE_WORDS.get(cell.state, "Trained"),
            "Verdict or finding": cell.word,
            heading[0].upper() + heading[1:]: cell.number or formats.MISSING,
            **_numbers(summaries.get(cell.run.key)),
        }
        for cell in found
    ]


def _numbers(summary: RunSummary | None) -> dict[str, str]:
    if summary is None:
        return dict.fromkeys(NUMBERS, formats.MISSING)
    return {heading: read(summary) for heading, read in NUMBERS.items()}


NUMBERS: dict[str, Callable[[RunSummary], str]] = {
    "Pixel MSE": lambda summary: formats.loss(summary.scores.mse),
    "SSIM": lambda summary: formats.ssim(summary.scores.ssim),
    "Loss as trained": lambda summary: formats.loss(summary.trained_loss.held_out),
    "Loss of the shown pixels": lambda summary: formats.loss(summary.displayed_loss.held_out),
    "Loss floor": lambda summary: formats.loss(summary.floor.held_out),
}


def _state(variant: Variant, sweep_status: SweepStatus, *, is_trained: bool) -> State:
    if variant in sweep_status.training:
        return "training"
    if variant in sweep_status.waiting:
        return "waiting"
    if is_trained:
        return "trained"
    return "failed" if variant in sweep_status.failed else "untrained"


def _word(state: State, summary: RunSummary | None, findings: Sequence[Finding]) -> str:
    if summary is None and findings:
        return "Fits" if findings[0].severity == "fit" else findings[0].title
    if summary is None:
        return "Unknown"
    if state != "trained":
        return STATE_WORDS[state]
    word = summary.verdict.word.rstrip(".") if summary.verdict else "Trained"
    return SHORT_WORDS.get(word, word)


def _alt(view: MatrixView, row: int, column: int, word: str, number: str, state: State) -> str:
    position = f"{view.row_labels[row]}, {view.column_labels[column]}"
    if number:
        return f"{position}: {word}, {number}"
    return f"{position}: {STATE_WORDS[state]}, the checks find: {word}"
