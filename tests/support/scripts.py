"""A script with what it does, for the tests of the code reader."""

from __future__ import annotations

from typing import Any


class Script:
    """A script of our own.

    Args:
        name: of the test.
        code: the text.
        exact: whether the lab can train exactly this today.
        assumed: the settings that the text leaves open; None: not looked at.
        ignored, unsupported: words of a sentence that has to be there.
        faults: codes of all faults.
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
