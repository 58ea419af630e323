"""Runs as CSV: a table of their results, and a table of their histories."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from core.data.image_sets import info_of
from core.diagnostics import verdict
from core.progress import History
from core.run import Run
from core.variant import FIELDS, format_value

PER_EPOCH = ("epoch_loss", "held_out_loss", "shown_loss", "mse", "ssim")


def scores_csv(runs: Iterable[Run]) -> str:
    """One row per run with settings, verdict, scores and losses, and one row per baseline.

    An image set is named twice: `dataset` has its name in links, `dataset_label` its label.
    Numbers have full precision; missing values are empty. Scores are `core.run.Scores` of the
    held-out images.
    """
    lines: list[dict[str, Any]] = []
    for run in runs:
        run_verdict = verdict(run)
        lines.append(
            {
                "run": run.variant.key,
                "pictures": "this run",
                **{field: format_value(getattr(run.variant, field)) for field in FIELDS},
                "dataset_label": info_of(run.variant.dataset).label,
                "status": run.status,
                "verdict": f"{run_verdict.word} {run_verdict.sentence}",
                **asdict(run.scores),
                "trained_loss": run.trained_loss.held_out,
                "shown_loss": run.displayed_loss.held_out,
                "floor": run.floor.held_out,
                "seconds": run.provenance.seconds,
            }
        )
        lines += [
            {"run": run.variant.key, "pictures": name, **asdict(scores)}
            for name, scores in run.baselines.items()
        ]
    return _csv(lines)


def history_csv(runs: Iterable[Run]) -> str:
    """One row per step whose loss was recorded; rows at the end of an epoch have more columns.

    Columns: run, step, epoch (with its fraction), step_loss (the loss trained on); and at the end
    of an epoch its mean loss, and for the held-out images the loss trained on, the displayed loss,
    pixel MSE and SSIM.
    """
    return _csv(
        [
            {"run": run.variant.key, **line}
            for run in runs
            for _, line in sorted(_steps(run.history).items())
        ]
    )


def _steps(history: History) -> dict[int, dict[str, Any]]:
    per_epoch = max(history.steps_per_epoch, 1)
    losses = dict(zip(history.steps, history.losses, strict=True))
    ends = {scores.step: scores for scores in history.epochs}
    lines = {}
    for step in {*losses, *ends}:
        end = ends.get(step)
        values = (
            (end.loss, end.validation_loss, end.displayed_loss, end.mse, end.ssim)
            if end
            else (None,) * len(PER_EPOCH)
        )
        lines[step] = {
            "step": step,
            "epoch": round(step / per_epoch, 6),
            "step_loss": losses.get(step),
            **dict(zip(PER_EPOCH, values, strict=True)),
        }
    return lines


def _csv(lines: Sequence[Mapping[str, Any]]) -> str:
    names = dict.fromkeys(name for line in lines for name in line)
    target = io.StringIO()
    writer = csv.DictWriter(target, list(names), lineterminator="\n")
    writer.writeheader()
    writer.writerows(lines)
    return target.getvalue()
