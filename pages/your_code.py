"""The Your code page: paste a script, see what it does, and get it back corrected."""

from __future__ import annotations

import streamlit as st

from core.code_reader import Reading
from pages.components.common.navigation import open_page
from pages.components.your_code import code_input, corrected_code
from pages.components.your_code.reading_result import result

corrected_code.leave_for_comparison()
open_page("Your code")
code_input.examples()
with st.container(key="code-body"):
    code_column, result_column = st.columns([1, 1.15], gap="medium")
with code_column:
    code_input.code_field()
found = code_input.reading()
with result_column:
    result(found)
with st.container(key="code-way-on"):
    if isinstance(found, Reading):
        corrected_code.ways_on(found)
with st.container(key="code-corrected"):
    if isinstance(found, Reading):
        corrected_code.corrected(found)
