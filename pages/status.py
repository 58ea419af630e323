"""The status page, for whoever runs the lab: worker, queue, memory, disk, versions, limits."""

from __future__ import annotations

import streamlit as st

from pages.shared import status
from pages.shared.page import open_page

open_page("Status")
st.fragment(status.tables, run_every=status.TICK)()
