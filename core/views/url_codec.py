"""The parameters of links: parsing, formatting, allowed values and errors."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from core.errors import InvalidVariant

# The separator of several values, since a comma would be escaped in a URL.
BETWEEN_VALUES = "~"


@dataclass(frozen=True)
class Parameter:
    """One parameter of a link.

    Attributes:
        parse: text -> value; raises ValueError or KeyError if that is not allowed.
        allowed: the allowed values, as the end of a sentence.
    """

    parse: Callable[[str], Any]
    allowed: str


def choice(values: Iterable[Any]) -> Parameter:
    """A parameter with these values, formatted as by `format_parameter`."""
    texts = {format_parameter(value): value for value in values}
    return Parameter(texts.__getitem__, ", ".join(texts))


def number(low: float, high: float) -> Parameter:
    """A parameter with finite numbers from `low` to `high`."""

    def parse(text: str) -> float:
        value = float(text)
        if not (math.isfinite(value) and low <= value <= high):
            raise ValueError(text)
        return value

    return Parameter(parse, f"numbers from {low:g} to {high:g}")


def whole(low: int, high: int) -> Parameter:
    """A parameter with integers from `low` to `high`."""

    def parse(text: str) -> int:
        value = int(text)
        if not low <= value <= high:
            raise ValueError(text)
        return value

    return Parameter(parse, f"whole numbers from {low} to {high}")


SWITCH = Parameter({"0": False, "1": True}.__getitem__, "0 and 1")


def format_parameter(value: Any) -> str:
    """A value as text; parsing returns the same value."""
    if isinstance(value, bool):
        return str(int(value))
    return repr(value).removesuffix(".0") if isinstance(value, float) else str(value)


def parse_parameters(
    parameters: Mapping[str, Parameter], query: Mapping[str, str]
) -> tuple[dict[str, Any], list[InvalidVariant]]:
    """Parse the parameters of a URL's query that are listed in a table.

    Returns:
        The values of the valid ones, and one error for each invalid one.
    """
    values: dict[str, Any] = {}
    problems: list[InvalidVariant] = []
    for name in [name for name in parameters if name in query]:
        try:
            values[name] = parameters[name].parse(query[name])
        except (ValueError, KeyError):
            problems.append(refusal(name, query[name], parameters[name].allowed))
    return values, problems


def changed_parameters(state: Any, parameters: Iterable[str]) -> dict[str, str]:
    """The fields of a dataclass that are not at their defaults, as text for a URL's query."""
    default = type(state)()
    values = {name: getattr(state, name) for name in parameters}
    return {
        name: format_parameter(value)
        for name, value in values.items()
        if value != getattr(default, name)
    }


def refusal(name: str, text: str, allowed: str) -> InvalidVariant:
    """The error for a value that a parameter does not allow."""
    return InvalidVariant(name, f"{name} cannot be {text[:40]!r}; allowed: {allowed}.")


def unknown(
    query: Iterable[str], known: Iterable[str], noun: str = "setting"
) -> list[InvalidVariant]:
    """An error for each unknown parameter of a query."""
    return [
        InvalidVariant(name, f"There is no {noun} {name[:40]!r}.")
        for name in sorted(set(query) - set(known))
    ]


class LinkState:
    """Base of frozen dataclasses whose fields, all with defaults, are parameters of a link."""

    parameters: ClassVar[Mapping[str, Parameter]]

    def to_query(self) -> dict[str, str]:
        """The parameters of the URL's query, without those at their defaults."""
        return changed_parameters(self, self.parameters)

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> tuple[Self, list[InvalidVariant]]:
        """Read a URL's query; invalid parameters get their defaults.

        Returns:
            The state, and one error for each part that was ignored.
        """
        values, problems = parse_parameters(cls.parameters, query)
        return cls(**values), [*problems, *unknown(query, cls.parameters)]
