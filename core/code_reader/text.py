"""Text: edits of a script's text at the positions of syntax nodes."""

from __future__ import annotations

import ast
import re
from bisect import bisect_right
from functools import cached_property

from core.code_reader.reading import Edit


class Text:
    """A script's text with its syntax tree.

    Args:
        text: valid Python.
        tree: its syntax tree.
    """

    def __init__(self, text: str, tree: ast.Module) -> None:
        self.text = text
        self.tree = tree
        self.lines = text.split("\n")

    @cached_property
    def _starts(self) -> list[int]:
        starts, at = [], 0
        for line in self.lines:
            starts.append(at)
            at += len(line) + 1
        return starts

    def offset(self, line: int, column: int) -> int:
        """The offset in characters of a line, counted from 1, and a column in UTF-8 bytes."""
        text = self.lines[line - 1]
        return self._starts[line - 1] + len(text.encode()[:column].decode(errors="ignore"))

    def line_at(self, offset: int) -> int:
        """The line of an offset, counted from 1."""
        return bisect_right(self._starts, offset)

    def span(self, node: ast.AST) -> tuple[int, int] | None:
        """The offsets [start, end) of a node; None if it is not in the text."""
        end_line = getattr(node, "end_lineno", None)
        if end_line is None or not hasattr(node, "lineno") or end_line > len(self.lines):
            return None
        return (
            self.offset(node.lineno, getattr(node, "col_offset", 0)),
            self.offset(end_line, getattr(node, "end_col_offset", 0)),
        )

    def of(self, node: ast.AST | None) -> str:
        """The text of a node; "" if it is not in the text."""
        found = self.span(node) if node is not None else None
        return self.text[found[0] : found[1]] if found else ""

    def replace(self, node: ast.AST | None, text: str, reason: str) -> list[Edit]:
        """Replace a node with a text."""
        found = self.span(node) if node is not None else None
        if found is None or self.text[found[0] : found[1]] == text:
            return []
        return [Edit(start=found[0], end=found[1], text=text, reason=reason)]

    def wrap(self, node: ast.AST, before: str, after: str, reason: str) -> list[Edit]:
        """Insert texts before and after a node."""
        found = self.span(node)
        if found is None:
            return []
        inner = self.text[found[0] : found[1]]
        return self.replace(node, f"{before}{inner}{after}", reason)

    def append(self, node: ast.expr, text: str, reason: str) -> list[Edit]:
        """Append to an expression, in parentheses if necessary: `x` -> `x / 255`."""
        needs = not isinstance(
            node, (ast.Name, ast.Call, ast.Attribute, ast.Subscript, ast.Constant)
        )
        return self.wrap(node, "(" if needs else "", f"){text}" if needs else text, reason)

    def last_part(self, node: ast.expr, name: str, reason: str) -> list[Edit]:
        """Replace the last part of a dotted name: `nn.BCELoss` -> `nn.MSELoss`."""
        found = self.span(node)
        if found is None:
            return []
        if isinstance(node, ast.Attribute):
            start = found[1] - len(node.attr)
            return [Edit(start=start, end=found[1], text=name, reason=reason)]
        return [Edit(start=found[0], end=found[1], text=name, reason=reason)]

    def add_argument(self, call: ast.Call, text: str, reason: str) -> list[Edit]:
        """Append an argument to a call."""
        found = self.span(call)
        if found is None:
            return []
        end = found[1] - 1
        given = [*call.args, *(k.value for k in call.keywords)]
        spans = [span for part in given if (span := self.span(part))]
        at = max((span[1] for span in spans), default=end)
        comma = ", " if spans else ""
        return [Edit(start=at, end=at, text=f"{comma}{text}", reason=reason)]

    def remove_argument(self, call: ast.Call, argument: ast.AST, reason: str) -> list[Edit]:
        """Remove an argument and its comma."""
        parts: list[ast.AST] = [*call.args, *call.keywords]
        return self.remove_item(parts, argument, reason)

    def remove_item(self, parts: list[ast.AST], item: ast.AST, reason: str) -> list[Edit]:
        """Remove an item of a sequence and its comma."""
        ordered = sorted(span for part in parts if (span := self.span(part)))
        found = self.span(item)
        if found is None or found not in ordered:
            return []
        index = ordered.index(found)
        if index > 0:
            start, end = ordered[index - 1][1], found[1]
            return [Edit(start=start, end=end, text="", reason=reason)]
        if len(ordered) > 1:
            return [Edit(start=found[0], end=ordered[1][0], text="", reason=reason)]
        return [Edit(start=found[0], end=found[1], text="", reason=reason)]

    def statement(self, node: ast.AST) -> ast.stmt | None:
        """The innermost statement that contains a node."""
        found = self.span(node)
        if found is None:
            return None
        best: ast.stmt | None = None
        size = len(self.text) + 1
        for candidate, start, end in self.statement_spans:
            if start <= found[0] and found[1] <= end and end - start < size:
                best, size = candidate, end - start
        return best

    @cached_property
    def statement_spans(self) -> list[tuple[ast.stmt, int, int]]:
        """All statements with their offsets [start, end)."""
        return [
            (node, *span)
            for node in ast.walk(self.tree)
            if isinstance(node, ast.stmt) and (span := self.span(node))
        ]

    def insert_line(self, after: ast.stmt, text: str, reason: str) -> list[Edit]:
        """Insert a line after a statement, with its indentation."""
        found = self.span(after)
        if found is None:
            return []
        line = self.lines[after.lineno - 1]
        indent = line[: len(line) - len(line.lstrip())]
        end = self.text.find("\n", found[1])
        end = len(self.text) if end < 0 else end
        added = "".join(f"\n{indent}{part}" for part in text.split("\n"))
        return [Edit(start=end, end=end, text=added, reason=reason)]

    def remove_line(self, statement: ast.stmt, reason: str) -> list[Edit]:
        """Remove the lines of a statement."""
        end_line = statement.end_lineno or statement.lineno
        start = self._starts[statement.lineno - 1]
        end = self._starts[end_line] if end_line < len(self.lines) else len(self.text)
        return [Edit(start=start, end=end, text="", reason=reason)]

    def insert_before(self, before: ast.stmt, text: str, reason: str) -> list[Edit]:
        """Insert a line before a statement, with its indentation."""
        line = self.lines[before.lineno - 1]
        indent = line[: len(line) - len(line.lstrip())]
        at = self._starts[before.lineno - 1]
        return [Edit(start=at, end=at, text=f"{indent}{text}\n", reason=reason)]

    def insert_import(self, text: str, reason: str) -> list[Edit]:
        """Insert an import after those at the top of the script."""
        leading: ast.stmt | None = None
        for node in self.tree.body:
            if isinstance(node, (ast.Import, ast.ImportFrom)):
                leading = node
            elif leading is not None:
                break
        if leading is not None:
            return self.insert_line(leading, text, reason)
        if not self.tree.body:
            return []
        return self.insert_before(self.tree.body[0], text, reason)

    def insert_keras_import(self, module: str, name: str, reason: str) -> list[Edit]:
        """Insert an import from a module of Keras, by the way the script imports Keras."""
        library = "tensorflow.keras" if "tensorflow" in self.text else "keras"
        return self.insert_import(f"from {library}.{module} import {name}", reason)

    def remove_from_sequence(self, item: ast.AST, reason: str) -> list[Edit]:
        """Remove an item from the list or tuple that contains it; no edits if there is none."""
        for node in ast.walk(self.tree):
            if isinstance(node, (ast.List, ast.Tuple)) and item in node.elts:
                return self.remove_item(list(node.elts), item, reason)
        return []

    def prefix(self, call: ast.Call) -> str:
        """The prefix of the called name, with its dot: "nn." for `nn.ReLU()`; "" for none."""
        module, dot, _ = self.of(call.func).rpartition(".")
        return module + dot

    def operator(
        self, node: ast.BinOp | ast.AugAssign, old: str, new: str, reason: str
    ) -> list[Edit]:
        """Replace the operator between two operands."""
        left = node.left if isinstance(node, ast.BinOp) else node.target
        right = node.right if isinstance(node, ast.BinOp) else node.value
        first, second = self.span(left), self.span(right)
        if first is None or second is None:
            return []
        at = self.text.find(old, first[1], second[0])
        if at < 0:
            return []
        return [Edit(start=at, end=at + len(old), text=new, reason=reason)]

    def quoted(self, value: str, like: ast.AST | None) -> str:
        """A string literal with the same quotes as another."""
        mark = self.of(like)[:1] if like is not None else ""
        if mark not in ("'", '"'):
            found = re.search(r"['\"]", self.text)
            mark = found[0] if found else '"'
        return f"{mark}{value}{mark}"


def apply(text: str, edits: list[Edit]) -> str:
    """Apply edits to a text; of overlapping edits only the first."""
    taken: list[Edit] = []
    for edit in edits:
        overlaps = any(edit.start < other.end and other.start < edit.end for other in taken)
        inside = any(
            other.start < edit.start < other.end or edit.start < other.start < edit.end
            for other in taken
        )
        if edit not in taken and not overlaps and not inside:
            taken.append(edit)
    for edit in sorted(taken, key=lambda e: (e.start, e.end), reverse=True):
        text = text[: edit.start] + edit.text + text[edit.end :]
    return text
