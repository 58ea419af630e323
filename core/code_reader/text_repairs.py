"""Repairs that turn pasted text into valid Python without changing the number of lines."""

from __future__ import annotations

import ast
import json
import re
from dataclasses import dataclass
from typing import Any

FENCE = re.compile(r"^\s*(```+|~~~+)\s*\{?\.?([A-Za-z0-9_+-]*)")
OTHER_LANGUAGES = {"bash", "sh", "shell", "console", "text", "txt", "output", "json", "yaml", "r"}
PROMPT = re.compile(r"^\s*(?:>>>|In\s*\[[\d\s*]*\]:|\.\.\.(?=\s|$)|\.\.\.\.*:)[ ]?")
CONTINUATION = re.compile(r"^\s*(?:\.\.\.(?=\s|$)|\.\.\.+:)[ ]?")
IPYTHON = re.compile(r"^(\s*)(?:[!%]|\?\w|get_ipython\(\)|[\w.]+\?{1,2}\s*$)")
ASSIGNED_SHELL = re.compile(r"^(\s*)(\w+)\s*=\s*[!%](?!=).*")
PRINT = re.compile(r"^(\s*)print(?:\s+(?![=(])|\s*(?=$|#|;))(.*)$")
PRINT_AFTER_COLON = re.compile(r"^(\s*(?:if|for|else|while|elif|try|with)\b.*:)\s*print\s+(.+)$")
EXCEPT = re.compile(r"^(\s*except\s+[\w.()\s]+?),\s*(\w+)\s*:")
OUTPUT = re.compile(
    r"^\s*(?:Epoch \d+/\d+|\d+/\d+ \[[=>.]+|\d+/\d+ [━\-]+|Train on \d+ samples"
    r"|Using TensorFlow backend|Traceback \(most recent|Out\s*\[\d*\]:|Model: \"|Layer \(type\)"
    r"|[_=]{20,}\s*$|Total params:|Trainable params:|Non-trainable params:)"
)
QUOTES = str.maketrans(
    {
        **dict.fromkeys("\u201c\u201d\u201e\u2033", '"'),
        **dict.fromkeys("\u2018\u2019\u201a\u2032", "'"),
        **dict.fromkeys("\u00a0\u2007\u202f\u2009", " "),
        **dict.fromkeys("\u2212\u2010\u2011", "-"),
        **dict.fromkeys("\u200b\u200c\u200d\ufeff\u2060", None),
    }
)


@dataclass(frozen=True, kw_only=True)
class Repair:
    """A repair of the text before it was read.

    Attributes:
        code: its stable name.
        line: the first line that was changed.
        sentence: what was changed.
    """

    code: str
    line: int
    sentence: str


@dataclass(frozen=True)
class Repaired:
    """A text with its repairs."""

    text: str
    repairs: tuple[Repair, ...] = ()

    def with_lines(self, lines: list[str], code: str, sentence: str) -> Repaired:
        """The text with new lines and a repair; the same text if the lines are unchanged."""
        before = self.text.split("\n")
        changed = [
            n for n, (old, new) in enumerate(zip(before, lines, strict=True), 1) if old != new
        ]
        if not changed:
            return self
        repair = Repair(code=code, line=changed[0], sentence=sentence)
        return Repaired("\n".join(lines), (*self.repairs, repair))


def notebook(repaired: Repaired) -> Repaired:
    """Replace an .ipynb file with its concatenated code cells."""
    texts = _code_cells(repaired.text)
    if texts is None:
        return repaired
    code = "\n\n".join(text.rstrip("\n") for text in texts) + "\n"
    sentence = (
        f"A notebook: its {len(texts)} code cells were read; lines are numbered across all cells."
    )
    repair = Repair(code="notebook", line=1, sentence=sentence)
    return Repaired(code.replace("\r\n", "\n"), (*repaired.repairs, repair))


def notebook_without_outputs(content: bytes) -> bytes | None:
    """The code cells of a notebook as a smaller notebook; None if it is not a notebook."""
    texts = _code_cells(content.decode("utf-8-sig", "replace"))
    if texts is None:
        return None
    cells = [{"cell_type": "code", "source": text} for text in texts]
    return json.dumps({"cells": cells}).encode()


def _code_cells(text: str) -> list[str] | None:
    """The sources of a notebook's code cells; None if the text is not a notebook."""
    if not text.lstrip().startswith("{") or '"cells"' not in text:
        return None
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        return None
    cells = content.get("cells") if isinstance(content, dict) else None
    if not isinstance(cells, list):
        return None
    return [_cell_text(cell) for cell in cells if _is_code(cell)]


def _is_code(cell: Any) -> bool:
    return isinstance(cell, dict) and cell.get("cell_type") == "code"


def _cell_text(cell: dict[str, Any]) -> str:
    source = cell.get("source", "")
    if isinstance(source, list):
        return "".join(part for part in source if isinstance(part, str))
    return source if isinstance(source, str) else ""


def fences(repaired: Repaired) -> Repaired:
    """Comment out text outside Markdown's code fences."""
    lines = repaired.text.split("\n")
    if not any(FENCE.match(line) for line in lines):
        return repaired
    kept, inside, is_code = [], False, False
    found = False
    for line in lines:
        fence = FENCE.match(line)
        if fence:
            inside = not inside
            is_code = inside and fence[2].lower() not in OTHER_LANGUAGES
            found = found or is_code
        kept.append(line if is_code and not fence else _comment(line))
    if not found:
        return repaired
    return repaired.with_lines(
        kept, "fences", "Text outside the code fences was turned into comments."
    )


def _comment(line: str) -> str:
    return f"# {line.strip()}" if line.strip() else ""


def characters(repaired: Repaired) -> Repaired:
    """Replace curly quotes, no-break spaces and similar characters."""
    text = repaired.text.translate(QUOTES)
    sentence = "Curly quotes and special spaces were replaced with plain ones."
    return repaired.with_lines(text.split("\n"), "characters", sentence)


def prompts(repaired: Repaired) -> Repaired:
    """Remove prompts such as `>>>` and `In [3]:`, and comment out printed output."""
    lines = repaired.text.split("\n")
    if not any(PROMPT.match(line) and not CONTINUATION.match(line) for line in lines):
        return repaired
    is_console = any(line.lstrip().startswith(">>>") for line in lines)
    kept, after_prompt = [], False
    for line in lines:
        prompt = PROMPT.match(line)
        if prompt and (after_prompt or not CONTINUATION.match(line)):
            kept.append(line[prompt.end() :])
            after_prompt = True
        elif is_console and line.strip() and not line.lstrip().startswith("#"):
            kept.append(_comment(line))
        else:
            kept.append(line)
    return repaired.with_lines(kept, "prompts", "Console prompts were removed.")


def outputs(repaired: Repaired) -> Repaired:
    """Comment out the printed output of a training."""
    lines = [_comment(x) if OUTPUT.match(x) else x for x in repaired.text.split("\n")]
    return repaired.with_lines(lines, "outputs", "Printed output was turned into comments.")


def magics(repaired: Repaired) -> Repaired:
    """Comment out `%matplotlib inline`, `!pip install` and other IPython commands."""
    lines, open_brackets = [], 0
    for line in repaired.text.split("\n"):
        found = None if open_brackets > 0 else IPYTHON.match(line)
        assigned = None if open_brackets > 0 else ASSIGNED_SHELL.match(line)
        if found:
            lines.append(f"{found[1]}pass  # {line.strip()}" if found[1] else f"# {line.strip()}")
        elif assigned:
            lines.append(f"{assigned[1]}{assigned[2]} = None  # {line.strip()}")
        else:
            lines.append(line)
            bare = re.sub(r"'[^']*'|\"[^\"]*\"|#.*", "", line)
            opened = sum(map(bare.count, "([{")) - sum(map(bare.count, ")]}"))
            open_brackets = max(0, open_brackets + opened)
    return repaired.with_lines(lines, "magics", "Notebook commands were turned into comments.")


def python2(repaired: Repaired) -> Repaired:
    """Convert `print x` and `except E, e:` of Python 2."""
    lines = []
    for line in repaired.text.split("\n"):
        plain = PRINT.match(line)
        after_colon = PRINT_AFTER_COLON.match(line)
        if plain:
            line = f"{plain[1]}print({_argument(plain[2])})"
        elif after_colon:
            line = f"{after_colon[1]} print({_argument(after_colon[2])})"
        lines.append(EXCEPT.sub(r"\1 as \2:", line))
    sentence = "Python 2's print and except were converted to Python 3."
    return repaired.with_lines(lines, "python2", sentence)


def _argument(text: str) -> str:
    text = re.sub(r"\s+#[^'\"]*$", "", text).rstrip().rstrip(";").rstrip()
    text = re.sub(r"^>>\s*[\w.]+\s*,?", "", text)
    return text.rstrip(",").strip()


def tabs(repaired: Repaired) -> Repaired:
    """Expand tabs mixed with spaces to eight or four columns, whichever is valid Python."""
    found = repaired
    for size in (8, 4):
        lines = [_expanded(line, size) for line in repaired.text.split("\n")]
        found = repaired.with_lines(lines, "tabs", f"Each tab was replaced with {size} spaces.")
        try:
            ast.parse(found.text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
        break
    return found


def _expanded(line: str, size: int) -> str:
    rest = line.lstrip(" \t")
    return line[: len(line) - len(rest)].expandtabs(size) + rest


def indentation(repaired: Repaired) -> Repaired:
    """Remove the common indentation of all lines, or of all but the first."""
    lines = repaired.text.split("\n")
    coded = [line for line in lines if line.strip() and not line.lstrip().startswith("#")]
    if not coded:
        return repaired
    widths = [len(line) - len(line.lstrip()) for line in coded]
    rest = min(widths[1:], default=0) if widths[0] == 0 else min(widths)
    if rest == 0 or (
        widths[0] == 0 and coded[0].rstrip().endswith((":", "(", "[", "{", ",", "\\"))
    ):
        return repaired
    kept = [line[min(rest, len(line) - len(line.lstrip())) :] for line in lines]
    return repaired.with_lines(kept, "indentation", "The common indentation was removed.")
