"""The landing page."""

from __future__ import annotations

import streamlit as st

from pages.shared.page import open_page

open_page("Story")

st.title("Why do the loss and the pictures of an autoencoder disagree?")
st.markdown(
    "Autoencoder Lab trains a small autoencoder on handwritten digits while you watch. It shows"
    " which output activation, loss and normalization fit each other, and names the setting to"
    " change where they do not."
)
st.page_link("pages/lab.py", label="Open the lab", icon=":material/science:", width="content")
