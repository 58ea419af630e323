"""The Your code page: the settings and faults of a pasted script, and the corrected script."""

from __future__ import annotations

import streamlit as st

from core.code_reader import Reading
from pages.components.common.navigation import open_page
from pages.components.your_code import code_input, corrected_code
from pages.components.your_code.reading_result import result

corrected_code.open_comparison()
open_page("Your code")
code_input.examples()
with st.container(key="code-body"):
    code_column, result_column = st.columns([1, 1.15], gap="medium")
with code_column:
    code_input.code_field()
found = code_input.reading()
with result_column:
    result(found)
with st.container(key="code-actions"):
    if isinstance(found, Reading):
        corrected_code.actions(found)
with st.container(key="code-corrected"):
    if isinstance(found, Reading):
        corrected_code.corrected(found)
