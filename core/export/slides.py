"""The content of slides: the steps of the story, or runs and their comparison, as plain data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

import numpy as np

from core.charts import digit_images
from core.charts.chart import Chart
from core.charts.loss_chart import curve_in_words, loss_chart, loss_curve
from core.charts.metric_chart import metric_in_words
from core.charts.palette import LETTERS, LIGHT
from core.diagnostics import verdict
from core.diagnostics.findings import Tone, plain
from core.diagnostics.verdicts import cause
from core.export.curve_file import curve_of, pixel_error_chart
from core.export.digit_sheet import SheetRow, sheet_rows
from core.metrics import image_metrics
from core.objectives.losses import LOSSES
from core.run import Run
from core.store.shipped import Gallery
from core.text import formats
from core.text.labels import SETTING_TITLES, run_names, value_text
from core.variant import FIELDS, Variant
from core.views.compare.comparison import link_query
from core.views.compare.difference import OtherSeeds, difference
from core.views.story import story_steps
from core.views.story.story_state import STEPS
from core.views.story.story_steps import Step

STORY_TITLE = "The loss looks fine. The images do not."
STORY_SUBTITLE = "A public question about an autoencoder, replayed in six steps."


@dataclass(frozen=True, kw_only=True)
class Slide:
    """One slide.

    Attributes:
        title, subtitle: lines at the top.
        texts: paragraphs on the left.
        number, caption, tone: a large number below them, its caption, and its tone.
        chart, chart_alt: the curve, and its alternative text.
        rows: rows of digits, below the curve.
        notes: notes for the speaker.
        address: the address of the page with the same content; empty for none.
    """

    title: str
    subtitle: str = ""
    texts: tuple[str, ...] = ()
    number: str = ""
    caption: str = ""
    tone: Tone = "neutral"
    chart: Chart | None = None
    chart_alt: str = ""
    rows: Sequence[SheetRow] = ()
    notes: str = ""
    address: str = ""


def story_slides(gallery: Gallery, lab: str = "") -> list[Slide]:
    """A title and the steps of the story whose runs are shipped.

    Args:
        gallery: the shipped runs.
        lab: address of the lab for links, http or https only; empty for none.
    """
    lab = _linked(lab)
    first = Slide(title=STORY_TITLE, subtitle=STORY_SUBTITLE, address=lab)
    steps = {number: story_steps.step(number, gallery) for number in STEPS}
    return [
        first,
        *(
            _step(step, f"{lab}/?step={number}" if lab else "")
            for number, step in steps.items()
            if step is not None
        ),
    ]


def run_slides(
    runs: Sequence[Run], lab: str = "", *, other_seeds: OtherSeeds | None = None
) -> list[Slide]:
    """A title, the comparison if there are several runs, and a slide for each run.

    Args:
        runs: one or more; several are named by letters in this order.
        lab, other_seeds: see `core.export.report.report`.
    """
    lab = _linked(lab)
    names = run_names([run.variant for run in runs])
    if not runs[1:]:
        run_verdict = verdict(runs[0])
        title = Slide(
            title=names[0], subtitle=f"{run_verdict.word} {run_verdict.sentence}", address=lab
        )
        return [title, _one_run(runs[0], names[0], "", lab)]
    found_difference = difference(runs, other_seeds or {})
    letters = [f"{letter}  {name}" for letter, name in zip(LETTERS, names, strict=False)]
    title = Slide(title=found_difference.first, subtitle="\n".join(letters), address=lab)
    texts = (found_difference.rest, *found_difference.details)
    query = urlencode(link_query([run.variant for run in runs]))
    compared = Slide(
        title=found_difference.first,
        texts=texts,
        chart=pixel_error_chart(runs),
        chart_alt=metric_in_words([run.history for run in runs]),
        rows=sheet_rows(runs),
        notes=" ".join([found_difference.first, *texts]),
        address=f"{lab}/compare?{query}" if lab else "",
    )
    each = zip(runs, names, LETTERS, strict=False)
    return [title, compared, *(_one_run(run, name, f"{at}: ", lab) for run, name, at in each)]


def _linked(lab: str) -> str:
    return lab if lab.startswith(("http://", "https://")) else ""


def _one_run(run: Run, name: str, letter: str, lab: str) -> Slide:
    run_verdict, reason = verdict(run), cause(run)
    curve = curve_of(run)
    texts = (run_verdict.sentence, *((plain(reason.sentence),) if reason else ()))
    return Slide(
        title=f"{letter}{run_verdict.word}",
        subtitle=name,
        texts=texts,
        number=formats.share(image_metrics.share_of_mean_image(run)),
        caption="of the mean image's error, on held-out images",
        tone=run_verdict.tone,
        chart=loss_chart(curve),
        chart_alt=curve_in_words(curve),
        rows=sheet_rows([run]),
        notes="\n".join(
            [" ".join([run_verdict.word, *texts]), curve_in_words(curve), _settings(run)]
        ),
        address=f"{lab}/lab?{urlencode(run.variant.to_query())}" if lab else "",
    )


def _settings(run: Run) -> str:
    values = (f"{SETTING_TITLES[f]}: {value_text(f, getattr(run.variant, f))}" for f in FIELDS)
    return "; ".join(values) + "."


def _step(step: Step, address: str) -> Slide:
    chart, alt = _step_chart(step)
    return Slide(
        title=step.title,
        texts=step.texts,
        number=step.number,
        caption=step.caption,
        tone=step.tone,
        chart=chart,
        chart_alt=alt,
        rows=_step_rows(step),
        notes="\n".join([*step.texts, f"{step.number} {step.caption}.", alt]),
        address=address,
    )


def _step_chart(step: Step) -> tuple[Chart, str]:
    runs = [row.run for row in step.rows]
    if step.curves == "pixel error":
        return pixel_error_chart(runs), metric_in_words([run.history for run in runs])
    variant: Variant = runs[0].variant
    curve = loss_curve(runs[0].history, LOSSES[variant.loss], runs[0].floor, variant.epochs)
    return loss_chart(curve), curve_in_words(curve)


def _step_rows(step: Step) -> list[SheetRow]:
    digits = story_steps.digits(step)
    originals = step.rows[0].run.pinned.images[list(digits)] / np.float32(255)
    frame = LIGHT.border
    rows = [SheetRow(label="Original", note="", picture=_row(originals, frame))]
    for letter, row in zip(LETTERS, step.rows, strict=False):
        label = f"{letter} {row.label}" if step.curves == "pixel error" else row.label
        picture = _row(story_steps.shown(row.run, digits), frame)
        rows.append(SheetRow(label=label, note=row.note, picture=picture))
    return rows


def _row(pixels: digit_images.Pixels, frame: str) -> str:
    return digit_images.digit_row(pixels, frame=frame)
