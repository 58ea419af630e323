"""The result of reading a script: headline, network, findings and settings."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import streamlit as st

from core.code_reader import Reading
from core.views.your_code import reading_view
from core.views.your_code.code_headline import code_headline
from core.views.your_code.reading_view import SettingRow
from pages.components.common.finding_box import finding_box
from pages.components.common.funnel import funnel
from pages.components.common.headline import headline
from pages.components.common.markdown import escaped
from pages.components.common.notices import notices
from pages.components.your_code import code_input


def result(found: Reading | str | None) -> None:
    """Draw a reading, why the code is not readable, or a hint."""
    with st.container(key="code-headline"):
        if found is None:
            headline("Paste your code.", "The lab shows what it does and what will go wrong.")
        elif isinstance(found, str):
            headline("Not readable.", found, "warning")
        else:
            headline(*code_headline(found))
    with st.container(key="code-result"):
        if isinstance(found, Reading):
            _draw(found)


def settings_html(rows: Sequence[SettingRow]) -> str:
    """The settings as an HTML table; text from the code is escaped."""
    return f'<table class="lab-code-settings">{"".join(map(_row, rows))}</table>'


def _draw(found: Reading) -> None:
    code_input.candidates(found)
    if layers := reading_view.hidden_layers(found):
        funnel(layers)
    for problem in reading_view.problems(found):
        sentence = problem.sentence if problem.is_markdown else escaped(problem.sentence)
        with finding_box(problem.severity, problem.title, sentence):
            pass
    for word, sentences in reading_view.remarks(found).items():
        notices(sentences, word)
    st.html(settings_html(reading_view.setting_rows(found)))


def _row(row: SettingRow) -> str:
    source = escape(row.source)
    if row.is_assumed:
        where = f"<em>assumed</em> {source}"
    elif row.line is None:
        where = ""
    else:
        where = f"line {row.line} <code>{source}</code>"
    return (
        f'<tr><th scope="row">{escape(row.title)}</th><td>{escape(row.value)}</td>'
        f"<td>{where}</td></tr>"
    )
