"""`python -m core gallery`: build the shipped runs, or compare them with runs trained here."""

from __future__ import annotations

import argparse
import sys

from core.cli.arguments import FAILED, STOPPED, whole
from core.cli.gallery_build import Cell, check, sampled_variants, write
from core.cli.sweep_command import add_workers, train_all, workers_of
from core.cli.train_command import train
from core.files.temporary import temporary_folder
from core.metrics.baselines import completed
from core.store import RunStore, lab_store
from core.store.shipped import FILE, Gallery, variants

HELP = (
    "Build the shipped results, renew their baselines and verdicts without training, or check"
    " them by training some again. Results that depend on rounding (a cross-entropy without"
    " sigmoid or softmax) are not checked."
)
MAX_CELLS = 1000


def describe(parser: argparse.ArgumentParser) -> None:
    """Add this command's options."""
    parser.add_argument("action", choices=("build", "renew", "check"), help="what to do")
    parser.add_argument("--cells", default="5", metavar="N", help="check: how many to train again")
    parser.add_argument("--seed", default="0", metavar="N", help="check: seed for choosing them")
    add_workers(parser)


def run(options: argparse.Namespace) -> int:
    """Build, renew or check the gallery.

    Returns:
        The exit code: 0; 1 if a run differs or is missing; 130 after ctrl-C.

    Raises:
        InvalidVariant: an option that is not allowed.
        LabError: a run could not be trained.
    """
    if options.action == "build":
        return _build(workers_of(options))
    if options.action == "renew":
        return _renew()
    return _check(
        whole("cells", options.cells, 0, MAX_CELLS), whole("seed", options.seed, 0, MAX_CELLS)
    )


def _build(workers: int) -> int:
    """Train all runs that are not stored, and write the file."""
    store = lab_store()
    sweep_status = train_all(store, variants(), workers=workers)
    if len(sweep_status.done) < sweep_status.total:
        for variant, error in sweep_status.failed.items():
            print(f"{variant.key}: {error}", file=sys.stderr)
        return STOPPED if sweep_status.missing else FAILED
    runs = (run for variant in variants() if (run := store.get(variant.key)) is not None)
    write(list(runs), FILE)
    print(f"{sweep_status.total} runs, {FILE.stat().st_size / 1e6:.1f} MB: {FILE.name}")
    return 0


def _renew() -> int:
    """Rewrite the file from its own runs, with the baselines and verdicts of this version."""
    shipped = Gallery()
    runs = (run for key in shipped.summaries if (run := shipped.get(key)) is not None)
    write([completed(run) for run in runs], FILE)
    print(f"{len(shipped.summaries)} runs: {FILE.name}")
    return 0


def _check(cells: int, seed: int) -> int:
    """Train some shipped runs again in a temporary store, and compare."""
    shipped = Gallery()
    problems = 0
    with temporary_folder() as folder:
        store = RunStore(folder)
        for variant in sampled_variants(shipped, cells, seed):
            cell = check(shipped, variant, lambda wanted: train(store, wanted))
            problems += cell.problem is not None
            print(_in_words(cell), flush=True)
    return FAILED if problems or not shipped.summaries else 0


def _in_words(cell: Cell) -> str:
    variant = cell.variant
    name = f"{variant.activation} + {variant.loss}, {variant.normalization}, {variant.loss_from}"
    if cell.problem:
        return f"{name}: {cell.problem}"
    return f"{name}: held-out MSE {cell.trained:.4g}, shipped {cell.shipped:.4g}"
