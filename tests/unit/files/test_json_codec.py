"""Dataclasses to JSON and back."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pytest

from core.files.json_codec import fields_from_plain, from_plain, to_json, to_plain
from core.variant import Variant


@dataclass(frozen=True, kw_only=True)
class Inner:
    name: str
    values: dict[str, float | None]


@dataclass(frozen=True, kw_only=True)
class Outer:
    count: int
    kind: Literal["a", "b"]
    inner: Inner
    shipped: bool = False


OUTER = Outer(count=3, kind="b", inner=Inner(name="é", values={"x": 0.5, "y": None}))


def test_a_dataclass_survives_a_round_trip() -> None:
    plain = {
        "count": 3,
        "kind": "b",
        "inner": {"name": "é", "values": {"x": 0.5, "y": None}},
        "shipped": False,
    }
    assert to_plain(OUTER) == plain
    assert from_plain(Outer, json.loads(to_json(OUTER))) == OUTER


def test_numbers_that_are_not_finite_are_strict_json() -> None:
    content = to_json({"losses": [math.nan, math.inf, -math.inf]})
    assert json.loads(content) == {"losses": ["NaN", "Infinity", "-Infinity"]}
    assert math.isnan(from_plain(float, "NaN"))
    assert from_plain(float | None, "-Infinity") == -math.inf


def test_a_float_is_read_from_an_integer_without_loss() -> None:
    assert from_plain(float, 2) == 2.0
    assert from_plain(float, json.loads(to_json(0.1 + 0.2))) == 0.30000000000000004


def test_numbers_of_numpy_are_plain() -> None:
    plain = to_plain({"loss": np.float32(0.5), "step": np.int64(7)})
    assert plain == {"loss": 0.5, "step": 7}
    assert type(plain["loss"]) is float
    assert type(plain["step"]) is int


def test_a_variant_reads_and_checks_itself() -> None:
    variant = Variant(seed=4, layers=(32,))
    assert from_plain(Variant, json.loads(to_json(variant))) == variant
    with pytest.raises(ValueError, match="seed cannot be -1"):
        from_plain(Variant, {"seed": -1})


def test_a_field_with_a_default_may_be_missing_and_an_unknown_one_is_refused() -> None:
    known = {"count": 1, "kind": "a", "inner": {"name": "n", "values": {}}}
    assert from_plain(Outer, known).shipped is False
    with pytest.raises(ValueError, match="are not the fields of Outer"):
        from_plain(Outer, {**known, "other": 1})
    with pytest.raises(ValueError, match="are not the fields of Outer"):
        from_plain(Outer, {"count": 1, "kind": "a"})


def test_fields_that_are_kept_elsewhere_are_not_expected() -> None:
    values = fields_from_plain(Outer, {"count": 1, "kind": "a"}, exclude=("inner",))
    assert values == {"count": 1, "kind": "a"}


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (int, True),
        (int, 1.0),
        (float, "0.5"),
        (float, True),
        (float, None),
        (str, 5),
        (bool, 1),
        (Literal["a", "b"], "c"),
        (Literal["a", "b"], ["a"]),
        (dict[str, float], [1.0]),
        (dict[str, float], {"x": "y"}),
        (Inner, "text"),
    ],
)
def test_a_value_of_another_kind_is_refused(kind: object, value: object) -> None:
    with pytest.raises((TypeError, ValueError)):
        from_plain(kind, value)


def test_type_without_json_form_is_refused() -> None:
    with pytest.raises(TypeError, match="ndarray cannot be written as JSON"):
        to_plain({"pixels": np.zeros(3)})
