"""The reviewed verdicts of all combinations, and the runs that they are about."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from core import diagnostics
from core.diagnostics.setting_facts import facts
from core.metrics.dataset_stats import DatasetStats
from core.progress import EpochScores, History, LossPoints, Stage
from core.run import LossPair, Run, Scores
from core.variant import Variant
from support.runs import make_run

FOLDER = Path(__file__).parent
SETTINGS = ("normalization", "activation", "loss", "loss_from")
# Held-out MSE of the mean image of the embedded sample.
MEAN_MSE = 0.066411


@dataclass(frozen=True, kw_only=True)
class Reviewed:
    """A person's description of a run's digits, and the matching verdict.

    Attributes:
        cause: the code of the finding that is the cause; None for none.
        seen: the description.
    """

    variant: Variant
    code: str
    cause: str | None
    seen: str


def reviewed() -> list[Reviewed]:
    """All combinations of the question's network, 67 epochs on the embedded sample."""
    with (FOLDER / "reviewed_verdicts.csv").open(newline="") as file:
        return [
            Reviewed(
                variant=Variant(**{name: row[name] for name in SETTINGS}),
                code=row["code"],
                cause=row["cause"] or None,
                seen=row["seen"],
            )
            for row in csv.DictReader(file)
        ]


def recorded(known: DatasetStats) -> dict[str, Run]:
    """The parts of the reviewed runs that the verdict uses, by key."""
    rows = json.loads((FOLDER / "recorded_runs.json").read_text())
    runs = [_run(row, known) for row in rows]
    return {run.variant.key: run for run in runs}


def _run(row: dict[str, Any], known: DatasetStats) -> Run:
    variant = Variant(
        normalization=row["normalization"],
        activation=row["activation"],
        loss=row["loss_name"],
        loss_from=row["loss_from"],
    )
    run = make_run()
    return replace(
        run,
        variant=variant,
        status=row["status"],
        history=_history(row),
        scores=Scores(mse=row["mse"], mae=0.0, psnr=0.0, ssim=0.0),
        baselines={"mean image": Scores(mse=MEAN_MSE, mae=0.0, psnr=0.0, ssim=0.0)},
        trained_loss=LossPair(training=row["loss"], held_out=row["loss"]),
        floor=diagnostics.floor(variant, known),
        evidence={**row["measured"], **facts(variant, known)},
    )


def _history(row: dict[str, Any]) -> History:
    history = History()
    history.add(Stage(name="training", steps_per_epoch=45, total_steps=3015))
    history.add(LossPoints(steps=(1,), losses=(row["first_loss"],)))
    history.add(LossPoints(steps=(row["steps"],), losses=(row["epochs"][-1][1],)))
    for epoch, loss, mse in row["epochs"]:
        history.add(
            EpochScores(
                epoch=epoch,
                step=45 * epoch,
                loss=loss,
                validation_loss=loss,
                displayed_loss=loss,
                mse=mse,
                ssim=None,
            )
        )
    return history
