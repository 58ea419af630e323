"""A page of the lab in Streamlit's AppTest, opened by a link."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from streamlit.testing.v1 import AppTest

APP = Path(__file__).resolve().parents[2] / "app.py"
SECONDS = 60


def opened_app(page: str, query: Mapping[str, str]) -> AppTest:
    """Open a page, such as "lab", with the parameters of a link; fails if it shows an exception."""
    app = AppTest.from_file(str(APP), default_timeout=SECONDS)
    app.switch_page(f"pages/{page}.py")
    for name, value in query.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
    return app
