"""`python -m core list`: the stored runs."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict

from core import formats
from core.cli.result import finite
from core.run_summary import RunSummary
from core.store import lab_store

HELP = "List the stored runs."
COLUMNS = "{:18}{:14}{:14}{:10}{:28}{:>8}{:>8}  {}"


def describe(parser: argparse.ArgumentParser) -> None:
    """Add this command's options."""
    parser.add_argument("--json", action="store_true", help="print a JSON array to stdout")


def run(options: argparse.Namespace) -> int:
    """Print the stored runs to stdout, the newest first."""
    store = lab_store()
    found = sorted(store.summaries(), key=lambda summary: summary.created, reverse=True)
    for message in store.messages:
        print(message.text, file=sys.stderr)
    if options.json:
        print(json.dumps([finite(_plain(summary)) for summary in found]))
        return 0
    if found:
        heads = ("key", "data", "normalization", "output", "loss", "epochs", "MSE", "status")
        print(COLUMNS.format(*heads))
    for summary in found:
        print(_row(summary))
    return 0


def _plain(summary: RunSummary) -> dict[str, object]:
    return {**asdict(summary), "variant": summary.variant.to_dict()}


def _row(summary: RunSummary) -> str:
    variant = summary.variant
    return COLUMNS.format(
        summary.key,
        variant.dataset,
        variant.normalization,
        variant.activation,
        variant.loss,
        variant.epochs,
        formats.loss(summary.scores.mse),
        summary.status,
    )
