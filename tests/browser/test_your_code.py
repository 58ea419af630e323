"""The Your code page in a browser: paste, findings, diff, copy, examples, the ways on, a phone."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from core.views.your_code.examples import EXAMPLES
from support.lab_server import LabServer
from support.pages import open_page, settle

pytestmark = pytest.mark.timeout(240)
SOFTMAX = EXAMPLES[-1].code.replace('"sigmoid"', '"softmax"')
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def paste(page: Page, code: str) -> None:
    page.get_by_label("Your code").fill(code)
    page.get_by_role("button", name="Read", exact=True).click()
    settle(page)


def test_pasted_code_is_read_corrected_and_copied(
    lab: LabServer, context: BrowserContext, page: Page
) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    open_page(page, f"{lab.url}/your_code")
    paste(page, SOFTMAX)
    expect(page.locator(".lab-headline")).to_have_text(
        "Your loss will look fine and your images will be black. Changing one line fixes it."
    )
    expect(page.locator(".lab-code-diff del")).to_have_count(1)
    expect(page.locator(".lab-code-diff ins")).to_contain_text('activation="sigmoid"')
    page.get_by_role("button", name="Copy the corrected code").click()
    expect(page.get_by_text("Copied.")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == EXAMPLES[-1].code
    assert page.url == f"{lab.url}/your_code"


def test_pasted_code_is_read_at_once_on_a_phone_too(
    lab: LabServer, context: BrowserContext, page: Page
) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.set_viewport_size({"width": 390, "height": 844})
    open_page(page, f"{lab.url}/your_code")
    page.evaluate("code => navigator.clipboard.writeText(code)", SOFTMAX)
    field = page.get_by_label("Your code")
    field.click()
    page.keyboard.press("ControlOrMeta+V")
    headline = page.locator(".lab-headline")
    expect(headline).to_contain_text("Your loss will look fine")
    expect(headline).to_be_in_viewport()
    expect(field).to_be_focused()
    expect(field).to_have_value(SOFTMAX)


def test_settings_open_in_the_lab(lab: LabServer, page: Page) -> None:
    open_page(page, f"{lab.url}/your_code")
    paste(page, SOFTMAX)
    page.get_by_role("link", name="Open in the lab").click()
    page.wait_for_url(re.compile("/lab\\?"))
    settle(page)
    assert "activation=softmax" in page.url
    assert "layers=32&" in page.url


def test_train_both_leads_to_compare(lab: LabServer, page: Page) -> None:
    open_page(page, f"{lab.url}/your_code")
    # One epoch; what becomes of it is the trainer's matter.
    paste(page, SOFTMAX.replace("epochs=5", "epochs=1"))
    page.get_by_role("button", name="Train both").click()
    page.wait_for_url(re.compile("/compare\\?"))
    settle(page)
    expect(page.get_by_test_id("stException")).to_have_count(0)
    expect(page.get_by_role("button", name=re.compile("^A softmax"))).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("^B sigmoid"))).to_be_visible()


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_examples_are_accessible_and_fit(
    lab: LabServer, browser: Browser, scheme: str, width: int
) -> None:
    context = browser.new_context(viewport={"width": width, "height": 844}, color_scheme=scheme)
    page = context.new_page()
    open_page(page, f"{lab.url}/your_code")
    for example in EXAMPLES:
        page.get_by_role("button", name=example.title, exact=True).click()
        settle(page)
        expect(page.get_by_label("Your code")).to_have_value(example.code)
        assert page.evaluate(OVERFLOW) <= 0
        found = Axe().run(page).response["violations"]
        serious = [
            (v["id"], v["nodes"][0]["html"])
            for v in found
            if v["impact"] in ("serious", "critical")
        ]
        assert (example.name, serious) == (example.name, [])
    context.close()


def test_landing_page_leads_here(lab: LabServer, page: Page) -> None:
    open_page(page, lab.url)
    page.get_by_role("link", name="Have code of your own? Paste it").click()
    page.wait_for_url(re.compile("/your_code"))
    settle(page)
    expect(page.locator(".lab-headline")).to_contain_text("Paste your code.")
