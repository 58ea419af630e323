"""Lossless conversion of dataclasses to JSON and back, by their type hints.

JSON has no infinity and NaN, which a diverged run has: they are written as "NaN", "Infinity" and
"-Infinity". Everything that is read is checked against the type hints, since archives are
untrusted.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, dataclass, fields, is_dataclass
from functools import cache
from types import NoneType
from typing import Annotated, Any, Literal, get_args, get_origin, get_type_hints

import numpy as np

Reader = Callable[[Any], Any]

# Sums of squares of such numbers over all pixels are still finite; the lab's numbers come from
# float32, whose limit is 3e38.
LARGEST = 1e100
# Up to this value integers in JSON are exact in every language.
LARGEST_INTEGER = 2**53
NOT_FINITE = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}


@dataclass(frozen=True, kw_only=True)
class Range:
    """The allowed range of a number, in a type hint such as `Annotated[float, Range(low=0)]`.

    Attributes:
        low, high: the ends, for finite numbers.
        only_finite: whether NaN and infinities are refused.
    """

    low: float = -LARGEST
    high: float = LARGEST
    only_finite: bool = True

    def check(self, number: float) -> None:
        """Check a number.

        Raises:
            ValueError: it is not in the range.
        """
        is_finite = isinstance(number, int) or math.isfinite(number)
        if not (self.low <= number <= self.high if is_finite else not self.only_finite):
            raise ValueError(f"{_shown(number)} is not from {self.low:g} to {self.high:g}")


ANY_FLOAT = Range(only_finite=False)
ANY_INTEGER = Range(low=-LARGEST_INTEGER, high=LARGEST_INTEGER)


def to_json(value: Any) -> bytes:
    """Strict JSON in UTF-8, indented."""
    return (
        json.dumps(to_plain(value), indent=1, ensure_ascii=False, allow_nan=False) + "\n"
    ).encode()


def to_plain(value: Any) -> Any:
    """A value in JSON's types: dataclasses and mappings as objects, None as null.

    Raises:
        TypeError: the type cannot be converted.
    """
    if hasattr(value, "to_dict"):
        return to_plain(value.to_dict())
    if is_dataclass(value):
        return fields_to_plain(value)
    if isinstance(value, Mapping):
        return {str(name): to_plain(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [to_plain(item) for item in value]
    if isinstance(value, (float, np.floating)):
        return _plain_float(float(value))
    if isinstance(value, np.integer):
        return int(value)
    if value is None or isinstance(value, (str, bool, int)):
        return value
    raise TypeError(f"{type(value).__name__} cannot be written as JSON")


def fields_to_plain(value: Any, exclude: tuple[str, ...] = ()) -> dict[str, Any]:
    """The fields of a dataclass in JSON's types, by JSON key; the inverse of `fields_from_plain`.

    Args:
        value: the dataclass.
        exclude: fields that are stored elsewhere.
    """
    kept = [field for field in fields(value) if field.name not in exclude]
    return {_json_name(field): to_plain(getattr(value, field.name)) for field in kept}


def from_plain(kind: Any, value: Any) -> Any:
    """The inverse of `to_plain`.

    Args:
        kind: a type hint made of dataclasses, str, bool, int, float, None, Literal and
            dict[str, ...]; a class with a method `from_dict` is read by it. Numbers are checked
            against a `Range`; without annotation, against the widest that the lab can show.
        value: the value in JSON's types.

    Raises:
        ValueError, TypeError: the value does not match; the text says what it is.
    """
    return _reader(kind)(value)


def fields_from_plain(kind: type, value: Any, exclude: tuple[str, ...] = ()) -> dict[str, Any]:
    """The fields of a dataclass by name; fields with defaults may be missing.

    Args:
        kind: the dataclass.
        value: a JSON object.
        exclude: fields that are stored elsewhere.

    Raises:
        ValueError, TypeError: as for `from_plain`.
    """
    readers, required = _fields(kind, exclude)
    if not isinstance(value, dict):
        raise TypeError(f"{_shown(value)} is not a {kind.__name__}")
    if not required <= value.keys() <= readers.keys():
        raise ValueError(f"{_shown(list(value))} are not the fields of {kind.__name__}")
    fields_by_name = ((*readers[key], item) for key, item in value.items())
    return {name: read(item) for name, read, item in fields_by_name}


def _json_name(field: Field[Any]) -> str:
    """The key of a field in JSON: its name, unless its metadata has an older one as "json"."""
    return str(field.metadata.get("json", field.name))


@cache
def _fields(kind: Any, exclude: tuple[str, ...]) -> tuple[dict[str, tuple[str, Reader]], set[str]]:
    hints = get_type_hints(kind, include_extras=True)
    kept = [field for field in fields(kind) if field.name not in exclude]
    readers = {_json_name(field): (field.name, _reader(hints[field.name])) for field in kept}
    return readers, {_json_name(field) for field in kept if _has_no_default(field)}


@cache
def _reader(kind: Any) -> Reader:
    parts = get_args(kind)
    if get_origin(kind) is Annotated:
        return _number_within(parts[0], parts[1])
    if kind is float:
        return _number_within(kind, ANY_FLOAT)
    if kind is int:
        return _number_within(kind, ANY_INTEGER)
    if kind in (str, bool):
        return _strictly(kind)
    if hasattr(kind, "from_dict"):
        return kind.from_dict
    if isinstance(kind, type) and is_dataclass(kind):
        return lambda value: kind(**fields_from_plain(kind, value))
    if get_origin(kind) is Literal:
        return _one_of(parts)
    if get_origin(kind) is dict:
        return _mapping_of(_reader(parts[1]))
    if NoneType in parts:
        present = _reader(next(part for part in parts if part is not NoneType))
        return lambda value: None if value is None else present(value)
    raise TypeError(f"{kind} cannot be written as JSON")


def _number_within(kind: type, allowed: Range) -> Reader:
    read_number = _strictly(kind)

    def read(value: Any) -> Any:
        if kind is float and isinstance(value, str):
            value = NOT_FINITE.get(value, value)
        if kind is float and type(value) not in (int, float):
            raise TypeError(f"{_shown(value)} is not a number")
        allowed.check(value if kind is float else read_number(value))
        return kind(value)

    return read


def _strictly(kind: type) -> Reader:
    def read(value: Any) -> Any:
        if type(value) is not kind:
            raise TypeError(f"{_shown(value)} is not of type {kind.__name__}")
        return value

    return read


def _one_of(values: tuple[Any, ...]) -> Reader:
    def read(value: Any) -> Any:
        if value not in values:
            raise ValueError(f"{_shown(value)} is not one of {values}")
        return value

    return read


def _mapping_of(read_item: Reader) -> Reader:
    def read(value: Any) -> Any:
        if not isinstance(value, dict):
            raise TypeError(f"{_shown(value)} is not an object")
        return {name: read_item(item) for name, item in value.items()}

    return read


def _plain_float(value: float) -> float | str:
    if math.isfinite(value):
        return value
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"


def _has_no_default(field: Field[Any]) -> bool:
    return field.default is MISSING and field.default_factory is MISSING


def _shown(value: Any) -> str:
    return repr(value)[:60]
