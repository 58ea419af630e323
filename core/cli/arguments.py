"""Arguments: every field of `Variant` as an option, and error messages of one line."""

from __future__ import annotations

import argparse
import re
import sys
from typing import Any, NoReturn

from core.data import image_sets
from core.errors import InvalidVariant
from core.variant import FIELDS, Variant, allowed, format_value, parse_value, with_decoder

# Exit codes.
FAILED = 1
BAD_INPUT = 2
STOPPED = 130
MAX_DIGITS = 9
# Longer words of the user are truncated in messages.
LONG_WORD = re.compile(r"(\S{40})\S{40,}")


class Parser(argparse.ArgumentParser):
    """A parser that reports invalid input in one line."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(allow_abbrev=False, **settings)

    def error(self, message: str) -> NoReturn:
        """Print what is wrong in one line, and exit with code 2."""
        line = LONG_WORD.sub(r"\1…", message.replace("\n", " "))
        self.exit(BAD_INPUT, f"{self.prog}: {line}\n")

    def refuse(self, name: str) -> NoReturn:
        """Report an unknown option, and exit with code 2."""
        names = [names[-1] for action in self._actions if (names := action.option_strings)]
        self.error(f"there is no option {name!r}; allowed: {', '.join(names)}.")


def option(field: str) -> str:
    """The option of a field: "--learning-rate"."""
    return "--" + field.replace("_", "-")


def add_settings(parser: argparse.ArgumentParser) -> None:
    """Give a parser an option for each field of `Variant`."""
    default = Variant()
    for field in FIELDS:
        usual = format_value(getattr(default, field))
        own = ", or the name of images that were added" if field == "dataset" else ""
        if field == "epochs":
            usual += " for the sample, 5 for the large sets"
        parser.add_argument(
            option(field),
            nargs="?",  # so that the error about a missing value lists the allowed ones
            const="",
            metavar="VALUE",
            help=f"{allowed(field)}{own}; default {usual}".replace("%", "%%"),
        )


def whole(name: str, text: str, low: int, high: int) -> int:
    """The integer value of an option.

    Raises:
        InvalidVariant: it is not an integer from `low` to `high`; the text says so.
    """
    text = text or "--"  # argparse takes this value for a separator, and leaves an empty list
    is_number = text.isascii() and text.isdigit() and len(text) <= MAX_DIGITS
    if not (is_number and low <= int(text) <= high):
        allowed = f"allowed: whole numbers from {low} to {high}"
        raise InvalidVariant(name, f"{name} cannot be {text[:40]!r}; {allowed}.")
    return int(text)


def variant_of(options: argparse.Namespace) -> Variant:
    """The variant given by the options; prints to stderr if a decoder was added to its layers.

    Raises:
        InvalidVariant: a value is not allowed.
    """
    given = {field: text for field in FIELDS if (text := getattr(options, field)) is not None}
    added = None
    if "layers" in given:
        given["layers"], added = with_decoder(given["layers"])
    if "dataset" in given:
        given["dataset"] = image_sets.find_by_label(given["dataset"]) or given["dataset"]
    variant = Variant(**{field: parse_value(field, text) for field, text in given.items()})
    if added is not None:
        print(added, file=sys.stderr)
    return variant
