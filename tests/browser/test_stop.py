"""Stop in a real browser: what it says is what happens, however often it is tried."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from support.lab_server import LabServer
from support.pages import open_page

pytestmark = pytest.mark.timeout(240)
TRAINING_MILLISECONDS = 120_000
ROUNDS = 6

# Every headline from now on, as long as the tab lives.
WATCH = """() => {
    window.headlines = [];
    const look = () => {
        const said = document.querySelector('.lab-headline')?.innerText;
        if (said && said !== window.headlines.at(-1)) window.headlines.push(said);
    };
    new MutationObserver(look).observe(
        document.body, {subtree: true, childList: true, characterData: true}
    );
}"""


def train_button(page: Page) -> Locator:
    return page.locator(".st-key-train button").first


def option(page: Page, name: str) -> Locator:
    return page.locator(".st-key-activation button").filter(has_text=name).first


def reload(page: Page) -> None:
    page.reload()


def switch_away_and_back(page: Page) -> None:
    for name in ("tanh", "sigmoid"):
        option(page, name).click()
        page.wait_for_url(f"**activation={name}*")


@pytest.mark.parametrize("leave", [reload, switch_away_and_back])
def test_stop_stops_at_the_first_click_and_says_nothing_else(
    lab: LabServer, page: Page, leave: Callable[[Page], None]
) -> None:
    for number in range(ROUNDS):
        seed = 20 + number + ROUNDS * (leave is reload)
        open_page(page, f"{lab.url}/lab?activation=sigmoid&epochs=1000&seed={seed}")
        train_button(page).click()
        progress = page.get_by_test_id("stProgress")
        expect(progress).to_contain_text("steps/s", timeout=TRAINING_MILLISECONDS)
        leave(page)
        # At once, while parts of the page are drawn: then Streamlit may call back twice.
        expect(train_button(page)).to_contain_text("Stop")
        page.evaluate(WATCH)
        train_button(page).click()
        expect(train_button(page)).to_contain_text("Train again", timeout=TRAINING_MILLISECONDS)
        expect(page.locator(".lab-headline").first).to_contain_text("Stopped in epoch")
        said = page.evaluate("window.headlines")
        assert not any("Other visitors are watching it" in text for text in said), said
