"""`python -m core list`: the stored runs."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict

from core.cli.run_output import finite
from core.cli.text_table import text_table
from core.data import image_sets
from core.store import lab_store
from core.store.run_summary import RunSummary
from core.text import formats

HELP = "List the stored runs."
HEADINGS = ("key", "data", "normalization", "output", "loss", "epochs", "MSE", "status")


def describe(parser: argparse.ArgumentParser) -> None:
    """Add this command's options."""
    parser.add_argument("--json", action="store_true", help="print a JSON array to stdout")


def run(options: argparse.Namespace) -> int:
    """Print the stored runs to stdout, newest first."""
    store = lab_store()
    summaries = sorted(store.summaries(), key=lambda summary: summary.created, reverse=True)
    for message in store.messages:
        print(message.text, file=sys.stderr)
    if options.json:
        print(json.dumps([finite(plain(summary)) for summary in summaries]))
        return 0
    print(in_a_table(summaries), end="")
    return 0


def plain(summary: RunSummary) -> dict[str, object]:
    """A summary in JSON's types; numbers may still be infinite or NaN."""
    return {**asdict(summary), "variant": summary.variant.to_dict()}


def in_a_table(summaries: Sequence[RunSummary]) -> str:
    """Runs as a table with a heading; empty for no runs."""
    if not summaries:
        return ""
    return text_table(HEADINGS, map(_row, summaries), numbers=("epochs", "MSE"))


def _row(summary: RunSummary) -> tuple[object, ...]:
    variant = summary.variant
    return (
        summary.key,
        image_sets.plain_name(variant.dataset),
        variant.normalization,
        variant.activation,
        variant.loss,
        variant.epochs,
        formats.loss(summary.scores.mse),
        summary.status,
    )
