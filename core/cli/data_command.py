"""`python -m core data`: add your own images as a data set, list such sets, or remove one."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from core import environment
from core.cli.arguments import Parser, whole
from core.cli.text_table import text_table
from core.data import image_sets
from core.data.datasets import DatasetInfo
from core.data.image_files import preparation, value_range
from core.data.image_files.given_file import GivenFile
from core.data.image_files.preparation import Options, PreparedImages, prepare
from core.data.image_files.reading import ReadImages, read
from core.errors import InvalidImages
from core.files import atomic_files
from core.limits import MEGABYTE
from core.metrics.image_set_preview import Preview, preview
from core.store import lab_store
from core.store.image_set_removal import remove_image_set
from core.store.image_set_storage import add_image_set

HELP = "Add your own images as a data set, list such sets, or remove one."
# The part of the disk space for runs and images that images may take.
IMAGES_SHARE = 0.5
LARGEST_SEED = 2**31 - 1
HEADINGS = ("name", "training", "held out", "labels", "key")


def describe(parser: argparse.ArgumentParser) -> None:
    """Add this command's actions and their options."""
    actions = parser.add_subparsers(
        dest="action", metavar="ACTION", title="actions", required=True, parser_class=Parser
    )
    adding = actions.add_parser("add", help="add images", description=_ADD)
    adding.add_argument(
        "files", nargs="+", metavar="FILE", help=".npz, .npy, .csv, IDX, .zip, or several images"
    )
    adding.add_argument("--name", help="what to call them; default the file's name")
    adding.add_argument("--invert", action="store_true", help="make black white")
    adding.add_argument("--stretch", action="store_true", help="stretch each image's contrast")
    adding.add_argument("--crop", action="store_true", help="crop to the ink, as for MNIST")
    adding.add_argument(
        "--values",
        default=value_range.AUTOMATIC,
        help="which values are black and white; allowed:"
        f" {', '.join(value_range.CHOICES)}; default auto",
    )
    adding.add_argument(
        "--share",
        default="0.1",
        help=f"share held out if no test images are given; allowed: {preparation.MIN_SHARE:g} to"
        f" {preparation.MAX_SHARE:g}; default 0.1",
    )
    adding.add_argument(
        "--seed", default="0", help="seed for choosing the held-out images; default 0"
    )
    listing = actions.add_parser("list", help="list the sets", description="List the sets.")
    removing = actions.add_parser("remove", help="remove a set and its runs", description=_REMOVE)
    removing.add_argument("name", metavar="NAME", help="its name in the list")
    for subparser in (adding, listing, removing):
        subparser.add_argument("--json", action="store_true", help="print JSON to stdout")


_ADD = "Add your own images as a data set: converted to 28 x 28 greys, with some held out."
_REMOVE = "Remove a set of images for good, with the runs that were trained on them."


def run(options: argparse.Namespace) -> int:
    """Run the chosen action.

    Raises:
        InvalidImages: the images cannot be read or kept, or there is no such set.
        StoreUnavailable: a folder cannot be written.
    """
    actions = {"add": _add, "list": _list, "remove": _remove}
    return actions[options.action](options)


def _add(options: argparse.Namespace) -> int:
    if options.values not in value_range.CHOICES:
        allowed = ", ".join(value_range.CHOICES)
        raise InvalidImages(f"--values cannot be {options.values[:40]!r}; allowed: {allowed}.")
    files = [_given_file(Path(name)) for name in options.files]
    choices = Options(
        invert=options.invert,
        stretch=options.stretch,
        share=_share(options.share),
        seed=whole("seed", options.seed, 0, LARGEST_SEED),
    )
    images = read(files, values=options.values, crop=options.crop)
    prepared = prepare(images, choices)
    max_bytes = environment.cache_megabytes() * MEGABYTE * IMAGES_SHARE
    info = add_image_set(prepared, options.name or Path(options.files[0]).stem, max_bytes)
    result = preview(prepared)
    for note in images.notes:
        print(note, file=sys.stderr)
    if options.json:
        print(json.dumps(_result_as_json(info, images, prepared, result)))
    else:
        print(_as_text(info, images, result))
    return 0


def _list(options: argparse.Namespace) -> int:
    sets = image_sets.list_all()
    if options.json:
        print(json.dumps([_info_as_json(info) for info in sets]))
    elif sets:
        print(text_table(HEADINGS, map(_row, sets), numbers=("training", "held out")), end="")
    return 0


def _row(info: DatasetInfo) -> tuple[object, ...]:
    has_labels = "yes" if info.class_names else "no"
    return info.label, info.training_count, info.held_out_count, has_labels, info.name


def _remove(options: argparse.Namespace) -> int:
    name = options.name if image_sets.is_image_set(options.name) else None
    name = name or image_sets.find_by_label(options.name)
    if name is None or not image_sets.is_kept(name):
        raise InvalidImages(
            f"There is no set of images {options.name[:40]!r}; python -m core data list names them."
        )
    label = image_sets.info_of(name).label
    runs = remove_image_set(lab_store(), name)
    if options.json:
        print(json.dumps({"name": label, "key": name, "runs": runs}))
    else:
        print(f"Removed {label} and {runs} run{'s' * (runs != 1)}.")
    return 0


def _given_file(path: Path) -> GivenFile:
    try:
        with atomic_files.open_file(path) as file:
            size = file.seek(0, 2)
    except OSError as error:
        reason = (error.strerror or type(error).__name__).lower()
        raise InvalidImages(f"{str(path)[-80:]!r} cannot be read: {reason}.") from error
    return GivenFile(name=path.name, size=size, open=lambda: atomic_files.open_file(path))


def _share(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise InvalidImages(
            f"--share cannot be {text[:40]!r}; give a number, such as 0.1."
        ) from None


def _info_as_json(info: DatasetInfo) -> dict[str, object]:
    return {
        "name": info.label,
        "key": info.name,
        "training": info.training_count,
        "held_out": info.held_out_count,
        "labels": bool(info.class_names),
    }


def _result_as_json(
    info: DatasetInfo, images: ReadImages, prepared: PreparedImages, result: Preview
) -> dict[str, object]:
    return {
        **_info_as_json(info),
        "sides": images.sides,
        "values": [images.value_range.black, images.value_range.white],
        "black": result.black,
        "white": result.white,
        "floor": result.floor,
        "difference": result.sentence,
        "notes": list(images.notes),
    }


def _as_text(info: DatasetInfo, images: ReadImages, result: Preview) -> str:
    labels = "labels 0 to 9" if info.class_names else "no labels"
    return "\n".join(
        [
            f"{info.label}: {info.training_count:,} images to train on,"
            f" {info.held_out_count:,} held out, {labels}.",
            f"The originals are {images.sides} with values {images.value_range.label}; the data set"
            " has 28 × 28 greys.",
            result.sentence,
            f"Train on them with: python -m core train --dataset '{info.label}'",
        ]
    )
