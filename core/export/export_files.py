"""The files of runs that can be downloaded, each built on demand."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence

from core.charts.palette import LETTERS
from core.data.datasets import SAMPLE
from core.data.image_sets import info_of, is_image_set, is_kept, noun_of, path
from core.diagnostics import Finding, preflight
from core.errors import DataUnavailable, LabError
from core.export import powerpoint
from core.export.csv_tables import history_csv, scores_csv
from core.export.curve_file import curves_svg
from core.export.digit_sheet import sheet_png, sheet_rows, sheet_svg
from core.export.export import Export, export_of, one_at_a_time
from core.export.keras_model import keras_model, keras_models
from core.export.keras_script import images_name, keras_script, script_name, scripts_with_data
from core.export.report import report
from core.export.slides import run_slides
from core.export.training_film import film_gif
from core.metrics.dataset_stats import statistics
from core.run import Run
from core.store.import_export import export_archive
from core.store.library import Library
from core.text.labels import file_stem
from core.variant import Variant
from core.views.compare.difference import other_seeds

MODEL_HELP = (
    "Network and weights for `keras.models.load_model`. It takes images scaled as in the run,"
    " shape (images, 784), and is not compiled."
)
# Compared runs are named by letters.
MAX_COMPARED = len(LETTERS)


def exports(
    library: Library,
    variants: Sequence[Variant],
    lab: str = "",
    *,
    models: Sequence[Variant] = (),
    has_archive: bool = True,
) -> list[Export]:
    """The files available for some runs.

    Args:
        library: the library with the runs.
        variants: at least one; for more than `MAX_COMPARED` there is no report and no
            image.
        lab: address of the lab for links in the report; see `core.export.report.report`.
        models: the variants whose Keras models to offer; runs without weights have none.
        has_archive: whether to offer the archive.

    Returns:
        The files in the order of the menu. Only one is built at a time, across all visitors; runs
        that have been deleted by then are omitted.
    """
    stem = file_stem(variants[0]) if len(variants) == 1 else "autoencoders"

    def runs() -> Iterator[Run]:
        # Read one at a time: many runs may be selected, with megabytes of weights each.
        found = (_read(library, variant) for variant in variants)
        return (run for run in found if run is not None)

    found = [_script(library, variants)]
    if len(variants) <= MAX_COMPARED:
        found += _report_and_pictures(stem, library, variants, runs, lab)
    csv = "text/csv"
    found += [
        export_of(stem, "scores", "Scores (CSV)", "_scores.csv", csv, lambda: scores_csv(runs())),
        export_of(stem, "history", "Curves (CSV)", "_curves.csv", csv, lambda: history_csv(runs())),
    ]
    found += _images(variants)
    stored = _stored(library, variants)
    if stored and has_archive:
        label, ending, mime = "Archive for another lab", "_archive.zip", "application/zip"
        found.append(
            export_of(stem, "archive", label, ending, mime, lambda: _archive(library, stored))
        )
    if models:
        found.append(_models(library, models))
    return found


def _images(variants: Sequence[Variant]) -> list[Export]:
    """The added images that runs were trained on; they are never part of another file."""
    names = sorted({variant.dataset for variant in variants if is_image_set(variant.dataset)})
    return [
        Export(
            name=f"images-{place}",
            label=f"Images of {info_of(name).label} (npz)",
            file_name=images_name(name),
            mime="application/octet-stream",
            build=lambda name=name: path(name).read_bytes(),  # type: ignore[misc]
        )
        for place, name in enumerate(names)
        if is_kept(name)
    ]


def _report_and_pictures(
    stem: str,
    library: Library,
    variants: Sequence[Variant],
    runs: Callable[[], Iterator[Run]],
    lab: str,
) -> list[Export]:
    """The files that name runs by letters, and so contain only a few runs."""
    noun = noun_of(variant.dataset for variant in variants).capitalize()
    files: list[tuple[str, str, str, str, Callable[[list[Run]], str | bytes]]] = [
        ("report", "Report (HTML)", ".html", "text/html", lambda of: _report(library, of, lab)),
        ("png", f"{noun} (PNG)", ".png", "image/png", lambda of: sheet_png(sheet_rows(of))),
        ("svg", f"{noun} (SVG)", ".svg", "image/svg+xml", lambda of: sheet_svg(sheet_rows(of))),
        (*powerpoint.PPTX, lambda of: _slides(library, of, lab)),
        ("gif", "Training (GIF)", "_training.gif", "image/gif", film_gif),
        ("curve-svg", "Curves (SVG)", "_curves.svg", "image/svg+xml", curves_svg),
    ]

    def made(make: Callable[[list[Run]], str | bytes]) -> Callable[[], str | bytes]:
        return lambda: make(list(runs()))

    return [
        export_of(stem, name, label, ending, mime, made(make))
        for name, label, ending, mime, make in files
    ]


def archive_bytes(library: Library, variants: Sequence[Variant]) -> int:
    """The bytes of the stored runs on disk; an archive of them is about as large."""
    summaries = library.summaries()
    return sum(summaries[key].bytes for key in _stored(library, variants) if key in summaries)


def _script(library: Library, variants: Sequence[Variant]) -> Export:
    first = variants[0]
    if len(variants) == 1 and first.dataset != SAMPLE:
        return Export(
            name="script",
            label="Keras script",
            file_name=script_name(first),
            mime="text/x-python",
            build=lambda: keras_script(first, _read(library, first)).encode(),
        )
    return Export(
        name="script",
        label="Keras script and data" if len(variants) == 1 else "Keras scripts",
        file_name=f"{script_name(first)[:-3]}.zip" if len(variants) == 1 else "keras_scripts.zip",
        mime="application/zip",
        build=one_at_a_time(
            lambda: scripts_with_data((variant, _read(library, variant)) for variant in variants)
        ),
    )


def _models(library: Library, variants: Sequence[Variant]) -> Export:
    is_one = len(variants) == 1

    def content() -> bytes:
        runs = (run for variant in variants if (run := _read(library, variant)) is not None)
        if not is_one:
            return keras_models(runs)
        run = next(runs, None)
        if run is None or run.weights is None:
            raise LabError("The weights of this run have been deleted. Train it again.")
        return keras_model(run.weights)

    return Export(
        name="model",
        label="Keras model" if is_one else f"Keras models of {len(variants)} runs",
        file_name=f"{file_stem(variants[0])}.keras" if is_one else "keras_models.zip",
        mime="application/octet-stream" if is_one else "application/zip",
        build=one_at_a_time(content),
        help=MODEL_HELP,
    )


def _read(library: Library, variant: Variant) -> Run | None:
    # Not recorded as a use: otherwise exporting would reorder a list sorted by last use.
    return library.get(variant.key, record_use=False)


def _report(library: Library, runs: Sequence[Run], lab: str) -> str:
    findings: dict[str, list[Finding]] = {}
    for run in runs:
        try:
            stats = statistics(run.variant.dataset)
        except DataUnavailable:  # the report states it
            continue
        findings[run.variant.key] = preflight(run.variant, stats)
    return report(runs, findings, lab, other_seeds=_seeds(library, runs))


def _slides(library: Library, runs: Sequence[Run], lab: str) -> bytes:
    return powerpoint.deck_of(run_slides(runs, lab, other_seeds=_seeds(library, runs)))


def _seeds(library: Library, runs: Sequence[Run]) -> dict[str, list[float]]:
    summaries = library.summaries().values()
    return {run.variant.key: other_seeds(run.variant, summaries) for run in runs}


def _archive(library: Library, keys: Sequence[str]) -> bytes:
    target = io.BytesIO()
    export_archive(library.store, keys, target)
    return target.getvalue()


def _stored(library: Library, variants: Sequence[Variant]) -> list[str]:
    return [variant.key for variant in variants if variant.key in library.store]
