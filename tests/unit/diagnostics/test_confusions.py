"""`docs/confusions.md` points at pages and texts that exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
TEXT = (ROOT / "docs" / "confusions.md").read_text()
PLACE = re.compile(r'^- \*\*(\w+)\*\* \(`(.+?)`\).*?: "(.+)" in `(.+?)`$', re.MULTILINE)
SECTIONS = dict(re.findall(r"^## (\d+)\. (.+?)$", TEXT, re.MULTILINE))


def places() -> list[tuple[str, str, str, str]]:
    return PLACE.findall(TEXT)


def joined_literals(source: str) -> str:
    """Source in which neighbouring string literals are one, as Python reads them."""
    return re.sub(r'"\s*\n\s*f?"', "", source)


def test_there_are_ten_and_each_has_a_place() -> None:
    assert list(SECTIONS) == [str(number) for number in range(1, 11)]
    for part in re.split(r"^## ", TEXT, flags=re.MULTILINE)[1:]:
        assert PLACE.search(part), part.splitlines()[0]


def test_every_line_that_names_a_place_is_understood() -> None:
    assert len(places()) == len(re.findall(r"^- ", TEXT, re.MULTILINE))


@pytest.mark.parametrize(("page", "path", "text", "source"), places())
def test_page_and_text_exist(page: str, path: str, text: str, source: str) -> None:
    assert (ROOT / path).is_file()
    assert Path(path).stem in ("app", page.lower())
    assert text in joined_literals((ROOT / source).read_text())
