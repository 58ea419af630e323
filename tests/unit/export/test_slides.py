"""Slides, read as PowerPoint reads them: as a zip of XML whose parts refer to each other.

The reader here is a few lines of the standard library, and none of python-pptx, which wrote them.
LibreOffice is asked too where it is installed; it is 300 MB, too much to bring to every machine.
"""

from __future__ import annotations

import io
import posixpath
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PIL import Image

from core.export.export_files import exports
from core.export.powerpoint import story_slides_export
from core.export.slides import run_slides, story_slides
from core.progress import History
from core.store import RunStore
from core.store.library import Library
from core.store.shipped import Gallery
from core.variant import Variant
from core.views.story.story_steps import RAW, SOFTMAX
from support.runs import make_run

A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
P = "{http://schemas.openxmlformats.org/presentationml/2006/main}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
S = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
EMU = 914_400  # per inch
WIDTH, HEIGHT = 13.333, 7.5
Box = tuple[float, float, float, float]


class Deck:
    """A .pptx file."""

    def __init__(self, content: bytes) -> None:
        self.zip = zipfile.ZipFile(io.BytesIO(content))
        assert self.zip.testzip() is None
        main = self.related("ppt/presentation.xml")
        order = self.xml("ppt/presentation.xml").iter(f"{P}sldId")
        self.slides = [main[each.attrib[f"{R}id"]] for each in order]

    def xml(self, part: str) -> ElementTree.Element:
        return ElementTree.fromstring(self.zip.read(part))

    def related(self, part: str) -> dict[str, str]:
        """The parts that a part refers to, by identifier; without addresses on the web."""
        folder, name = posixpath.split(part)
        return {
            each.attrib["Id"]: posixpath.normpath(posixpath.join(folder, each.attrib["Target"]))
            for each in self.xml(f"{folder}/_rels/{name}.rels")
            if each.get("TargetMode") != "External"
        }

    def part(self, slide: str, kind: str) -> str:
        """The one part of a kind that a slide has, such as "charts"."""
        [found] = [target for target in self.related(slide).values() if f"/{kind}/" in target]
        return found

    def texts(self, part: str) -> str:
        return "\n".join(each.text or "" for each in self.xml(part).iter(f"{A}t"))

    def descriptions(self, slide: str) -> list[str]:
        """Alternative texts of the images and the chart."""
        named = (each for each in self.xml(slide).iter(f"{P}cNvPr") if "descr" in each.attrib)
        return [each.attrib["descr"] for each in named]

    def boxes(self, slide: str) -> Iterator[Box]:
        """Left, top, right and bottom of every shape, in inches."""
        tree = self.xml(slide)
        for place in (*tree.iter(f"{A}xfrm"), *tree.iter(f"{P}xfrm")):
            at, size = place.find(f"{A}off"), place.find(f"{A}ext")
            assert at is not None
            assert size is not None
            left, top = int(at.attrib["x"]), int(at.attrib["y"])
            yield (
                *(left / EMU, top / EMU),
                *((left + int(size.attrib["cx"])) / EMU, (top + int(size.attrib["cy"])) / EMU),
            )


@pytest.fixture(scope="module")
def story() -> Deck:
    return Deck(story_slides_export(Gallery(), "https://lab.example").build())


def deck_of(tmp_path: Path, *variants: Variant) -> Deck:
    library = Library(RunStore(tmp_path), Gallery())
    [file] = [each for each in exports(library, variants) if each.name == "pptx"]
    return Deck(file.build())


def test_the_story_is_a_title_and_its_six_steps(story: Deck) -> None:
    assert len(story.slides) == 7
    titles = [story.texts(slide).split("\n")[0] for slide in story.slides]
    assert titles[1] == "The loss falls without bound. The image is black."
    assert titles[6] == "When softmax is right: images that sum to one."
    assert "sum of all pixels; a digit has 101" in story.texts(story.slides[2])


def test_every_part_is_named_and_there(story: Deck) -> None:
    names = set(story.zip.namelist())
    assert len(names) == len(story.zip.namelist())
    for name in names:
        if name.endswith((".xml", ".rels")):
            story.xml(name)  # raises if it is not well-formed
        if "/slides/slide" in name and name.endswith(".xml"):
            assert set(story.related(name).values()) <= names
    types = story.xml("[Content_Types].xml")
    typed = {each.attrib["PartName"][1:] for each in types if "PartName" in each.attrib}
    endings = {each.attrib["Extension"] for each in types if "Extension" in each.attrib}
    assert typed <= names
    assert {name for name in names - typed if name.rpartition(".")[2] not in endings} == set()


def test_digits_are_images_with_alternative_text_and_sentences_are_notes(story: Deck) -> None:
    slide = story.slides[2]
    curve, *rows = story.descriptions(slide)
    assert curve.startswith("BCE per pixel over 67 epochs. Training batches: from 0.")
    assert rows == ["Held-out images: Original.", "Held-out images: Shown, 162% error."]
    images = [part for part in story.related(slide).values() if "/media/" in part]
    # Six digits of 28 x 6 pixels in frames of 2, 6 apart.
    sizes = [Image.open(io.BytesIO(story.zip.read(part))).size for part in images]
    assert sizes == [(6 * 172 + 5 * 6, 172)] * 2
    notes = story.texts(story.part(slide, "notesSlides"))
    assert "The curve hides it: Keras computed this held-out loss of 0.1078" in notes


def test_links_lead_to_the_lab_only_if_its_address_is_one(story: Deck) -> None:
    relations = story.zip.read("ppt/slides/_rels/slide3.xml.rels").decode()
    assert "https://lab.example/?step=2" in relations
    assert {each.address for each in story_slides(Gallery(), "javascript:alert(1)")} == {""}


@pytest.mark.parametrize("place", range(1, 7))
def test_a_curve_is_a_native_chart_with_its_numbers_in_a_table(story: Deck, place: int) -> None:
    chart = story.part(story.slides[place], "charts")
    [book] = story.related(chart).values()
    sheet = zipfile.ZipFile(io.BytesIO(story.zip.read(book))).read("xl/worksheets/sheet1.xml")
    cells = {f"{float(v.text or ''):.12g}" for v in ElementTree.fromstring(sheet).iter(f"{S}v")}
    drawn = [
        f"{float(value.text or ''):.12g}"
        for axis in ("xVal", "yVal")
        for values in story.xml(chart).iter(f"{C}{axis}")
        for value in values.iter(f"{C}v")
    ]
    assert len(drawn) > 100
    assert set(drawn) <= cells


def test_the_lines_of_a_chart_are_those_of_the_page(story: Deck) -> None:
    chart = story.xml(story.part(story.slides[2], "charts"))
    names = [series.findtext(f".//{C}tx//{C}v") for series in chart.iter(f"{C}ser")]
    assert names == ["training batch", "held-out", "from the shown pixels", "floor"]
    floor = list(chart.iter(f"{C}ser"))[-1]
    values = floor.iterfind(f"{C}yVal//{C}v")
    assert [float(each.text or "") for each in values] == pytest.approx([0.0591] * 2, abs=5e-5)


def test_a_logarithmic_axis_has_round_numbers(story: Deck) -> None:
    def scale(place: int) -> dict[str, float]:
        axes = story.xml(story.part(story.slides[place], "charts")).iter(f"{C}valAx")
        *_, y = axes
        scaling = y.find(f"{C}scaling")
        assert scaling is not None
        named = {each.tag[len(C) :]: each.get("val", "") for each in scaling}
        return {name: float(value) for name, value in named.items() if name != "orientation"}

    softmax, raw = scale(2), scale(1)
    assert (softmax["logBase"], softmax["min"]) == (2, 0.05)  # 0.05, 0.1, 0.2, 0.4, 0.8
    assert "logBase" not in raw  # losses below 0
    assert raw["min"] == pytest.approx(-2.5e19)


def test_a_run_is_a_title_and_a_slide_with_its_verdict(tmp_path: Path) -> None:
    deck = deck_of(tmp_path, SOFTMAX)
    assert len(deck.slides) == 2
    text = deck.texts(deck.slides[1])
    assert text.startswith("Black.\nsoftmax + BCE\nThe loss looks fine (0.1078)")
    assert "162%" in text
    assert "Batch: 100" in deck.texts(deck.part(deck.slides[1], "notesSlides"))


def test_a_comparison_is_a_title_its_difference_and_a_slide_for_each_run(tmp_path: Path) -> None:
    deck = deck_of(tmp_path, Variant(), SOFTMAX)
    titles = [deck.texts(slide).split("\n")[0] for slide in deck.slides]
    assert titles == [*["Only the output activation differs."] * 2, "A: It works.", "B: Black."]
    curve, original, first, second = deck.descriptions(deck.slides[1])
    assert curve.startswith("Pixel error per epoch")
    assert original == "Held-out images: Original, mnist-sample."
    assert (first[:33], second[:33]) == (
        *("Held-out images: A sigmoid + BCE,", "Held-out images: B softmax + BCE,"),
    )


def test_nothing_leaves_a_slide_and_texts_do_not_overlap_images(
    story: Deck, tmp_path: Path
) -> None:
    deep = [Variant(seed=seed, layers=(512, 256, 128, 28, 128, 256, 512)) for seed in (1, 2, 3)]
    for variant in deep:
        RunStore(tmp_path).put(make_run(variant))
    many = deck_of(tmp_path, Variant(), RAW, SOFTMAX, *deep)
    for deck in (story, many):
        for slide in deck.slides:
            boxes = list(deck.boxes(slide))
            for left, top, right, bottom in boxes:
                assert 0 <= left < right <= WIDTH + 0.01
                assert 0 <= top < bottom <= HEIGHT + 0.01


def test_a_run_without_frames_has_a_slide_without_digits() -> None:
    run = replace(make_run(), history=History())
    title, slide = run_slides([run])
    assert (slide.rows, title.title) == ([], "sigmoid + BCE")


def test_python_pptx_is_loaded_only_when_slides_are_made() -> None:
    program = (
        "import sys; from core.export.powerpoint import story_slides_export;"
        " from core.store.shipped import Gallery; export = story_slides_export(Gallery());"
        " before = 'pptx' in sys.modules; export.build(); print(before, 'pptx' in sys.modules)"
    )
    printed = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=100, check=True
    )
    assert printed.stdout == "False True\n"


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_libreoffice_opens_the_slides(tmp_path: Path) -> None:
    (tmp_path / "story.pptx").write_bytes(story_slides_export(Gallery()).build())
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = ["soffice", profile, "--headless", "--convert-to", "pdf", "story.pptx"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, timeout=100)
    pdf = (tmp_path / "story.pdf").read_bytes()
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == 7
