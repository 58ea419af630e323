"""Back and Forward in a browser: they lead through the visitor's own steps, on every page."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from support.lab_server import LabServer
from support.pages import open_page, settle

pytestmark = pytest.mark.timeout(240)

Act = Callable[[Page], object]


def press(role: str, name: str) -> Act:
    return lambda page: page.get_by_role(role, name=name, exact=True).first.click()  # type: ignore[arg-type]


def is_chosen(role: str, name: str) -> Act:
    return lambda page: expect(
        page.get_by_role(role, name=name, exact=True).first  # type: ignore[arg-type]
    ).to_be_checked()


def says(text: str) -> Act:
    return lambda page: expect(page.get_by_role("status").filter(has_text=text)).to_be_visible()


def has_heading(text: str) -> Act:
    return lambda page: expect(page.get_by_role("heading", name=text)).to_be_visible()


def has_text(text: str) -> Act:
    return lambda page: expect(page.get_by_text(text).first).to_be_visible()


def turn(way: str) -> Act:
    return lambda page: page.locator(f".st-key-story-{way}").get_by_role("button").click()


def step_slider(name: str) -> Act:
    return lambda page: page.get_by_role("slider", name=name).press("ArrowLeft")


def slider_is_at(name: str, value: str) -> Act:
    return lambda page: expect(page.get_by_role("slider", name=name)).to_have_value(value)


def search(words: str) -> Act:
    def fill(page: Page) -> None:
        page.get_by_label("Search", exact=True).fill(words)
        page.keyboard.press("Enter")

    return fill


def is_searched(words: str) -> Act:
    return lambda page: expect(page.get_by_label("Search", exact=True)).to_have_value(words)


LAB_EPOCH = "Epoch of the digits below"
# What a page opens with, and what the visitor does there, each with what the page then shows.
WALKS: dict[str, tuple[Act, list[tuple[Act, Act]]]] = {
    "?step=1": (
        has_heading("The loss falls without bound."),
        [
            (turn("next"), has_heading("The loss looks fine. The image is black.")),
            (turn("next"), is_chosen("radio", "3 Sigmoid")),
            (turn("back"), has_heading("The loss looks fine. The image is black.")),
            (turn("next"), is_chosen("radio", "3 Sigmoid")),
        ],
    ),
    "lab?activation=sigmoid": (
        is_chosen("radio", "sigmoid"),
        [
            (press("radio", "softmax"), is_chosen("radio", "softmax")),
            (press("radio", "linear"), is_chosen("radio", "linear")),
            (press("radio", "softmax"), is_chosen("radio", "softmax")),
            (step_slider(LAB_EPOCH), slider_is_at(LAB_EPOCH, "66.9")),
            (step_slider(LAB_EPOCH), slider_is_at(LAB_EPOCH, "66.8")),
            (press("radio", "Enlarge image 3"), is_chosen("radio", "Enlarge image 3")),
        ],
    ),
    "matrix": (
        has_text("sigmoid + BCE, unit 0–1"),
        [
            (press("radio", "Loss gap"), is_chosen("radio", "Loss gap")),
            (press("radio", "raw 0–255"), has_text("sigmoid + BCE, raw 0–255")),
            (press("radio", "SSIM"), is_chosen("radio", "SSIM")),
        ],
    ),
    "losses": (
        says("Minimum at p = 0.30."),
        [
            (step_slider("Target y"), says("Minimum at p = 0.29.")),
            (press("radio", "One image"), is_chosen("radio", "One image")),
            (press("radio", "7"), is_chosen("radio", "7")),
            (press("radio", "One pixel"), says("Minimum at p = 0.29.")),
        ],
    ),
    "compare?a=default&b=activation.softmax": (
        has_text("Both losses are the same to every decimal"),
        [
            (press("radio", "SSIM"), is_chosen("radio", "SSIM")),
            (step_slider("Epoch of all rows"), slider_is_at("Epoch of all rows", "66.9")),
            (press("radio", "Enlarge image 4"), is_chosen("radio", "Enlarge image 4")),
        ],
    ),
    "library": (
        is_searched(""),
        [
            (search("softmax"), is_searched("softmax")),
            (search("tanh"), is_searched("tanh")),
            (search(""), is_searched("")),
        ],
    ),
}


@pytest.mark.parametrize("link", WALKS)
def test_back_and_forward_lead_through_the_steps(lab: LabServer, page: Page, link: str) -> None:
    opened, steps = WALKS[link]
    open_page(page, f"{lab.url}/{link}")
    opened(page)
    seen = [(page.url, opened)]
    for act, shows in steps:
        act(page)
        shows(page)
        settle(page)
        assert page.url != seen[-1][0]
        seen.append((page.url, shows))
    for address, shows in seen[-2::-1]:
        page.go_back()
        expect(page).to_have_url(address)
        shows(page)
        settle(page)
        assert page.url == address
    for address, shows in seen[1:]:
        page.go_forward()
        expect(page).to_have_url(address)
        shows(page)
        settle(page)
        assert page.url == address


def test_step_after_back_goes_on_from_there(lab: LabServer, page: Page) -> None:
    open_page(page, f"{lab.url}/lab?activation=sigmoid")
    for name in ("softmax", "linear"):
        press("radio", name)(page)
        is_chosen("radio", name)(page)
        settle(page)
    page.go_back()
    is_chosen("radio", "softmax")(page)
    settle(page)
    press("radio", "MSE")(page)
    is_chosen("radio", "MSE")(page)
    settle(page)
    assert "activation=softmax&loss=mean_squared_error" in page.url
    page.go_back()
    is_chosen("radio", "BCE")(page)
    is_chosen("radio", "softmax")(page)


def test_back_leads_through_pages_as_they_were(lab: LabServer, page: Page) -> None:
    open_page(page, f"{lab.url}/?step=2")
    press("link", "Your code")(page)
    page.get_by_label("Your code").fill("model = 1")
    press("button", "Read")(page)
    settle(page)
    press("link", "Lab")(page)
    is_chosen("radio", "sigmoid")(page)
    settle(page)
    lab_address = page.url
    press("link", "Losses")(page)
    says("Minimum at p = 0.30.")(page)
    settle(page)
    page.go_back()
    expect(page).to_have_url(lab_address)
    is_chosen("radio", "sigmoid")(page)
    settle(page)
    page.go_back()
    expect(page.get_by_label("Your code")).to_have_value("model = 1")
    settle(page)
    page.go_back()
    expect(page).to_have_url(f"{lab.url}/?step=2")
    has_heading("The loss looks fine. The image is black.")(page)
    settle(page)
    page.go_forward()
    expect(page.get_by_label("Your code")).to_have_value("model = 1")
    settle(page)
    page.go_forward()
    expect(page).to_have_url(lab_address)
    is_chosen("radio", "sigmoid")(page)
