"""A part of the lab within a page of another origin, with the code that Share offers."""

from __future__ import annotations

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from support.file_server import FileServer, serving
from support.lab_server import LabServer
from support.pages import open_page, settle

SIX = (
    "a=default&b=activation.softmax&c=activation.linear~loss.mean_squared_error"
    "&d=loss.mean_absolute_error&e=loss.mean_squared_error~normalization.symmetric"
    "&f=activation.tanh~loss.mean_squared_error~normalization.symmetric"
)


def code_to_embed(page: Page, part: str) -> str:
    page.get_by_role("button", name="Share").click()
    page.get_by_role("button", name=part, exact=True).click()
    page.get_by_role("button", name="Copy code").click()
    expect(page.get_by_text("Copied.")).to_be_visible()
    return str(page.evaluate("navigator.clipboard.readText()"))


@pytest.mark.timeout(240)
def test_parts_are_shown_in_a_page_of_another_origin_and_the_whole_lab_is_not(
    lab: LabServer, context: BrowserContext, page: Page
) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"], origin=lab.url)
    open_page(page, f"{lab.url}/lab?activation=softmax")
    digits = code_to_embed(page, "Digits")
    open_page(page, f"{lab.url}/matrix")
    code = digits + code_to_embed(page, "Map") + f'<iframe src="{lab.url}/library"></iframe>'
    # Another port is another origin.
    with serving(FileServer(f"<!doctype html><title>A lesson</title>{code}".encode())) as other:
        page.goto(other.url)
        digit_frame, map_frame = (page.frame_locator("iframe").nth(place) for place in (0, 1))
        expect(digit_frame.get_by_text("The loss looks fine (0.1078)")).to_be_visible()
        expect(digit_frame.locator(".lab-grid img")).to_have_count(2)
        map_frame.get_by_role("button", name="softmax, MSE: Black").click()
        expect(map_frame.get_by_text("softmax + MSE, unit 0–1: Black.")).to_be_visible()
        for frame in (digit_frame, map_frame):
            expect(frame.get_by_role("link", name="Library")).to_have_count(0)
            expect(frame.get_by_role("button", name="Share")).to_have_count(0)
        with context.expect_page() as opened:
            map_frame.get_by_role("link", name="Open in Autoencoder Lab").click()
        settle(opened.value)
        expect(opened.value.get_by_role("link", name="Library")).to_be_visible()
        whole = page.frame_locator("iframe").nth(2)
        expect(whole.get_by_test_id("stApp")).to_have_count(0)


@pytest.mark.timeout(240)
@pytest.mark.parametrize(
    "part",
    [
        "lab?view=curve&activation=softmax",
        "lab?view=digits",
        f"compare?view=curve&{SIX}",
        f"compare?view=digits&{SIX}",
        "matrix?view=map&rows=normalization",
    ],
)
def test_a_part_fits_its_frame(lab: LabServer, page: Page, part: str) -> None:
    page.set_viewport_size({"width": 640, "height": 480})
    open_page(page, f"{lab.url}/{part}&embed=true")
    expect(page.get_by_role("link", name="Open in Autoencoder Lab")).to_be_in_viewport(ratio=1)
    beyond = "e => [e.scrollWidth - e.clientWidth, e.scrollHeight - e.clientHeight]"
    assert page.get_by_test_id("stMain").evaluate(beyond) == [0, 0]
