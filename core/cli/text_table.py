"""Tables of the command line, for terminals and for other programs' pipes."""

from __future__ import annotations

import io
from collections.abc import Collection, Iterable, Sequence

from rich.console import Console
from rich.table import Table

# Rows are not wrapped here: a terminal wraps them itself, and a program expects one per line.
WIDTH = 1_000


def text_table(
    headings: Sequence[str], rows: Iterable[Sequence[object]], *, numbers: Collection[str] = ()
) -> str:
    """Rows under their headings, one line each.

    Args:
        headings: the headings of the columns.
        rows: a value per column.
        numbers: headings of the columns that are aligned on the right.
    """
    table = Table(box=None, pad_edge=False)
    for heading in headings:
        table.add_column(heading, justify="right" if heading in numbers else "left")
    for row in rows:
        table.add_row(*map(str, row))
    stream = io.StringIO()
    Console(file=stream, width=WIDTH, markup=False, highlight=False, emoji=False).print(table)
    return "\n".join(line.rstrip() for line in stream.getvalue().splitlines()) + "\n"
