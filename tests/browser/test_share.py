"""Links: copied from any page, they show another visitor, on another machine too, the same."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from support.lab_server import LabServer
from support.pages import open_page, settle

VIEWS = {
    "story": "?step=3",
    "lab": "lab?activation=softmax&digit=5&difference=1&epoch=2",
    "compare": "compare?a=default&b=activation.softmax&epoch=4&digit=3&measure=ssim",
    "matrix": "matrix?rows=hidden_activation",
    "losses": "losses?section=gradient",
    "library": "library?search=black&activation=softmax~tanh&sort=mse&page=2",
}
# Pictures of held-out digits, wherever they are on the page.
GRID = ".lab-grid:has(img)"


PAGES = ("Story", "Lab", "Compare", "Matrix", "Losses", "Library")
WIDTHS = (390, 1280)


def shared(page: Page) -> str:
    """The link that the page offers to be copied."""
    page.get_by_role("button", name="Share").click()
    field = page.get_by_label("Link to this page")
    expect(field).not_to_have_value("")  # its script fills it once it is drawn
    link = field.input_value()
    page.keyboard.press("Escape")
    return link


@pytest.mark.timeout(240)
@pytest.mark.parametrize("width", WIDTHS)
def test_page_changes_while_share_is_open(lab: LabServer, page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 720})
    open_page(page, lab.url)
    for name in (*PAGES[1:], PAGES[0]):
        page.get_by_role("button", name="Share").click()
        expect(page.get_by_role("button", name="Copy link")).to_be_visible()
        page.get_by_role("link", name=name, exact=True).first.click()
        settle(page)
        expect(page).to_have_title(f"{name} · Autoencoder Lab")
        expect(page.get_by_role("button", name="Share")).to_be_visible()
        expect(page.get_by_role("button", name="Copy link")).to_have_count(0)


# Counts the frames in which the field of the link is to be seen without a link in it.
EMPTY_FRAMES = """() => {
    window.emptyFrames = 0;
    const fields = (root) => [...root.querySelectorAll("*")].flatMap((element) => [
        ...(element.matches("input[aria-label='Link to this page']") ? [element] : []),
        ...(element.shadowRoot ? fields(element.shadowRoot) : []),
    ]);
    const look = () => {
        const isEmpty = (field) => !field.value
            && field.checkVisibility({ visibilityProperty: true });
        window.emptyFrames += fields(document).filter(isEmpty).length;
        requestAnimationFrame(look);
    };
    look();
}"""


def test_link_is_there_at_once_and_follows_the_address(lab: LabServer, page: Page) -> None:
    open_page(page, f"{lab.url}/losses")
    page.evaluate(EMPTY_FRAMES)
    page.get_by_role("button", name="Share").click()
    field = page.get_by_label("Link to this page")
    expect(field).to_have_value(f"{lab.url}/losses")
    page.evaluate("history.pushState({}, '', '?section=terms')")
    expect(field).to_have_value(f"{lab.url}/losses?section=terms")
    assert page.evaluate("window.emptyFrames") == 0


@pytest.mark.parametrize("way", ["pointer", "keyboard", "touch", "insecure"])
def test_copy_button_copies_current_link(lab: LabServer, browser: Browser, way: str) -> None:
    context = browser.new_context(has_touch=way == "touch", locale="en-GB")
    context.grant_permissions(["clipboard-read", "clipboard-write"], origin=lab.url)
    page = context.new_page()
    if way == "insecure":  # over plain http, from another machine, browsers have no clipboard API
        page.add_init_script("delete Clipboard.prototype.writeText")
    open_page(page, f"{lab.url}/lab?activation=softmax")
    page.get_by_role("button", name="Share").click()
    copy = page.get_by_role("button", name="Copy link")
    if way == "keyboard":
        copy.press("Enter")
    elif way == "touch":
        copy.tap()
    else:
        copy.click()
    expect(page.get_by_text("Copied")).to_be_visible()
    assert "activation=softmax" in page.url
    assert page.evaluate("navigator.clipboard.readText()") == page.url
    context.close()


@pytest.mark.timeout(240)
def test_every_page_offers_the_link_to_all_that_it_shows(lab: LabServer, page: Page) -> None:
    for view in VIEWS.values():
        open_page(page, f"{lab.url}/{view}")
        link = shared(page)
        assert link == page.url
        asked = set(view.partition("?")[2].split("&"))
        assert asked <= set(link.partition("?")[2].split("&"))


@pytest.mark.timeout(240)
def test_a_first_visitor_of_a_fresh_server_sees_the_same_digits_to_the_pixel(
    lab: LabServer, page: Page, browser: Browser, tmp_path: Path
) -> None:
    for place, view in enumerate(("compare", "lab")):
        open_page(page, f"{lab.url}/{VIEWS[view]}")
        link = shared(page)
        settle(page)
        seen = page.locator(GRID).screenshot()
        with LabServer(tmp_path / str(place)) as other:
            context = browser.new_context(viewport={"width": 1280, "height": 720}, locale="en-GB")
            visitor = context.new_page()
            open_page(visitor, link.replace(lab.url, other.url))
            expect(visitor.locator(GRID)).to_be_visible()
            assert visitor.locator(GRID).screenshot() == seen
            enlarged = visitor.locator("[class*=st-key-panels] .js-plotly-plot")
            expect(enlarged).to_have_count(3 if view == "compare" else 2)
            context.close()
