"""`python -m core explain`: what the script of an autoencoder does, without running it."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from core.code_reader import Reading, read
from core.code_reader.budget import MAX_FILE_BYTES
from core.diagnostics.findings import plain
from core.errors import UnreadableCode

HELP = "Read the script of an autoencoder and report what it does and what will go wrong."
STDIN = "-"


def describe(parser: argparse.ArgumentParser) -> None:
    """Add this command's options."""
    parser.add_argument(
        "script", metavar="SCRIPT", help="a .py, .ipynb, .json or .keras file; - for stdin"
    )
    parser.add_argument(
        "--choose", metavar="NUMBER", default="1", help="which autoencoder, if there are several"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object to stdout")


def run(options: argparse.Namespace) -> int:
    """Read a script and print what it does, without executing it.

    Raises:
        UnreadableCode: it cannot be read, or does not train an autoencoder.
    """
    chosen = options.choose
    if not (chosen.isascii() and chosen.isdigit() and len(chosen) <= 4) or int(chosen) < 1:
        raise UnreadableCode(f"choose cannot be {chosen[:40]!r}; allowed: whole numbers from 1.")
    reading = read(_content(options.script), int(chosen) - 1)
    print(json.dumps(reading.to_dict()) if options.json else as_text(reading))
    return 0


def _content(name: str) -> bytes:
    try:
        if name == STDIN:
            return sys.stdin.buffer.read(MAX_FILE_BYTES + 1)
        with Path(name).open("rb") as file:
            return file.read(MAX_FILE_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "it is not a valid path"
        raise UnreadableCode(f"{name[:100]!r} cannot be read: {reason}.") from None


def as_text(reading: Reading) -> str:
    """A reading in a few lines."""
    lines = [f"{reading.candidates} autoencoders were found."] if reading.candidates > 1 else []
    for setting in reading.settings.values():
        value = setting.value
        shown = "-".join(map(str, value)) if isinstance(value, tuple) else value
        where = f"line {setting.line}" if setting.line else ""
        note = f"assumed: {setting.reason}" if setting.is_assumed else where
        lines.append(f"{setting.name:22}{shown!s:24}{note}")
    statistics = [reading.statistics.reason] if reading.statistics else []
    groups = {
        "Assumed": statistics,
        "Fault": [fault.sentence for fault in reading.faults],
        "Not supported": [remark.sentence for remark in reading.unsupported],
        "Ignored": [remark.sentence for remark in reading.ignored],
        "Finding": [plain(finding.sentence) for finding in reading.findings],
    }
    lines += [f"{title}: {text}" for title, texts in groups.items() for text in texts]
    for change in reading.changes:
        lines.append(f"Line {change.line}: {' '.join(change.reasons)}")
        lines += [f"- {line}" for line in change.before]
        lines += [f"+ {line}" for line in change.after]
    return "\n".join(lines)
