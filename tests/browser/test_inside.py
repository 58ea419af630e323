"""The latent space in a browser: it decodes what core decodes, and without the server."""

from __future__ import annotations

import re

import numpy as np
from playwright.sync_api import Browser, Locator, Page, expect

from support.lab_server import LabServer
from support.pages import open_page, settle

# The greys of a canvas in the component, which has a shadow root.
GREYS = """(canvas) => [...canvas.getContext("2d").getImageData(0, 0, 28, 28).data]
    .filter((_, at) => at % 4 === 0)"""


def stage(page: Page) -> Locator:
    return page.get_by_role("application")


def pictures(page: Page) -> int:
    return int(page.locator(".latent").get_attribute("data-pictures") or 0)


def drawn(page: Page, name: str) -> list[int]:
    greys: list[int] = page.locator(f".latent canvas.{name}").evaluate(GREYS)
    return greys


def count_runs(page: Page) -> None:
    """Counts from now on how often the script runs; until the trainer is ready, its badge does."""
    ready = page.get_by_text("Trainer ready").filter(visible=True).first
    expect(ready).to_be_visible(timeout=120_000)
    settle(page)
    page.evaluate(
        """() => {
            const app = document.querySelector('[data-testid="stApp"]');
            window.scriptRuns = 0;
            new MutationObserver(() => {
                if (app.dataset.testScriptState === "running") window.scriptRuns += 1;
            }).observe(app, {attributes: true, attributeFilter: ["data-test-script-state"]});
        }"""
    )


def centre(page: Page) -> tuple[float, float]:
    box = stage(page).bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def test_a_hundred_moves_give_a_hundred_images_and_a_click_keeps_the_point(
    lab: LabServer, page: Page
) -> None:
    open_page(page, f"{lab.url}/inside?layers=128-64-2-64-128")
    expect(page.locator(".latent")).to_have_attribute("data-pictures", re.compile(r"[1-9]"))
    left, top = centre(page)
    page.mouse.move(left - 150, top - 100)
    count_runs(page)
    before = pictures(page)
    seen = set()
    for step in range(100):
        page.mouse.move(left - 150 + 3 * step, top - 100 + 2 * step)
        seen.add(tuple(drawn(page, "decoded")))
    assert pictures(page) - before == 100
    assert len(seen) > 90
    assert page.evaluate("window.scriptRuns") == 0
    page.mouse.click(left + 40, top - 60)
    expect(page).to_have_url(re.compile(r"[?&]x=-?[\d.]+&y=-?[\d.]+"))
    kept = drawn(page, "decoded")
    expect(page.get_by_role("status").filter(has_text="The nearest of 500 codes")).to_be_visible()
    page.reload()
    settle(page)
    assert np.abs(np.subtract(drawn(page, "decoded"), kept)).max() <= 1


def test_touch_decodes_on_a_phone_without_scrolling(lab: LabServer, browser: Browser) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True)
    page = context.new_page()
    open_page(page, f"{lab.url}/inside")
    expect(page.locator(".latent")).to_have_attribute("data-pictures", re.compile(r"[1-9]"))
    count_runs(page)
    before = pictures(page)
    left, top = centre(page)
    client = context.new_cdp_session(page)

    def touch(kind: str, step: int) -> None:
        points = [] if kind == "touchEnd" else [{"x": left - 100 + 2 * step, "y": top - step}]
        client.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    touch("touchStart", 0)
    for step in range(1, 101):
        touch("touchMove", step)
    # Each of the hundred moves and the first touch.
    assert pictures(page) - before >= 100
    assert page.evaluate("window.scriptRuns") == 0
    touch("touchEnd", 100)
    expect(page).to_have_url(re.compile(r"[?&]x="))
    assert page.get_by_test_id("stMain").evaluate("main => main.scrollTop") == 0
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    # Map, decoded image and the replay's slider fit on the screen together.
    edges = "all => all.map(e => e.getBoundingClientRect()).flatMap(r => [r.top, r.bottom])"
    ends = page.locator(".stage, .decoded, .steer").evaluate_all(edges)
    assert max(ends) - min(ends) <= 844
    context.close()


def test_keyboard_sliders_and_the_way_between_two_images_decode(lab: LabServer, page: Page) -> None:
    open_page(page, f"{lab.url}/inside")
    stage(page).focus()
    start = drawn(page, "decoded")
    words = page.get_by_role("status").filter(has_text="The nearest of 500 codes")
    said = words.text_content()
    for _ in range(5):
        page.keyboard.press("Shift+ArrowLeft")
    assert drawn(page, "decoded") != start
    assert words.text_content() != said
    expect(page).to_have_url(re.compile(r"[?&]x=-"))
    sliders = page.locator(".slider")
    expect(sliders).to_have_count(8)
    moved = drawn(page, "decoded")
    sliders.first.get_by_role("spinbutton").fill("39")
    sliders.first.get_by_role("spinbutton").press("Enter")
    assert drawn(page, "decoded") != moved
    expect(page.get_by_text("Dead units of the code")).to_contain_text("(7 of 28)")
    page.locator(".position").fill("1")
    # At the end of the way stands the second image, whose code is then the nearest.
    assert drawn(page, "decoded") == drawn(page, "rebuilt")
    expect(words).to_contain_text("at a distance of 0;")
    page.get_by_role("checkbox", name="Grid of decoded images").check()
    expect(page).to_have_url(re.compile(r"decodes=1"))


def shown_map(page: Page) -> str:
    image: str = page.locator(".latent canvas.map").evaluate("canvas => canvas.toDataURL()")
    return image


def epoch_slider(page: Page) -> Locator:
    return page.get_by_role("slider", name="Stored epoch")


def open_replay(page: Page, url: str) -> None:
    open_page(page, url)
    expect(page.locator(".latent")).to_have_attribute("data-pictures", re.compile(r"[1-9]"))


def test_the_slider_of_the_replay_moves_points_and_digits(lab: LabServer, page: Page) -> None:
    open_replay(page, f"{lab.url}/inside")
    slider = epoch_slider(page)
    expect(slider).to_have_attribute("aria-valuetext", "epoch 67 of 67")
    last, digits = shown_map(page), drawn(page, "redrawn")
    decoder = page.get_by_text("The decoder is that of the last epoch")
    expect(decoder).to_be_hidden()
    slider.focus()
    slider.press("ArrowLeft")
    # The frames of shipped runs are of epochs 0, 0.49, 1, 2, 4, 8, 16, 32 and 67.
    expect(slider).to_have_attribute("aria-valuetext", "epoch 32 of 67")
    expect(page.get_by_role("status").filter(has_text="The nearest of")).to_be_hidden()
    expect(decoder).to_be_visible()
    earlier = shown_map(page)
    assert earlier != last
    expect(page).to_have_url(re.compile(r"[?&]epoch=32(&|$)"))
    slider.press("Home")
    expect(slider).to_have_attribute("aria-valuetext", "epoch 0 of 67")
    assert shown_map(page) not in (earlier, last)
    assert drawn(page, "redrawn") != digits
    expect(page).to_have_url(re.compile(r"[?&]epoch=0(&|$)"))
    page.reload()
    settle(page)
    expect(slider).to_have_attribute("aria-valuetext", "epoch 0 of 67")
    slider.press("End")
    assert shown_map(page) == last
    assert drawn(page, "redrawn") == digits
    expect(page).not_to_have_url(re.compile("epoch="))


def test_a_click_in_an_earlier_map_returns_to_the_last_epoch(lab: LabServer, page: Page) -> None:
    open_replay(page, f"{lab.url}/inside?epoch=2")
    expect(epoch_slider(page)).to_have_attribute("aria-valuetext", "epoch 2 of 67")
    left, top = centre(page)
    page.mouse.move(left + 10, top)
    expect(epoch_slider(page)).to_have_attribute("aria-valuetext", "epoch 2 of 67")
    expect(page.locator(".latent canvas.decoded")).to_be_hidden()
    page.mouse.click(left + 10, top)
    expect(epoch_slider(page)).to_have_attribute("aria-valuetext", "epoch 67 of 67")
    expect(page.locator(".latent canvas.decoded")).to_be_visible()
    expect(page).not_to_have_url(re.compile("epoch="))


def test_play_runs_through_the_epochs_without_the_server_and_ends_at_the_last(
    lab: LabServer, page: Page
) -> None:
    open_replay(page, f"{lab.url}/inside?layers=128-64-2-64-128")
    last = shown_map(page)
    count_runs(page)
    epoch_slider(page).evaluate(
        """(slider) => {
            window.seen = [];
            new MutationObserver(() => window.seen.push([slider.ariaValueText, window.scriptRuns]))
                .observe(slider, {attributes: true, attributeFilter: ["aria-valuetext"]});
        }"""
    )
    page.get_by_role("button", name="Play", exact=True).click()
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible(timeout=30_000)
    assert shown_map(page) == last
    seen = page.evaluate("window.seen")
    texts = list(dict.fromkeys(text for text, _ in seen))
    epochs = ["0", "0.49", "1", "2", "4", "8", "16", "32", "67"]
    assert texts == [f"epoch {epoch} of 67" for epoch in epochs]
    assert {runs for _, runs in seen} == {0}


def test_pause_keeps_the_epoch_in_the_link(lab: LabServer, page: Page) -> None:
    open_replay(page, f"{lab.url}/inside")
    page.get_by_role("button", name="Play", exact=True).click()
    expect(epoch_slider(page)).to_have_attribute("aria-valuetext", re.compile("epoch [12] of 67"))
    page.get_by_role("button", name="Pause").click()
    text = epoch_slider(page).get_attribute("aria-valuetext") or ""
    expect(page).to_have_url(re.compile(rf"[?&]epoch={text.split()[1]}(&|$)"))
    assert epoch_slider(page).get_attribute("aria-valuetext") == text


def test_where_motion_is_to_be_reduced_only_the_slider_moves_the_map(
    lab: LabServer, browser: Browser
) -> None:
    context = browser.new_context(reduced_motion="reduce")
    page = context.new_page()
    open_replay(page, f"{lab.url}/inside")
    expect(epoch_slider(page)).to_be_visible()
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_hidden()
    context.close()


def test_a_map_without_earlier_codes_has_no_slider(lab: LabServer, page: Page) -> None:
    open_replay(page, f"{lab.url}/inside?axes=pca")
    expect(page.get_by_text("PCA is not trained in epochs")).to_be_visible()
    expect(epoch_slider(page)).to_be_hidden()
    expect(page.locator(".latent canvas.losses")).to_be_hidden()
