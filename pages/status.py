"""The status page, for the operator: worker, queue, memory, disk, versions, limits."""

from __future__ import annotations

import streamlit as st

from pages.components.common.navigation import open_page
from pages.components.status import status_tables

open_page("Status")
st.fragment(status_tables.tables, run_every=status_tables.TICK)()
