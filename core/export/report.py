"""A report of some runs as one HTML file: no script, no network, everything in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields, replace
from html import escape
from typing import Any
from urllib.parse import urlencode

from core.charts.loss_chart import curve_in_words, loss_chart, loss_curve
from core.charts.metric_chart import metric_in_words
from core.charts.palette import LETTERS, LIGHT
from core.charts.svg import chart_figure
from core.diagnostics import Finding, verdict
from core.diagnostics.findings import plain
from core.export.curve_file import PIXEL_ERROR, pixel_error_chart
from core.export.digit_sheet import sheet_rows
from core.objectives.losses import LOSSES
from core.progress import EpochScores
from core.run import Run, Scores
from core.text import formats
from core.text.labels import SETTING_TITLES, run_names, value_text
from core.variant import FIELDS
from core.views.compare.comparison import link_query, settings_table
from core.views.compare.difference import OtherSeeds, difference

Findings = Sequence[Finding]

STYLES = f"""
body {{ font: 16px/1.5 "Source Sans 3", "Segoe UI", sans-serif; color: {LIGHT.text};
  background: {LIGHT.background}; max-width: 860px; margin: 2rem auto; padding: 0 1rem; }}
h1 {{ font-size: 1.5rem; }} h2 {{ font-size: 1.2rem; margin-top: 2.5rem; }}
h3 {{ font-size: 1rem; margin-bottom: 0.3rem; }}
table {{ border-collapse: collapse; font-variant-numeric: tabular-nums; }}
th, td {{ text-align: left; padding: 0.15rem 1.2rem 0.15rem 0; vertical-align: top; }}
tr {{ border-bottom: 1px solid {LIGHT.border}; }}
th, figcaption, .muted, .digits small {{ color: {LIGHT.muted}; font-weight: 400; }}
.digits {{ display: grid; grid-template-columns: 170px 1fr; gap: 6px 12px; align-items: center; }}
.digits img {{ width: 100%; }} .digits small {{ display: block; }}
figure {{ margin: 1rem 0; }} figure > svg {{ width: 100%; }}
figcaption span {{ margin-left: 0.8rem; white-space: nowrap; }}
.good {{ color: {LIGHT.good}; }} .bad {{ color: {LIGHT.bad}; }}
.warning {{ color: {LIGHT.warning}; }}
.wide {{ overflow-x: auto; }} a {{ color: {LIGHT.link}; }}
@media (max-width: 640px) {{ .digits {{ grid-template-columns: 1fr; }} }}
"""
# What the page may load: nothing; styles and pictures that it holds itself.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"


def report(
    runs: Sequence[Run],
    findings: Mapping[str, Findings],
    lab: str = "",
    *,
    other_seeds: OtherSeeds | None = None,
) -> str:
    """Write the report.

    Args:
        runs: one, or several that are compared, named A to F in this order.
        findings: of the pre-flight check, by key; a run that is missing there has none to show.
        lab: address of the lab that the links lead to, such as "http://localhost:8501"; only
            http and https; without it there are no links.
        other_seeds: what chance alone does to compared runs; see `core.views.compare.difference`.
    """
    titles = run_names([run.variant for run in runs])
    labels = [f"{LETTERS[at]} {title}" for at, title in enumerate(titles)] if runs[1:] else titles
    parts = [_opening(runs, labels, other_seeds or {}), _digits(runs)]
    if runs[1:]:
        parts.append(_differences(runs, labels))
    parts += [_yardstick(runs), _scores(runs, labels)]
    linked = lab if lab.startswith(("http://", "https://")) else ""
    for run, label in zip(runs, labels, strict=True):
        parts.append(_one_run(run, label, findings.get(run.variant.key), linked))
    if linked and runs[1:]:
        query = urlencode(link_query(run.variant for run in runs))
        parts.append(_link(f"{linked}/compare?{query}", "Open this comparison in the lab"))
    title = escape(" · ".join(labels))
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{title}</title><style>{STYLES}</style></head>\n"
        f"<body><main>\n{chr(10).join(filter(None, parts))}\n</main></body></html>\n"
    )


def _opening(runs: Sequence[Run], labels: Sequence[str], other_seeds: OtherSeeds) -> str:
    if runs[1:]:
        told = difference(runs, other_seeds)
        sentences = " ".join([told.rest, *told.details])
        return f"<h1>{escape(told.first)}</h1><p>{escape(sentences)}</p>"
    return f"<h1>{escape(labels[0])}</h1>{_verdict(runs[0])}"


def _verdict(run: Run) -> str:
    found = verdict(run)
    word = f'<b class="{escape(found.tone)}">{escape(found.word)}</b>'
    return f"<p>{word} {escape(found.sentence)}</p>"


def _digits(runs: Sequence[Run]) -> str:
    rows = "".join(
        f"<div>{escape(row.label)}<small>{escape(row.note)}</small></div>"
        f'<img src="{row.picture}" alt="Ten held-out images: {escape(row.label)}, {row.note}.">'
        for row in sheet_rows(runs)
    )
    return f'<div class="digits">{rows}</div>' if rows else "<p>No digits were drawn.</p>"


def _differences(runs: Sequence[Run], labels: Sequence[str]) -> str:
    rows = settings_table([run.variant for run in runs])
    return "<h2>What differs</h2>" + _table(["", *labels], [[k, *v] for k, v in rows.items()])


def _yardstick(runs: Sequence[Run]) -> str:
    chart = replace(pixel_error_chart(runs), title=PIXEL_ERROR)
    return chart_figure(chart, metric_in_words([run.history for run in runs]))


def _scores(runs: Sequence[Run], labels: Sequence[str]) -> str:
    rows: dict[str, Scores] = {label: run.scores for label, run in zip(labels, runs, strict=True)}
    for run in runs:
        several = len({other.variant.dataset for other in runs}) > 1
        tail = f", {run.variant.dataset}" if several else ""
        rows |= {f"{name}{tail}": scores for name, scores in run.rivals.items()}
    head = ["Pictures, held-out images", "MSE", "MAE", "PSNR", "SSIM"]
    return "<h2>Scores</h2>" + _table(
        head,
        [
            [
                name,
                formats.loss(scores.mse),
                formats.loss(scores.mae),
                formats.decibels(scores.psnr),
                formats.ssim(scores.ssim),
            ]
            for name, scores in rows.items()
        ],
    )


def _one_run(run: Run, label: str, findings: Findings | None, lab: str) -> str:
    variant, made = run.variant, run.provenance
    settings = [[SETTING_TITLES[f], value_text(f, getattr(variant, f))] for f in FIELDS]
    curve = loss_curve(run.history, LOSSES[variant.loss], run.floor, variant.epochs)
    losses = [
        ["as trained on", *map(formats.loss, asdict(run.trained_loss).values())],
        ["from the pixels shown", *map(formats.loss, asdict(run.displayed_loss).values())],
        ["least possible", *map(formats.loss, asdict(run.floor).values())],
    ]
    versions = ", ".join(f"{name} {version}" for name, version in made.versions.items())
    origin = "Shipped result, trained" if made.shipped else "Trained"
    said = (
        f"{origin} {made.created[:10]} in {made.seconds:.1f} s on {made.machine}; {versions}."
        f" {run.status.capitalize()}. Data {made.data_fingerprint}."
    )
    link = _link(f"{lab}/lab?{urlencode(variant.to_query())}", "Open it in the lab") if lab else ""
    return (
        f"<h2>{escape(label)}</h2>{_verdict(run)}"
        f"{chart_figure(loss_chart(curve), curve_in_words(curve))}"
        f"{_table([LOSSES[variant.loss].title.capitalize(), 'training', 'held-out'], losses)}"
        f"<h3>Settings</h3>{_table(['', ''], settings)}{_findings(findings)}"
        f'{_epochs(run)}<p class="muted">{escape(said)}</p>{link}'
    )


def _findings(findings: Findings | None) -> str:
    if findings is None:
        return '<p class="muted">Its data set was not at hand, so nothing was checked.</p>'
    items = "".join(
        f"<li><b>{escape(finding.title)}.</b> {escape(plain(finding.sentence))}</li>"
        for finding in findings
    )
    return f"<h3>Known before training</h3><ul>{items}</ul>" if items else ""


def _epochs(run: Run) -> str:
    head = [field.name.replace("_", " ") for field in fields(EpochScores)]
    rows = [[_cell(value) for value in asdict(epoch).values()] for epoch in run.history.epochs]
    table = _table(head, rows)
    return f"<details><summary>All {len(rows)} epochs in numbers</summary>{table}</details>"


def _cell(value: Any) -> str:
    return str(value) if isinstance(value, int) else formats.loss(value)


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    titles = "".join(f"<th>{escape(title)}</th>" for title in head)
    lines = "".join(
        f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in rows
    )
    top = f"<tr>{titles}</tr>" if any(head) else ""
    return f'<div class="wide"><table>{top}{lines}</table></div>'


def _link(address: str, text: str) -> str:
    return f'<p><a href="{escape(address)}" rel="noreferrer">{escape(text)}</a></p>'
