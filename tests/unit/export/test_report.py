"""The report and the sheet of digits, read back by other parsers than wrote them."""

from __future__ import annotations

import base64
import io
from dataclasses import replace
from html.parser import HTMLParser
from xml.etree import ElementTree

import numpy as np
from PIL import Image

from core.data.loading import load_held_out
from core.diagnostics import Finding
from core.export.digit_sheet import LABELS, MARGIN, ROW, WIDTH, sheet_png, sheet_rows, sheet_svg
from core.export.report import report
from core.run import Run
from core.variant import Variant
from support.runs import make_run

HOSTILE = "<script>alert(1)</script>\"'"


class Page(HTMLParser):
    """All tags with their attributes, and all text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def all(self, tag: str, attribute: str) -> list[str | None]:
        return [values.get(attribute) for name, values in self.tags if name == tag]


def two_runs() -> list[Run]:
    return [make_run(Variant()), make_run(Variant(activation="softmax"))]


def test_a_report_needs_nothing_but_itself():
    page = Page(report(two_runs(), {}))
    assert {tag for tag, _ in page.tags}.isdisjoint({"script", "link", "iframe", "object", "form"})
    assert all(
        str(source).startswith("data:image/png;base64,") for source in page.all("img", "src")
    )
    assert page.all("a", "href") == []
    [policy] = [content for content in page.all("meta", "content") if content and "src" in content]
    assert policy.startswith("default-src 'none'")


def test_a_report_has_verdict_scores_settings_and_provenance():
    run = make_run(Variant(learning_rate=0.003))
    finding = Finding(code="x", severity="note", title="Floor", sentence="Never below **0.058**.")
    text = Page(report([run], {run.variant.key: [finding]})).text
    for part in ("sigmoid + BCE", "0.0141", "18.5 dB", "0.003", "mean image", "0.0673"):
        assert part in text
    assert "Never below 0.058." in text
    assert "Trained 2026-01-02 in 6.1 s on a processor with 2 cores" in text


def test_a_report_draws_the_landmarks_of_a_loss():
    run = make_run()
    fingerprint = load_held_out("mnist-sample").fingerprint
    run = replace(run, provenance=replace(run.provenance, data_fingerprint=fingerprint))
    page = Page(report([run], {}))
    assert "mean image 0.260" in page.text
    assert "all grey 0.693" in page.text
    assert any("All grey: 0.6931." in str(words) for words in page.all("svg", "aria-label"))
    assert "all grey" not in Page(report([make_run()], {})).text


def test_several_runs_are_named_by_letters_and_told_apart():
    text = Page(report(two_runs(), {})).text
    assert "A sigmoid + BCE" in text
    assert "B softmax + BCE" in text
    assert "Only the output activation differs." in text
    assert "Its data set was not at hand, so nothing was checked." in text


def test_markup_in_anything_that_an_archive_may_bring_stays_text():
    run = make_run()
    made = replace(
        run.provenance,
        machine=HOSTILE,
        created=HOSTILE,
        data_fingerprint=HOSTILE,
        versions={HOSTILE: HOSTILE},
    )
    hostile = replace(run, provenance=made, baselines={HOSTILE: run.scores})
    page = Page(report([hostile], {}, lab="javascript:alert(1)"))
    assert "script" not in {tag for tag, _ in page.tags}
    assert HOSTILE in page.text
    assert page.all("a", "href") == []


def test_links_lead_to_the_run_and_to_the_comparison():
    runs = two_runs()
    found = [
        str(link) for link in Page(report(runs, {}, "http://lab.example:8501")).all("a", "href")
    ]
    assert len(found) == 3
    assert found[1].startswith("http://lab.example:8501/lab?dataset=mnist-sample&")
    assert "activation=softmax" in found[1]
    assert found[2] == "http://lab.example:8501/compare?a=default&b=activation.softmax"


def test_a_run_that_diverged_at_once_has_a_report_too():
    run = make_run()
    history = replace(run.history, epochs=[], frames=[], steps=[1], losses=[float("nan")])
    diverged = replace(run, status="diverged", history=history, baselines={})
    text = Page(report([diverged], {})).text
    assert "No images were drawn." in text
    assert "nothing was measured" in text


def test_the_sheet_shows_each_digit_as_it_is_on_the_fixed_scale():
    run = make_run()
    pixels = np.full((10, 784), 0.5, np.float32)
    frames = [replace(run.history.frames[-1], pixels=pixels)]
    rows = sheet_rows([replace(run, history=replace(run.history, frames=frames))])
    assert [row.label for row in rows] == ["Original", "sigmoid + BCE"]
    picture = Image.open(io.BytesIO(sheet_png(rows)))
    assert picture.size == (WIDTH, 2 * MARGIN + 2 * ROW)
    # The middle of the first digit of the second row; 0.5 of 255 is 127.5.
    red, green, blue = picture.getpixel((MARGIN + LABELS + 86, MARGIN + ROW + 86))
    assert red == green == blue
    assert abs(red - 127.5) <= 1


def test_originals_are_drawn_once_for_each_data_set():
    one, other = make_run(Variant()), make_run(Variant(dataset="mnist", seed=5))
    labels = [row.label for row in sheet_rows([one, replace(one, variant=Variant(seed=1)), other])]
    assert labels[0] == "Original"
    assert [label[0] for label in labels] == ["O", "A", "B", "O", "C"]


def test_the_svg_is_well_formed_and_carries_the_same_pictures():
    rows = sheet_rows(two_runs())
    svg = ElementTree.fromstring(sheet_svg(rows))
    images = svg.findall("{http://www.w3.org/2000/svg}image")
    assert [image.get("href") for image in images] == [row.picture for row in rows]
    content = base64.b64decode(rows[0].picture.partition(",")[2])
    assert Image.open(io.BytesIO(content)).format == "PNG"
