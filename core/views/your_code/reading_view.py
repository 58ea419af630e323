"""What the Your code page shows of a reading."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from core.code_reader import Reading, Setting
from core.diagnostics import Severity
from core.text.labels import SETTING_TITLES, value_text

# Titles of settings that are not fields of `Variant`.
OTHER_TITLES = {
    "displayed": "Displayed",
    "statistics": "Findings computed from",
}
ORDER: tuple[Severity, ...] = ("fault", "warning", "fit", "note")


@dataclass(frozen=True, kw_only=True)
class SettingRow:
    """A row of the table of settings.

    Attributes:
        title: its displayed title.
        value: its value as text.
        line: its line in the code; None if it was assumed, or the code has no lines.
        source: the text of that line, or why the value was assumed.
        is_assumed: whether the value was assumed.
    """

    title: str
    value: str
    line: int | None
    source: str
    is_assumed: bool


@dataclass(frozen=True, kw_only=True)
class Problem:
    """A fault of the code, or a finding about its settings.

    Attributes:
        severity: see `Finding`.
        title: one or two words.
        sentence: Markdown if `is_markdown`, else plain text that may quote the code.
    """

    severity: Severity
    title: str
    sentence: str
    is_markdown: bool


def setting_rows(reading: Reading) -> list[SettingRow]:
    """All settings: first those that the code states, then the assumed ones."""
    lines = reading.text.split("\n")
    settings = [*reading.settings.values()]
    if reading.statistics is not None:
        settings.append(reading.statistics)
    rows = [_row(setting, lines) for setting in settings]
    return sorted(rows, key=lambda row: row.is_assumed)


def problems(reading: Reading) -> list[Problem]:
    """Faults of the code, then findings about the settings, most important first."""
    faults = [
        Problem(severity="fault", title="In the code", sentence=f.sentence, is_markdown=False)
        for f in reading.faults
    ]
    found = [
        Problem(severity=f.severity, title=f.title, sentence=f.sentence, is_markdown=True)
        for f in reading.findings
    ]
    if reading.faults:
        found = [problem for problem in found if problem.severity != "fit"]
    return sorted([*faults, *found], key=lambda problem: ORDER.index(problem.severity))


def hidden_layers(reading: Reading) -> tuple[int, ...]:
    """Widths of the hidden layers; empty if they are unknown."""
    setting = reading.settings.get("layers")
    value = setting.value if setting is not None else ()
    is_whole = isinstance(value, tuple) and all(type(width) is int for width in value)
    return value if is_whole else ()


def remarks(reading: Reading) -> dict[str, list[str]]:
    """Remarks about the code, by their heading."""
    return {
        "Not supported": [remark.sentence for remark in reading.unsupported],
        "Ignored": [remark.sentence for remark in reading.ignored],
        "Repaired": list(_repairs(reading)),
    }


def _repairs(reading: Reading) -> Iterator[str]:
    return (repair.sentence for repair in reading.repairs)


def _row(setting: Setting, lines: list[str]) -> SettingRow:
    source = setting.reason
    if not source and setting.line and setting.line <= len(lines):
        source = lines[setting.line - 1].strip()
    title = SETTING_TITLES.get(setting.name) or OTHER_TITLES.get(setting.name, setting.name)
    return SettingRow(
        title=title,
        value=_value(setting),
        line=None if setting.is_assumed else setting.line,
        source=source,
        is_assumed=setting.is_assumed,
    )


def _value(setting: Setting) -> str:
    if setting.name == "statistics":
        return value_text("dataset", setting.value)
    return value_text(setting.name, setting.value)
