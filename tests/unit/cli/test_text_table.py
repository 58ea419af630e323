"""Tables of the command line."""

from __future__ import annotations

from core.cli.text_table import text_table


def test_each_row_is_a_line_with_its_columns_aligned() -> None:
    rows = [("digits [1]", 4500, "sigmoid"), ("a" * 90, 20, "softmax")]
    assert text_table(("name", "images", "output"), rows, numbers=("images",)).splitlines() == [
        "name" + " " * 86 + "  images  output",
        "digits [1]" + " " * 80 + "    4500  sigmoid",
        "a" * 90 + "      20  softmax",
    ]
