"""A script with its expected reading, for tests of the code reader."""

from __future__ import annotations

from typing import Any


class Script:
    """A test script.

    Args:
        name: the name of the test.
        code: its text.
        exact: whether the lab can train exactly this.
        assumed: the settings that the text does not state; None to skip the check.
        ignored, unsupported: words of a required sentence.
        faults: the codes of all faults.
        settings: their values.
    """

    def __init__(
        self,
        name: str,
        code: str,
        *,
        exact: bool = False,
        assumed: set[str] | None = None,
        ignored: str = "",
        unsupported: str = "",
        faults: tuple[str, ...] = (),
        **settings: Any,
    ) -> None:
        self.name = name
        self.code = code
        self.exact = exact
        self.assumed = assumed
        self.ignored = ignored
        self.unsupported = unsupported
        self.faults = faults
        self.settings = settings
