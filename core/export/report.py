"""A report about runs as one self-contained HTML file, without scripts and network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from markupsafe import Markup

from core.charts.loss_chart import curve_in_words, loss_chart
from core.charts.metric_chart import metric_in_words
from core.charts.palette import LETTERS, LIGHT
from core.charts.svg import chart_figure
from core.diagnostics import Finding, verdict
from core.diagnostics.findings import plain
from core.export.curve_file import PIXEL_ERROR, curve_of, pixel_error_chart
from core.export.digit_sheet import sheet_rows
from core.metrics import baselines
from core.objectives.losses import LOSSES
from core.progress import EpochScores
from core.run import Run, Scores
from core.text import formats
from core.text.labels import SETTING_TITLES, run_names, value_text
from core.variant import FIELDS
from core.views.compare.comparison import link_query, settings_table
from core.views.compare.difference import OtherSeeds, difference

if TYPE_CHECKING:
    from jinja2 import Template

Findings = Sequence[Finding]

TEMPLATE = Path(__file__).with_name("report.html")


def report(
    runs: Sequence[Run],
    findings: Mapping[str, Findings],
    lab: str = "",
    *,
    other_seeds: OtherSeeds | None = None,
) -> str:
    """Write the report.

    Args:
        runs: one run, or several to compare, named A to F in this order.
        findings: the preflight findings by key; missing runs have no findings in the report.
        lab: address of the lab for links, such as "http://localhost:8501", http or https only;
            empty for a report without links.
        other_seeds: errors with other seeds; see `core.views.compare.difference`.
    """
    are_compared = len(runs) > 1
    variants = [run.variant for run in runs]
    labels = run_names(variants)
    if are_compared:
        labels = [f"{LETTERS[at]} {title}" for at, title in enumerate(labels)]
    linked = lab if lab.startswith(("http://", "https://")) else ""
    query = urlencode(link_query(variants))
    return _template().render(
        colours=LIGHT,
        labels=labels,
        difference=difference(runs, other_seeds or {}) if are_compared else None,
        differing=[[title, *values] for title, values in settings_table(variants).items()],
        digits=sheet_rows(runs),
        pixel_error=_pixel_error(runs),
        scores=_scores(runs, labels),
        runs=[
            _one_run(run, label, findings.get(run.variant.key), linked)
            for run, label in zip(runs, labels, strict=True)
        ],
        epoch_titles=[field.name.replace("_", " ") for field in fields(EpochScores)],
        address=f"{linked}/compare?{query}" if linked and are_compared else "",
    )


@cache
def _template() -> Template:
    # Imported here, since most pages load this file, and few visitors a report.
    from jinja2 import Environment, StrictUndefined

    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.from_string(TEMPLATE.read_text(encoding="utf-8"))


def _pixel_error(runs: Sequence[Run]) -> Markup:
    chart = replace(pixel_error_chart(runs), title=PIXEL_ERROR)
    return Markup(chart_figure(chart, metric_in_words([run.history for run in runs])))


def _scores(runs: Sequence[Run], labels: Sequence[str]) -> list[list[str]]:
    rows: dict[str, Scores] = {label: run.scores for label, run in zip(labels, runs, strict=True)}
    rows |= baselines.of_runs(runs)
    return [[name, *formats.scores(scores)] for name, scores in rows.items()]


def _one_run(run: Run, label: str, findings: Findings | None, lab: str) -> dict[str, Any]:
    variant = run.variant
    curve = curve_of(run)
    return {
        "label": label,
        "verdict": verdict(run),
        "curve": Markup(chart_figure(loss_chart(curve), curve_in_words(curve))),
        "loss_title": LOSSES[variant.loss].title.capitalize(),
        "losses": [
            ["as computed in training", *map(formats.loss, asdict(run.trained_loss).values())],
            ["from the pixels shown", *map(formats.loss, asdict(run.displayed_loss).values())],
            ["lowest possible", *map(formats.loss, asdict(run.floor).values())],
        ],
        "settings": [[SETTING_TITLES[f], value_text(f, getattr(variant, f))] for f in FIELDS],
        "findings": findings
        if findings is None
        else [(finding.title, plain(finding.sentence)) for finding in findings],
        "epochs": [list(map(_cell, asdict(epoch).values())) for epoch in run.history.epochs],
        "origin": _origin(run),
        "address": f"{lab}/lab?{urlencode(variant.to_query())}" if lab else "",
    }


def _origin(run: Run) -> str:
    made = run.provenance
    versions = ", ".join(f"{name} {version}" for name, version in made.versions.items())
    return (
        f"{'Shipped result, trained' if made.shipped else 'Trained'} {made.created[:10]}"
        f" in {made.seconds:.1f} s on {made.machine}; {versions}."
        f" {run.status.capitalize()}. Data {made.data_fingerprint}."
    )


def _cell(value: Any) -> str:
    return str(value) if isinstance(value, int) else formats.loss(value)
