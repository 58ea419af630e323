"""Variant: one choice of settings, checked, and the same in URL, JSON and memory."""

from __future__ import annotations

import math
import re
from dataclasses import FrozenInstanceError, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import InvalidVariant
from core.setting_values import REAL_NUMBERS
from core.variant import CHOICES, FIELDS, RANGES, Variant, format_value, parse_value

layer_widths = st.lists(st.integers(1, 1024), min_size=1, max_size=21).map(tuple)
variants = st.builds(
    Variant,
    layers=layer_widths,
    batch_size=st.integers(*map(int, RANGES["batch_size"])),
    epochs=st.integers(*map(int, RANGES["epochs"])),
    seed=st.integers(*map(int, RANGES["seed"])),
    **{field: st.floats(*RANGES[field]) for field in REAL_NUMBERS},
    **{field: st.sampled_from(names) for field, names in CHOICES.items()},
)
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=10,
)


@given(variants)
def test_every_variant_goes_to_a_query_and_back_unchanged(variant: Variant) -> None:
    back, problems = Variant.from_query(variant.to_query())

    assert back == variant
    assert back.key == variant.key
    assert problems == []


@given(variants)
def test_every_variant_goes_to_plain_values_and_back_unchanged(variant: Variant) -> None:
    assert Variant.from_dict(variant.to_dict()) == variant


@given(variants)
def test_key_is_sixteen_hexadecimal_digits(variant: Variant) -> None:
    assert re.fullmatch("[0-9a-f]{16}", variant.key)


@given(variants, variants)
def test_different_variants_have_different_keys(one: Variant, other: Variant) -> None:
    assert (one.key == other.key) == (one == other)


@given(st.dictionaries(st.sampled_from(FIELDS), anything))
def test_any_settings_give_a_variant_or_an_error_naming_the_setting(
    values: dict[str, Any],
) -> None:
    made = made_or_refused(values)

    if isinstance(made, InvalidVariant):
        assert made.field in values
        assert str(made).startswith(f"{made.field} cannot be ")
        assert "allowed:" in str(made)
    else:
        assert Variant.from_dict(made.to_dict()) == made


def made_or_refused(values: dict[str, Any]) -> Variant | InvalidVariant:
    try:
        return Variant.from_dict(values)
    except InvalidVariant as refusal:
        return refusal


@given(st.dictionaries(st.sampled_from(FIELDS), st.text(max_size=30)))
def test_query_of_a_stranger_gives_a_variant_and_names_what_was_ignored(
    query: dict[str, str],
) -> None:
    variant, problems = Variant.from_query(query)

    ignored = {problem.field for problem in problems}
    assert ignored <= set(query)
    for field in set(FIELDS) - set(query) | ignored:
        expected = Variant(dataset=variant.dataset)
        assert getattr(variant, field) == getattr(expected, field)


def test_default_is_the_answer_to_the_question_on_the_sample() -> None:
    assert Variant().to_query() == {
        "dataset": "mnist-sample",
        "normalization": "unit",
        "layers": "128-64-28-64-128",
        "hidden_activation": "relu",
        "activation": "sigmoid",
        "loss": "binary_crossentropy",
        "loss_from": "keras",
        "optimizer": "adam",
        "learning_rate": "0.001",
        "batch_size": "100",
        "epochs": "67",
        "seed": "0",
    }


def test_key_never_changes() -> None:
    # Stored runs and shared links hang on it: a changed number here orphans them all.
    assert Variant().key == "dd4acf1a9749af81"
    assert Variant(dataset="mnist", activation="softmax", layers=(32,)).key == "8532df34b5504866"


def test_settings_that_came_later_have_no_part_in_the_keys_of_earlier_variants() -> None:
    assert Variant(bottleneck_activation="same", momentum=0.0).key == "dd4acf1a9749af81"
    assert Variant(weight_decay=0.0, code_l1=0.0, noise="none").key == "dd4acf1a9749af81"
    changed = {
        Variant(bottleneck_activation="linear"),
        Variant(optimizer="sgd", momentum=0.9),
        Variant(optimizer="sgd"),
        Variant(weight_decay=0.01),
        Variant(code_l1=0.001),
        Variant(noise="gaussian"),
        Variant(noise="masking"),
        Variant(noise="masking", noise_level=0.5),
        Variant(noise="masking", noise_target="noisy"),
    }
    assert len({"dd4acf1a9749af81", *(variant.key for variant in changed)}) == 10


def test_settings_that_came_later_are_in_a_link_where_they_are_changed() -> None:
    linear = Variant(bottleneck_activation="linear")
    assert linear.to_query() == Variant().to_query() | {"bottleneck_activation": "linear"}


def test_irrelevant_settings_get_their_default() -> None:
    assert Variant(hidden_activation="tanh", bottleneck_activation="tanh") == Variant(
        hidden_activation="tanh"
    )
    assert Variant(optimizer="adam", momentum=0.9) == Variant()
    assert Variant(noise_level=0.5, noise_target="noisy") == Variant()
    assert Variant(noise="gaussian", noise_level=0.0) == Variant()
    # A single hidden layer is the bottleneck.
    assert Variant(layers=(32,), bottleneck_activation="elu") == Variant(
        layers=(32,), hidden_activation="elu"
    )


def test_activations_are_those_of_every_layer() -> None:
    variant = Variant(layers=(64, 8, 64), bottleneck_activation="linear")
    assert variant.activations == ("relu", "linear", "relu", "sigmoid")
    assert Variant(layers=(32,)).activations == ("relu", "sigmoid")


def test_the_bottleneck_is_the_narrowest_layer_and_of_several_the_first() -> None:
    encoder = Variant(layers=(64, 32, 8), bottleneck_activation="linear")
    assert encoder.activations == ("relu", "relu", "linear", "sigmoid")
    several = Variant(layers=(64, 8, 32, 8), bottleneck_activation="linear")
    assert several.activations == ("relu", "linear", "relu", "relu", "sigmoid")


def test_equal_variants_are_one_whatever_types_they_were_written_with() -> None:
    written = Variant(layers=[64, 8, 64], learning_rate=1)  # type: ignore[arg-type]

    assert written == Variant(layers=(64, 8, 64), learning_rate=1.0)
    assert written.key == Variant(layers=(64, 8, 64), learning_rate=1.0).key
    assert hash(written) == hash(Variant(layers=(64, 8, 64), learning_rate=1.0))


@pytest.mark.parametrize(
    ("dataset", "epochs"), [("mnist-sample", 67), ("mnist", 5), ("fashion-mnist", 5)]
)
def test_epochs_default_to_about_three_thousand_steps(dataset: str, epochs: int) -> None:
    assert Variant(dataset=dataset).epochs == epochs
    assert Variant.from_query({"dataset": dataset})[0].epochs == epochs
    assert Variant(dataset=dataset, epochs=3).epochs == 3


@pytest.mark.parametrize(
    ("field", "value", "allowed"),
    [
        ("activation", "gelu", "allowed: sigmoid, linear, tanh, relu, softmax"),
        ("loss", "bce", "allowed: binary_crossentropy, mean_squared_error"),
        ("normalization", "", "allowed: unit, symmetric, raw, standardized, binarized, sum_to"),
        ("dataset", "cifar10", "allowed: mnist-sample, mnist, fashion-mnist"),
        ("optimizer", "lion", "allowed: adam, adamw, sgd, rmsprop, adadelta, nadam, adagrad"),
        ("hidden_activation", "gelu", "relu, tanh, sigmoid, linear, elu, selu, leaky_relu, soft"),
        ("bottleneck_activation", "as hidden", "allowed: same, relu, tanh, sigmoid, linear"),
        ("momentum", 1.0, "allowed: numbers from 0 to 0.999"),
        ("loss_from", "probabilities", "allowed: keras, outputs, logits"),
        ("learning_rate", 0.0, "allowed: numbers from 1e-06 to 10"),
        ("learning_rate", math.nan, "allowed: numbers from 1e-06 to 10"),
        ("learning_rate", math.inf, "allowed: numbers from 1e-06 to 10"),
        pytest.param("learning_rate", 10**400, "allowed: numbers from 1e-06", id="huge"),
        ("learning_rate", True, "allowed: numbers from 1e-06 to 10"),
        ("batch_size", 0, "allowed: whole numbers from 1 to 60000"),
        ("batch_size", 100.0, "allowed: whole numbers from 1 to 60000"),
        ("epochs", 1001, "allowed: whole numbers from 1 to 1000"),
        ("epochs", True, "allowed: whole numbers from 1 to 1000"),
        ("seed", -1, "allowed: whole numbers from 0 to 2147483647"),
    ],
)
def test_value_that_is_not_allowed_is_refused_with_what_is(
    field: str, value: Any, allowed: str
) -> None:
    with pytest.raises(InvalidVariant, match=re.escape(allowed)) as refusal:
        replace(Variant(), **{field: value})
    assert refusal.value.field == field


@pytest.mark.parametrize(
    "layers",
    [
        (),
        (0,),
        (1025,),
        (32.0,),
        (True,),
        "32",
        (64,) * 22,
    ],
)
def test_widths_beyond_the_limits_are_refused(layers: Any) -> None:
    with pytest.raises(InvalidVariant, match="1 to 21 widths of 1 to 1024 each"):
        Variant(layers=layers)


@pytest.mark.parametrize("layers", [(1,), (1024,), (64, 32), (64, 128, 64), (64,) * 21])
def test_widths_up_to_the_limits_are_accepted(layers: tuple[int, ...]) -> None:
    assert Variant(layers=layers).layers == layers


def test_query_keeps_what_it_can_and_names_what_it_cannot() -> None:
    variant, problems = Variant.from_query(
        {"activation": "softmax", "epochs": "many", "layers": "64-0", "theme": "dark"}
    )

    assert variant == Variant(activation="softmax")
    assert [problem.field for problem in problems] == ["layers", "epochs"]
    assert "epochs cannot be 'many'" in str(problems[1])


def test_unknown_setting_in_plain_values_is_refused() -> None:
    with pytest.raises(InvalidVariant, match="There is no setting 'dropout'"):
        Variant.from_dict({"dropout": 0.1})


@pytest.mark.parametrize(
    ("field", "text", "name"),
    [
        ("loss", "mse", "mean_squared_error"),
        ("loss", "MAE", "mean_absolute_error"),
        ("loss", "BinaryCrossentropy", "binary_crossentropy"),
        ("optimizer", "Adam", "adam"),
        ("optimizer", "RMSprop", "rmsprop"),
        ("hidden_activation", "LeakyReLU", "leaky_relu"),
        ("bottleneck_activation", "identity", "linear"),
        ("activation", "Softmax", "softmax"),
        ("activation", "mse", "mse"),  # a name of another setting is none
    ],
)
def test_names_that_scripts_use_are_understood(field: str, text: str, name: str) -> None:
    assert parse_value(field, text) == name


@pytest.mark.parametrize("text", ["128,64,28,64,128", "128-64-28-64-128"])
def test_layers_are_read_with_commas_as_with_dashes(text: str) -> None:
    assert parse_value("layers", text) == (128, 64, 28, 64, 128)


@given(st.floats(*RANGES["learning_rate"]))
def test_learning_rate_loses_no_digit_as_text(rate: float) -> None:
    assert parse_value("learning_rate", format_value(rate)) == rate


def test_variant_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        Variant().seed = 1  # type: ignore[misc]


@pytest.mark.parametrize("activation", ["sigmoid", "linear"])
def test_only_a_cross_entropy_takes_outputs_as_logits(activation: str) -> None:
    taken = {
        loss
        for loss in CHOICES["loss"]
        if Variant(activation=activation, loss=loss, loss_from="logits").loss_from == "logits"
    }
    assert taken == {"binary_crossentropy", "categorical_crossentropy"}
    one = Variant(loss="mean_squared_error", loss_from="logits")
    assert one == Variant(loss="mean_squared_error")
