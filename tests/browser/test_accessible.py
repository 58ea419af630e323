"""The pages whose own tests do not ask axe: nothing serious in either theme, at both widths."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from support.lab_server import LabServer
from support.pages import open_page

SERIOUS = ("serious", "critical")
PAGES = (
    "lab",
    "lab?activation=softmax",
    "lab?seed=7",
    "inside",
    "inside?draw=1",
    "inside?part=units&layer=2",
    "inside?part=training",
    "library",
    "status",
    "your_code",
)


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(
    lab: LabServer, browser: Browser, scheme: str, width: int
) -> None:
    context = browser.new_context(viewport={"width": width, "height": 720}, color_scheme=scheme)
    page = context.new_page()
    for name in PAGES:
        open_page(page, f"{lab.url}/{name}")
        found = Axe().run(page).response["violations"]
        serious = [(v["id"], v["nodes"][0]["html"]) for v in found if v["impact"] in SERIOUS]
        assert (name, serious) == (name, [])
    context.close()
