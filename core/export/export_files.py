"""The files that can be downloaded of some runs, each built only when it is asked for."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from core.charts.palette import LETTERS
from core.data import loading
from core.diagnostics import Finding, preflight
from core.errors import DataUnavailable
from core.export.csv_tables import history_csv, scores_csv
from core.export.curve_file import curves_svg
from core.export.digit_sheet import sheet_png, sheet_rows, sheet_svg
from core.export.keras_script import keras_script, script_name, scripts_with_data
from core.export.report import report
from core.metrics.dataset_stats import statistics
from core.run import Run
from core.store.import_export import export_archive
from core.store.library import Library
from core.text.labels import file_stem
from core.variant import Variant
from core.views.compare.difference import other_seeds

# Named by letters, so no more than there are.
MOST_COMPARED = len(LETTERS)


# Held while a file is in the making.
_building = threading.Lock()


@dataclass(frozen=True, kw_only=True)
class Export:
    """One file to download.

    Attributes:
        name: a short stable name.
        label: on a button.
        file_name, mime: of the file.
        build: makes its content.
    """

    name: str
    label: str
    file_name: str
    mime: str
    build: Callable[[], bytes]


def exports(
    library: Library, variants: Sequence[Variant], lab: str = "", *, has_archive: bool = True
) -> list[Export]:
    """The files that there are of some runs.

    Args:
        library: where the runs are.
        variants: of the runs, at least one; report and pictures of more than `MOST_COMPARED` are
            left out.
        lab: address that a report's links lead to; see `core.export.report.report`.
        has_archive: False leaves the archive out.

    Returns:
        In the order of a menu. Files are built one after another, whoever asks for them. A run
        that is gone by the time a file is built is left out of it.
    """
    stem = file_stem(variants[0]) if len(variants) == 1 else "autoencoders"

    def runs() -> Iterator[Run]:
        # One at a time: wide networks have megabytes of weights, and many may be selected.
        found = (_read(library, variant) for variant in variants)
        return (run for run in found if run is not None)

    found = [_script(library, variants)]
    if len(variants) <= MOST_COMPARED:
        found += _report_and_pictures(stem, library, runs, lab)
    csv = "text/csv"
    found += [
        _export(stem, "scores", "Scores (CSV)", "_scores.csv", csv, lambda: scores_csv(runs())),
        _export(stem, "history", "Curves (CSV)", "_curves.csv", csv, lambda: history_csv(runs())),
    ]
    stored = _stored(library, variants)
    if stored and has_archive:
        label, ending, mime = "Archive for another lab", "_archive.zip", "application/zip"
        found.append(
            _export(stem, "archive", label, ending, mime, lambda: _archive(library, stored))
        )
    return found


def _export(
    stem: str, name: str, label: str, ending: str, mime: str, build: Callable[[], str | bytes]
) -> Export:
    return Export(
        name=name,
        label=label,
        file_name=f"{stem}{ending}",
        mime=mime,
        build=lambda: _built(build),
    )


def _report_and_pictures(
    stem: str, library: Library, runs: Callable[[], Iterator[Run]], lab: str
) -> list[Export]:
    """What names its runs by letters, and so is made of a few."""
    files: list[tuple[str, str, str, str, Callable[[list[Run]], str | bytes]]] = [
        ("report", "Report (HTML)", ".html", "text/html", lambda of: _report(library, of, lab)),
        ("png", "Digits (PNG)", ".png", "image/png", lambda of: sheet_png(sheet_rows(of))),
        ("svg", "Digits (SVG)", ".svg", "image/svg+xml", lambda of: sheet_svg(sheet_rows(of))),
        ("curve-svg", "Curves (SVG)", "_curves.svg", "image/svg+xml", curves_svg),
    ]

    def made(make: Callable[[list[Run]], str | bytes]) -> Callable[[], str | bytes]:
        return lambda: make(list(runs()))

    return [
        _export(stem, name, label, ending, mime, made(make))
        for name, label, ending, mime, make in files
    ]


def archive_bytes(library: Library, variants: Sequence[Variant]) -> int:
    """What the stored ones among some runs take on disk; an archive of them is hardly smaller."""
    summaries = library.summaries()
    return sum(summaries[key].bytes for key in _stored(library, variants) if key in summaries)


def _script(library: Library, variants: Sequence[Variant]) -> Export:
    first = variants[0]
    if len(variants) == 1 and first.dataset != loading.SAMPLE:
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
        build=lambda: _built(
            lambda: scripts_with_data((variant, _read(library, variant)) for variant in variants)
        ),
    )


def _read(library: Library, variant: Variant) -> Run | None:
    # A list that is sorted by use would change its order under the hand of whoever exports from it.
    return library.get(variant.key, is_use=False)


def _report(library: Library, runs: Sequence[Run], lab: str) -> str:
    summaries = library.summaries().values()
    seeds = {run.variant.key: other_seeds(run.variant, summaries) for run in runs}
    findings: dict[str, list[Finding]] = {}
    for run in runs:
        try:
            known = statistics(run.variant.dataset)
        except DataUnavailable:  # the report says so
            continue
        findings[run.variant.key] = preflight(run.variant, known)
    return report(runs, findings, lab, other_seeds=seeds)


def _archive(library: Library, keys: Sequence[str]) -> bytes:
    target = io.BytesIO()
    export_archive(library.store, keys, target)
    return target.getvalue()


def _stored(library: Library, variants: Sequence[Variant]) -> list[str]:
    return [variant.key for variant in variants if variant.key in library.store]


def _built(build: Callable[[], str | bytes]) -> bytes:
    with _building:
        content = build()
        return content.encode() if isinstance(content, str) else content
