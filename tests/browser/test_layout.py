"""What a visitor sees at every width: words whole, numbers apart, edges in line, room to tap."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from support.lab_server import LabServer
from support.pages import open_page

pytestmark = pytest.mark.timeout(240)
WIDTHS = (320, 390, 641, 768, 1024, 1280, 1920)

# Of each word in the map's cells: the rectangles it takes, and its cell's ends.
WORDS = """() => {
    const root = [...document.querySelectorAll('*')].map(e => e.shadowRoot).find(
        r => r?.querySelector('.map')) ?? document;
    return [...root.querySelectorAll('.cell .number, .cell .word')].flatMap(part => {
        const text = part.firstChild, found = [];
        if (!text || getComputedStyle(part).display === 'none') return [];
        const cell = part.closest('.cell').getBoundingClientRect();
        for (const match of text.data.matchAll(/\\S+/g)) {
            const range = document.createRange();
            range.setStart(text, match.index);
            range.setEnd(text, match.index + match[0].length);
            const box = range.getBoundingClientRect();
            found.push({word: match[0], rows: range.getClientRects().length,
                left: box.left - cell.left, right: cell.right - box.right});
        }
        return found;
    });
}"""
NUMBERS = """() => [...document.querySelectorAll('.lab-grid .numbers')].filter(
    // A phone shows them in a grid of their own.
    row => row.offsetParent !== null
).map(row => [...row.children].map(cell => {
    const range = document.createRange();
    range.selectNodeContents(cell);
    const {left, right} = range.getBoundingClientRect();
    return [left, right];
}))"""
TABLE = """() => {
    const left = cell => {
        const range = document.createRange();
        range.selectNodeContents(cell);
        return range.getBoundingClientRect().left;
    };
    const table = document.querySelector('[data-testid=stTable]');
    const lefts = selector => [...table.querySelectorAll(selector)].map(left);
    return [lefts('thead th'), lefts('tbody tr:first-child > *')];
}"""
# The headings of tables that are wider than their place.
CUT = """() => [...document.querySelectorAll('[data-testid=stTable] table')].filter(table => {
    let place = table.parentElement;
    while (getComputedStyle(place).overflowX === 'visible' && place.parentElement)
        place = place.parentElement;
    return table.getBoundingClientRect().right > place.getBoundingClientRect().right + 1;
}).map(table => table.tHead.innerText)"""
PANEL_NAMES = """() => [...document.querySelectorAll('.lab-panel')]
    .map(name => name.getBoundingClientRect().height)"""
BORDERS = """() => [...document.querySelectorAll('button[data-variant=segmented_control]')]
    .filter(button => !button.closest('[class*=st-key-enlarge]'))
    .flatMap(button => ['borderLeftColor', 'borderRightColor']
        .map(side => getComputedStyle(button)[side]))"""
# Whether a finger 20 px beside the middle of each help icon still meets it.
HELP = """() => [...document.querySelectorAll('[data-testid=stTooltipIcon] button[aria-label]')]
    .map(button => {
        button.scrollIntoView({block: 'center'});
        const {left, top, width, height} = button.getBoundingClientRect();
        const found = document.elementFromPoint(left + width / 2 + 20, top + height / 2);
        return button.contains(found);
    })"""

# Of badges and of buttons that repair something: the words that are cut off.
CUT_WORDS = """() => [...document.querySelectorAll(
    '[data-testid=stMain] .stMarkdownBadge, [class*=st-key-remedy] button *'
)].filter(part => part.scrollWidth > part.clientWidth + 1 && getComputedStyle(part).display
    !== 'inline').map(part => part.innerText)"""


def at_widths(page: Page, script: str) -> dict[int, Any]:
    """What a script finds at each width."""
    found = {}
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        found[width] = page.evaluate(script)
    return found


def test_words_in_the_matrix_stay_whole_and_inside_their_cells(lab: LabServer, page: Page) -> None:
    open_page(page, f"{lab.url}/matrix")
    page.locator("button.cell .picture:visible").nth(24).wait_for()
    for width, words in at_widths(page, WORDS).items():
        assert len(words) >= 25
        for word in words:
            assert word["rows"] == 1, (width, word)
            assert min(word["left"], word["right"]) >= 1, (width, word)


@pytest.mark.parametrize(
    "path",
    [
        "lab?normalization=raw&activation=linear",
        "?step=1",
        "?step=2",
        "?step=3&present=1",
        "losses?section=data",
    ],
)
def test_numbers_under_digits_do_not_touch(lab: LabServer, page: Page, path: str) -> None:
    open_page(page, f"{lab.url}/{path}")
    page.locator(".lab-grid .numbers").first.wait_for(state="attached")
    for width, rows in at_widths(page, NUMBERS).items():
        assert rows
        for row in rows:
            gaps = [right[0] - left[1] for left, right in pairwise(row)]
            assert min(gaps) >= 2, (width, row)


def test_values_start_under_their_headings(lab: LabServer, page: Page) -> None:
    open_page(page, f"{lab.url}/lab")
    page.get_by_test_id("stTable").first.wait_for()
    headings, values = page.evaluate(TABLE)
    assert len(headings) == 5
    assert values == pytest.approx(headings, abs=0.5)


@pytest.mark.parametrize("section", ["pixel", "gradient", "image", "data", "metrics"])
def test_no_table_of_the_losses_page_is_cut(lab: LabServer, page: Page, section: str) -> None:
    open_page(page, f"{lab.url}/losses?section={section}")
    page.get_by_test_id("stTable").first.wait_for()
    found = at_widths(page, CUT)
    del found[320]  # there a table is scrolled
    assert not any(found.values()), found


def test_plots_of_the_gradients_begin_at_one_height(lab: LabServer, page: Page) -> None:
    open_page(page, f"{lab.url}/losses?section=gradient")
    page.locator(".lab-panel").nth(3).wait_for()
    for width, heights in at_widths(page, PANEL_NAMES).items():
        assert len(heights) == 4
        assert max(heights) - min(heights) < 1, width


def test_every_segment_keeps_its_border_where_the_row_wraps(lab: LabServer, page: Page) -> None:
    open_page(page, f"{lab.url}/lab?normalization=standardized")
    page.get_by_role("radio", name="sum to one").wait_for()
    for width, borders in at_widths(page, BORDERS).items():
        assert len(borders) > 20
        assert [border for border in borders if border.endswith(", 0)")] == [], width


def test_the_plot_of_pixel_errors_starts_where_the_digits_start(lab: LabServer, page: Page) -> None:
    open_page(page, f"{lab.url}/?step=5")
    chart = (
        page.get_by_test_id("stEChartsChart").locator("svg[baseProfile=full]").first.bounding_box()
    )
    digits = page.locator(".lab-grid img").first.bounding_box()
    assert chart is not None
    assert digits is not None
    # The labels of the axis take 40 px.
    assert chart["x"] + 40 == pytest.approx(digits["x"], abs=1)


def test_help_icon_has_a_large_touch_target(lab: LabServer, browser: Browser) -> None:
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
    )
    page = context.new_page()
    open_page(page, f"{lab.url}/lab")
    met = page.evaluate(HELP)
    context.close()
    assert len(met) >= 5
    assert all(met)


TABLES = """() => [...document.querySelectorAll('[data-testid=stTable]')].map(table => {
    const right = table.getBoundingClientRect().right;
    const cells = [...table.querySelectorAll('th, td')];
    return Math.max(...cells.map(cell => cell.getBoundingClientRect().right)) - right;
})"""


def test_differences_of_three_runs_are_not_cut_off(lab: LabServer, page: Page) -> None:
    runs = "a=default&b=activation.softmax~normalization.raw&c=activation.softmax"
    open_page(page, f"{lab.url}/compare?{runs}")
    page.get_by_test_id("stTable").nth(1).wait_for()
    # Five columns of scores do not fit on 288 px; that table scrolls.
    for width, [differs, _] in at_widths(page, TABLES).items():
        assert differs <= 1, width


@pytest.mark.parametrize(
    "settings",
    ["activation=softmax&normalization=raw", "activation=tanh&loss=huber&seed=77"],
)
def test_no_words_of_a_finding_are_cut(lab: LabServer, page: Page, settings: str) -> None:
    open_page(page, f"{lab.url}/lab?{settings}")
    page.locator("[class*=st-key-remedy] button").first.wait_for()
    assert at_widths(page, CUT_WORDS) == {width: [] for width in WIDTHS}
