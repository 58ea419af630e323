"""Output of a run on the command line, as JSON or text."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from core import diagnostics
from core.cli.text_table import text_table
from core.diagnostics.findings import plain
from core.errors import DataUnavailable
from core.metrics.dataset_stats import statistics
from core.run import Run, Scores
from core.text import formats


def as_json(run: Run, *, cached: bool, stored: bool) -> dict[str, Any]:
    """A run in JSON's types; infinite numbers and NaN are None.

    Args:
        run: the run that was trained or opened.
        cached: whether it was already stored.
        stored: whether it is stored now.
    """
    history = run.history
    return finite(
        {
            "key": run.variant.key,
            "variant": run.variant.to_dict(),
            "status": run.status,
            "cached": cached,
            "stored": stored,
            "seconds": run.provenance.seconds,
            "compile_seconds": run.provenance.compile_seconds,
            "scores": asdict(run.scores),
            "rivals": {name: asdict(scores) for name, scores in run.baselines.items()},
            "trained_loss": asdict(run.trained_loss),
            "displayed_loss": asdict(run.displayed_loss),
            "floor": asdict(run.floor),
            "findings": findings(run),
            "verdict": diagnostics.verdict(run).to_dict(),
            "history": {
                "step": history.steps,
                "loss": history.losses,
                "epoch_loss": [epoch.loss for epoch in history.epochs],
                "validation_loss": [epoch.validation_loss for epoch in history.epochs],
            },
        }
    )


def findings(run: Run) -> list[dict[str, Any]] | None:
    """The preflight findings; None if the data set is not on this machine."""
    try:
        stats = statistics(run.variant.dataset)
    except DataUnavailable:
        return None
    return [finding.to_dict() for finding in diagnostics.preflight(run.variant, stats)]


def as_text(run: Run, *, stored: bool) -> str:
    """A run in a few lines: verdict, scores, those of the baselines, and where it is stored."""
    verdict = diagnostics.verdict(run)
    seconds, compiled = run.provenance.seconds, run.provenance.compile_seconds
    return "\n".join(
        [
            f"{verdict.word} {plain(verdict.sentence)}",
            _scores({"this run": run.scores, **run.baselines}),
            f"Trained in {seconds:.1f} s, compiled in {compiled:.1f} s."
            f" {f'Stored as {run.variant.key}' if stored else 'Not stored'}.",
        ]
    )


def finite(value: Any) -> Any:
    """A value in JSON's types, with None for infinite numbers and NaN."""
    if isinstance(value, dict):
        return {name: finite(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [finite(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def _scores(by_name: Mapping[str, Scores]) -> str:
    rows = [(name, *formats.scores(scores)) for name, scores in by_name.items()]
    headings = ("held-out", "MSE", "MAE", "PSNR", "SSIM")
    return text_table(headings, rows, numbers=headings[1:]).rstrip()
