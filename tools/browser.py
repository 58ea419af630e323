"""Finds the Chromium or Chrome for the browser tests, and installs one if there is none.

python -m tools.browser     prints its path
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
COMMON_PATHS = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/opt/google/chrome/chrome",
    "/usr/lib/chromium/chromium",
)
# Debian's chromium comes without fonts.
PACKAGES = ("chromium", "fonts-liberation")
INSTALL_SECONDS = 600


class NoBrowser(Exception):
    """No Chromium or Chrome starts on this machine, and none could be installed."""


def launch(playwright: Playwright, *arguments: str) -> Browser:
    """Start the browser without a window; it is installed first if there is none.

    Args:
        playwright: controls it.
        arguments: of its command line.

    Raises:
        NoBrowser: as `find_or_install`.
    """
    sandbox = [] if os.geteuid() else ["--no-sandbox"]  # Chromium has none for root
    return playwright.chromium.launch(
        executable_path=find_or_install(), args=[*arguments, *sandbox]
    )


def find() -> Path | None:
    """The first browser that starts: CHROMIUM's, one on the PATH, an installed one, Playwright's.

    Raises:
        NoBrowser: CHROMIUM names one that does not start.
    """
    named = os.environ.get("CHROMIUM")
    if named:
        if _starts(named):
            return Path(named)
        raise NoBrowser(f"CHROMIUM names {named}, which does not start.")
    return next((Path(path) for path in _candidates() if _starts(path)), None)


def find_or_install() -> Path:
    """Find or install a browser: Playwright's Chromium or, as root on Debian, its package.

    Raises:
        NoBrowser: all of this failed; the text says what to do.
    """
    for install in (None, _install_with_playwright, _install_with_apt):
        if install is not None:
            install()
        found = find()
        if found is not None:
            return found
    raise NoBrowser(
        "The browser tests need Chromium or Chrome: none was found, and neither `playwright install"
        " chromium` nor `apt-get install chromium` brought one. Install one, or name its program"
        " with CHROMIUM=/path/to/chromium."
    )


def _candidates() -> Iterator[str]:
    yield from (path for name in NAMES if (path := shutil.which(name)))
    yield from (path for path in COMMON_PATHS if Path(path).exists())
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        own = playwright.chromium.executable_path
    yield own


def _starts(path: str) -> bool:
    # Executed, not only looked up: Ubuntu's chromium-browser may only say to install the snap.
    try:
        asked = subprocess.run(
            [path, "--version"], capture_output=True, text=True, timeout=60, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return asked.returncode == 0 and "chrom" in asked.stdout.lower()


def _install_with_playwright() -> None:
    _tried(sys.executable, "-m", "playwright", "install", "chromium")


def _install_with_apt() -> None:
    if shutil.which("apt-get") and os.geteuid() == 0:
        _tried("apt-get", "update", "-q")
        _tried("apt-get", "install", "-q", "-y", "--no-install-recommends", *PACKAGES)


def _tried(*command: str) -> None:
    print("No browser yet:", " ".join(command), flush=True)
    try:
        subprocess.run(command, check=True, timeout=INSTALL_SECONDS, stdin=subprocess.DEVNULL)
    except (OSError, subprocess.SubprocessError) as error:
        print(f"That did not work: {error}", flush=True)


if __name__ == "__main__":
    try:
        print(find_or_install())
    except NoBrowser as error:
        sys.exit(str(error))
