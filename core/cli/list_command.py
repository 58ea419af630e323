"""`python -m core list`: the stored runs."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict

from core.cli.run_output import finite
from core.data import image_sets
from core.store import lab_store
from core.store.run_summary import RunSummary
from core.text import formats

HELP = "List the stored runs."
DATA_WIDTH = 14
COLUMNS = "{:18}{:14}{:14}{:10}{:28}{:>8}{:>8}  {}"


def describe(parser: argparse.ArgumentParser) -> None:
    """Add this command's options."""
    parser.add_argument("--json", action="store_true", help="print a JSON array to stdout")


def run(options: argparse.Namespace) -> int:
    """Print the stored runs to stdout, newest first."""
    store = lab_store()
    found = sorted(store.summaries(), key=lambda summary: summary.created, reverse=True)
    for message in store.messages:
        print(message.text, file=sys.stderr)
    if options.json:
        print(json.dumps([finite(plain(summary)) for summary in found]))
        return 0
    print(in_a_table(found), end="")
    return 0


def plain(summary: RunSummary) -> dict[str, object]:
    """A summary in JSON's types; numbers may still be infinite or NaN."""
    return {**asdict(summary), "variant": summary.variant.to_dict()}


def in_a_table(summaries: Sequence[RunSummary]) -> str:
    """Runs as a table with a heading; empty for no runs."""
    if not summaries:
        return ""
    heads = ("key", "data", "normalization", "output", "loss", "epochs", "MSE", "status")
    return "\n".join([COLUMNS.format(*heads), *map(_row, summaries), ""])


def _data(name: str) -> str:
    """A data set's name; of an image set its label, cut to the width of the column."""
    label = image_sets.plain_name(name)
    return label if len(label) < DATA_WIDTH else f"{label[: DATA_WIDTH - 2]}…"


def _row(summary: RunSummary) -> str:
    variant = summary.variant
    return COLUMNS.format(
        summary.key,
        _data(variant.dataset),
        variant.normalization,
        variant.activation,
        variant.loss,
        variant.epochs,
        formats.loss(summary.scores.mse),
        summary.status,
    )
