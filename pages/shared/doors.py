"""What a lab for strangers closes in Streamlit itself."""

from __future__ import annotations

import streamlit as st
from streamlit import config

from core.limits import MEGABYTE, Limits


def close(limits: Limits) -> None:
    """Hold Streamlit to the limits; once for a process.

    Args:
        limits: in force here.
    """
    if not limits.error_details:
        # Streamlit Community Cloud starts every app with traces shown, whatever its config says.
        st.set_option("client.showErrorDetails", "none")
    if limits.upload_bytes is not None:
        # An uploader's own limit is kept by the browser alone; this one by the server.
        config.set_option("server.maxUploadSize", limits.upload_bytes // MEGABYTE)
