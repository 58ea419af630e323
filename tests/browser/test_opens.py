"""The lab opens: from the front door, and from a link to any page."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from support.lab_server import LabServer
from support.pages import open_page

PAGES = sorted(path.stem for path in Path("pages").glob("*.py"))


def test_the_front_page_leads_to_the_lab(lab: LabServer, page: Page) -> None:
    open_page(page, lab.url)
    page.get_by_role("link", name="Lab", exact=True).first.click()
    expect(page).to_have_url(re.compile(rf"{re.escape(lab.url)}/lab\b.*"))
    expect(page.get_by_text("Output activation").first).to_be_visible()


def test_name_leads_to_the_story_without_a_reload(lab: LabServer, page: Page) -> None:
    open_page(page, f"{lab.url}/matrix")
    page.evaluate("window.isSamePage = true")
    page.get_by_role("link", name="Autoencoder Lab", exact=True).click()
    expect(page).to_have_title("Story · Autoencoder Lab")
    assert page.evaluate("window.isSamePage")


def test_a_link_to_the_lab_works_on_a_fresh_server(page: Page, tmp_path: Path) -> None:
    with LabServer(tmp_path) as fresh:
        open_page(page, f"{fresh.url}/lab")
        expect(page.get_by_text("Output activation").first).to_be_visible()


def test_the_terminal_shows_the_address_and_what_happens(page: Page, tmp_path: Path) -> None:
    with LabServer(tmp_path) as fresh:
        open_page(page, f"{fresh.url}/lab")
        ready = page.get_by_text("Trainer ready").filter(visible=True)
        expect(ready.first).to_be_visible(timeout=60_000)
        told = [line for line in fresh.log.read_text().splitlines() if line.strip()]
    banner = re.compile(r".* Uvicorn server started on .*|  You can now view .*|  URL: .*")
    happenings = [line for line in told if not banner.fullmatch(line)]
    assert {line.partition("=")[0] for line in happenings} == {"time"}, told


@pytest.mark.parametrize("name", PAGES)
def test_every_page_opens_without_an_error(lab: LabServer, page: Page, name: str) -> None:
    open_page(page, f"{lab.url}/{name}")
    expect(page.get_by_text("Autoencoder Lab").first).to_be_visible()


def test_no_request_leaves_the_machine(lab: LabServer, page: Page) -> None:
    """The lab is to work in a meeting without a network: fonts, scripts and all."""
    hosts: set[str | None] = set()
    page.on("request", lambda request: hosts.add(urlsplit(request.url).hostname))
    page.on("websocket", lambda socket: hosts.add(urlsplit(socket.url).hostname))
    open_page(page, f"{lab.url}/lab")
    assert hosts - {None, ""} == {"127.0.0.1"}
