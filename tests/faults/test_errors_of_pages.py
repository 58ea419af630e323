"""An error that nobody foresaw: strangers see a reference, the log has the rest under it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.lab_server import LabServer
from support.visitor import Visitor

SECRET = "/srv/lab/secret.key"
PAGE = f"""
import streamlit as st
from pages.components.common import error_reporting
from pages.components.server import server_hardening
from core import limits

error_reporting.watch()
server_hardening.harden(limits.current())

def fail():
    raise OSError({SECRET!r})

@st.fragment
def part():
    if st.button("Break a part"):
        fail()

st.button("Break a callback", on_click=fail)
part()
if st.button("Break the page"):
    fail()
if st.button("Stop early"):
    st.stop()
if st.button("Begin anew"):
    st.rerun()
st.text("The end of the page")
"""
BREAKS = ["Break a callback", "Break a part", "Break the page"]


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page whose buttons break it."""
    script = tmp_path_factory.mktemp("broken") / "broken.py"
    script.write_text(PAGE)
    return script


@pytest.fixture(scope="module")
def public(broken: Path) -> Iterator[LabServer]:
    """It on a host for strangers that shows every error, as Streamlit Community Cloud does."""
    environment = {
        "AUTOENCODER_LAB_PUBLIC": "1",
        "STREAMLIT_CLIENT_SHOW_ERROR_DETAILS": "full",
    }
    with LabServer(broken.parent / "1", app=str(broken), environment=environment) as running:
        yield running


@pytest.mark.parametrize("label", BREAKS)
def test_strangers_see_a_reference_and_the_log_has_the_error_under_it(
    public: LabServer, label: str
) -> None:
    with Visitor(f"{public.url}/") as page:
        page.click(label)
        [reference] = re.findall(r"Something went wrong here \(reference (\w{6})\)", page.text)
        assert "give the reference to whoever runs this lab" in page.text
        assert page.errors == []
        assert SECRET not in page.text
        [line] = [line for line in public.log.read_text().splitlines() if reference in line]
        assert "event=fault" in line
        assert SECRET in line
        assert "in fail" in line


def test_on_an_own_machine_the_error_is_shown_with_its_reference(broken: Path) -> None:
    with LabServer(broken.parent / "0", app=str(broken)) as own, Visitor(f"{own.url}/") as page:
        page.click("Break the page")
        assert re.search(r"OSError.*secret.key \(reference \w{6}\)", page.text)
        assert page.errors == [f"OSError: {SECRET}"]


def test_the_ways_in_which_streamlit_ends_a_script_are_no_errors(public: LabServer) -> None:
    with Visitor(f"{public.url}/") as page:
        page.click("Begin anew")
        assert "The end of the page" in page.text
        page.click("Stop early")
        assert "The end of the page" not in page.text
        assert "went wrong" not in page.text


def test_the_same_error_keeps_its_reference(public: LabServer) -> None:
    with Visitor(f"{public.url}/") as page:
        page.click("Break a part")
        first = page.text
        page.click("Break a part")
        assert page.text == first
        assert "(reference " in first
