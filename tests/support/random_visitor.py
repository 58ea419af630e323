"""A visitor who uses a page's controls at random, and detects when the page breaks."""

from __future__ import annotations

import io
import random
import re
from collections import deque
from collections.abc import Callable
from pathlib import Path

from PIL import Image
from playwright.sync_api import ConsoleMessage, Locator, Page
from playwright.sync_api import Error as PlaywrightError

PAGES = ("", "lab", "inside", "compare", "matrix", "losses", "library", "status", "your_code")
QUERIES = (
    "",
    "activation=softmax&loss=mean_squared_error",
    "normalization=raw&digit=3&own_scale=1",
    "step=4&present=1",
    "section=gradient",
    "part=units&unit=900",
    "view=digits",
    "a=default&b=activation.softmax&epoch=2",
    "rows=normalization&columns=nothing",
    "search=black&page=900",
    "epochs=nan&layers=1,2,x&seed=-1&%00=%ff",
)
NONSENSE = ("abc", "-1", "1e309", "128,64,28", "0", "softmax", "<b>x</b>", "9" * 40, "", "½ ∞ 😀")
SIZES = ((390, 844), (768, 1024), (1280, 720), (1920, 1080))
KEYS = ("Escape", "Tab", "Enter", "ArrowLeft", "ArrowRight", "ArrowDown", "Home", "End")
CONTROLS = "button:visible:enabled, summary:visible, label:visible, [role=option]:visible"
POPOVERS = "[data-testid=stPopoverButton]:visible:enabled"
LINKS = 'a[href]:visible:not([target="_blank"])'
FIELDS = "input[type=text]:visible:enabled, input[type=number]:visible:enabled, textarea:visible"
ACTION_MILLISECONDS = 1_500
LONGEST_PAUSE_MILLISECONDS = 1_200
PAGE_MILLISECONDS = 60_000
# Streamlit first looks for its server below the address of the page.
PROBE = re.compile(r"/\w+/_stcore/(health|host-config)$")
# Streamlit logs an error when a file replaces another that is still being transferred.
REPLACED = "File uploader error on file upload - CanceledError: canceled"
# The errors that the page shows; none while it is blank, as between two pages.
ERRORS_SHOWN = """() => {
    const main = document.querySelector('[data-testid="stMain"]');
    if (!main || main.innerText.trim().length < 30) return null;
    const shown = main.querySelectorAll(
        '[data-testid="stException"], [data-testid="stAlertContentError"]');
    return [...shown].map(error => error.innerText);
}"""


class RandomVisitor:
    """One tab.

    Args:
        page: an empty page of a browser.
        url: the URL of the lab.
        seed: the seed of its random actions.

    Attributes:
        done: its latest actions.
        clicks: the number of its actions.
    """

    def __init__(self, page: Page, url: str, seed: int) -> None:
        self._page, self._url, self._random = page, url, random.Random(seed)
        self._errors: list[str] = []
        self.done: deque[str] = deque(maxlen=25)
        self.clicks = 0
        page.set_default_timeout(ACTION_MILLISECONDS)
        page.set_default_navigation_timeout(PAGE_MILLISECONDS)
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self._errors.append(str(error)))
        self._open()

    def act(self) -> None:
        """Perform an action, wait briefly or not at all, and check the page.

        Raises:
            AssertionError: the page is blank or shows an error, or the browser's console has one.
        """
        actions: dict[Callable[[], None], int] = {
            self._press: 40,
            self._follow: 12,
            self._leave_popover: 8,
            self._type: 10,
            self._upload: 8,
            self._key: 8,
            self._go: 6,
            self._open: 3,
            self._resize: 2,
        }
        [action] = self._random.choices(list(actions), list(actions.values()))
        try:
            action()
        except PlaywrightError as refusal:  # the element has just disappeared or is covered
            self.done.append(f"  not done: {str(refusal).splitlines()[0]}")
        self.clicks += 1
        if self._random.random() < 0.5:
            self._page.wait_for_timeout(self._random.uniform(0, LONGEST_PAUSE_MILLISECONDS))
        self.check()

    def check(self) -> None:
        """Check the page; a page that is being drawn has a minute to finish.

        Raises:
            AssertionError: see `act`.
        """
        try:
            found = self._page.wait_for_function(ERRORS_SHOWN, timeout=PAGE_MILLISECONDS)
            shown = found.json_value()
        except PlaywrightError as error:
            raise AssertionError(self._report("The page is blank.")) from error
        assert not shown, self._report(f"The page shows {shown}")
        assert not self._errors, self._report(f"The console says: {self._errors}")

    def _report(self, trouble: str) -> str:
        return "\n".join([trouble, self._page.url, *map(str, self._errors), *self.done])

    def _hear(self, message: ConsoleMessage) -> None:
        is_known = REPLACED in message.text or PROBE.search(message.location["url"])
        if message.type == "error" and not is_known:
            self._errors.append(f"{message.text} {message.location['url']}")

    def _any(self, selector: str) -> Locator | None:
        found = self._page.locator(selector)
        count = found.count()
        return found.nth(self._random.randrange(count)) if count else None

    def _press(self) -> None:
        if control := self._any(CONTROLS):
            self.done.append(f"press {control.inner_text()[:40]!r}")
            control.click()

    def _follow(self) -> None:
        if link := self._any(LINKS):
            self.done.append(f"follow {link.inner_text()[:40]!r}")
            link.click()

    def _leave_popover(self) -> None:
        if popover := self._any(POPOVERS):
            self.done.append(f"open popover {popover.inner_text()[:40]!r}")
            popover.click()
            self._follow()

    def _type(self) -> None:
        if field := self._any(FIELDS):
            text = self._random.choice(NONSENSE)
            self.done.append(f"type {text!r}")
            field.click()
            field.press("ControlOrMeta+A")
            field.press_sequentially(text)
            field.press(self._random.choice(("Enter", "Tab", "Escape")))

    def _upload(self) -> None:
        field = self._any("input[type=file]")
        if field is None:
            opener = self._any(
                'button:visible:has-text("Upload"), button:visible:has-text("Import")'
            )
            if opener is None:  # there may be one next time
                self.done.append("open the lab")
                self._page.goto(f"{self._url}/lab?epochs=2", wait_until="domcontentloaded")
                return
            opener.click()
            field = self._page.locator("input[type=file]").first
        name, content = self._random.choice(_files())
        self.done.append(f"upload {name}")
        kind = "application/zip" if field.get_attribute("accept") == ".zip" else "image/png"
        field.set_input_files({"name": name, "mimeType": kind, "buffer": content})

    def _key(self) -> None:
        key = self._random.choice(KEYS)
        self.done.append(f"key {key}")
        self._page.keyboard.press(key)

    def _go(self) -> None:
        way = self._random.choice(("back", "forward", "reload"))
        self.done.append(way)
        if way == "reload":
            self._page.reload(wait_until="domcontentloaded")
        else:
            self._page.evaluate(f"history.{way}()")
        if self._page.url == "about:blank":
            self._open()

    def _open(self) -> None:
        target = f"{self._random.choice(PAGES)}?{self._random.choice(QUERIES)}"
        self.done.append(f"open {target}")
        self._page.goto(f"{self._url}/{target}", wait_until="domcontentloaded")

    def _resize(self) -> None:
        width, height = self._random.choice(SIZES)
        self.done.append(f"resize {width} x {height}")
        self._page.set_viewport_size({"width": width, "height": height})


def _files() -> list[tuple[str, bytes]]:
    """Names and contents of files to upload: images and other files."""
    files = []
    for name, form in (("good.png", "PNG"), ("photo.jpg", "JPEG"), ("small.gif", "GIF")):
        image = Image.new("L", (60, 80), 210)
        image.paste(40, (25, 10, 35, 70))
        target = io.BytesIO()
        image.save(target, form)
        files.append((name, target.getvalue()))
    cut = files[0][1][:60]
    return [*files, ("cut.png", cut), ("text.png", b"no image"), ("empty.png", b"")]


def picture_of(page: Page, folder: Path, name: str) -> Path:
    """Save a screenshot of the page for the report of a failure."""
    picture = folder / f"{name}.png"
    page.screenshot(path=picture)
    return picture
