"""A server that stops: the page says so in the lab's words and goes on when it is back."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from support.lab_server import LabServer
from support.pages import open_page, settle

SHOWN = "element => getComputedStyle(element, '::after').content + element.innerText"


@pytest.mark.timeout(300)
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_page_outlives_the_server(page: Page, tmp_path: Path, host: str) -> None:
    with LabServer(tmp_path) as server:
        open_page(page, f"{server.url.replace('127.0.0.1', host)}/lab?activation=softmax")
        server.stop()
        said = page.get_by_role("dialog").locator("h2 + div")
        expect(said).to_be_visible()
        words = str(said.evaluate(SHOWN))
        assert "The lab's server does not respond" in words
        assert "streamlit" not in words.lower()
        with server:
            expect(page.get_by_role("dialog")).to_have_count(0)
            settle(page)
            expect(page.get_by_role("status").filter(has_text="Black.")).to_be_visible()
            page.get_by_role("link", name="Losses", exact=True).click()
            expect(page).to_have_title("Losses · Autoencoder Lab")
