"""What the command line accepts, and how it refuses the rest."""

from __future__ import annotations

import contextlib
import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.cli import COMMANDS, main, parse
from core.cli.arguments import option, variant_of
from core.cli.run_output import finite
from core.errors import InvalidVariant
from core.variant import CHOICES, FIELDS, RANGES, Variant, format_value

words = st.sampled_from(
    [
        *("train", "list", "--json", "--help", "--", "-h", "", "-1", "1e9999", "nan", "é\udcff"),
        *(option(field) for field in FIELDS),
        *(choice for choices in CHOICES.values() for choice in choices),
        *("128,64,128", "128-64-128", "1,2,3", "--epochs=3", "--layers=", "--seed=2**31", "--jso"),
    ]
)


def test_without_options_the_default_settings_are_used() -> None:
    assert variant_of(parse(["train"])) == Variant()


def test_every_field_is_an_option() -> None:
    wanted = Variant(
        dataset="mnist",
        normalization="symmetric",
        layers=(64, 2, 64),
        hidden_activation="tanh",
        activation="linear",
        loss="huber",
        loss_from="outputs",
        optimizer="sgd",
        learning_rate=0.05,
        batch_size=32,
        epochs=7,
        seed=11,
    )
    line = (
        "train --dataset mnist --normalization symmetric --layers 64,2,64"
        " --hidden-activation tanh --activation linear --loss huber --loss-from outputs"
        " --optimizer sgd --learning-rate 0.05 --batch-size 32 --epochs 7 --seed 11"
    )
    assert variant_of(parse(line.split())) == wanted


def test_encoder_alone_gets_its_decoder_with_a_note_on_stderr(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert variant_of(parse(["train", "--layers", "64,8"])).layers == (64, 8, 64)
    printed = capsys.readouterr()
    assert printed.err == (
        "64-8 is an encoder; its decoder mirrors it: 64-8-64. Without one it is 64-8-out.\n"
    )
    assert printed.out == ""


def test_the_epochs_follow_the_data_set() -> None:
    assert variant_of(parse(["train"])).epochs == 67
    assert variant_of(parse(["train", "--dataset", "fashion-mnist"])).epochs == 5


@given(
    st.builds(
        Variant,
        **{field: st.sampled_from(choices) for field, choices in CHOICES.items()},
        layers=st.sampled_from([(32,), (128, 64, 28, 64, 128)]),
        learning_rate=st.floats(*RANGES["learning_rate"]),
        **{
            field: st.integers(int(RANGES[field][0]), int(RANGES[field][1]))
            for field in ("batch_size", "epochs", "seed")
        },
    )
)
def test_a_variant_goes_through_the_command_line_unchanged(variant: Variant) -> None:
    pairs = [(option(field), format_value(getattr(variant, field))) for field in FIELDS]
    assert variant_of(parse(["train", *(part for pair in pairs for part in pair)])) == variant


@pytest.mark.parametrize(
    ("line", "refusal"),
    [
        (
            "",
            "python -m core: a command is required; choose from train, list, sweep, gallery,"
            " explain,"
            " cause, data.",
        ),
        ("train --epochs 0", "epochs cannot be 0; allowed: whole numbers from 1 to 1000."),
        ("train --epochs", "epochs cannot be ''; allowed: whole numbers from 1 to 1000."),
        ("train --epochs 1.5", "epochs cannot be '1.5'; allowed: whole numbers from 1 to 1000."),
        (
            "train --learning-rate nan",
            "learning_rate cannot be nan; allowed: numbers from 1e-06 to 10.",
        ),
        (
            "train --activation gelu",
            "activation cannot be 'gelu'; allowed: sigmoid, linear, tanh, relu, softmax.",
        ),
        (
            "train --layers 1,0",
            "layers cannot be 1,0; allowed: 1 to 21 widths of 1 to 1024 each,"
            " such as 128,64,28,64,128.",
        ),
        (
            "list --all",
            "python -m core list: there is no option '--all'; allowed: --help, --json.",
        ),
    ],
)
def test_bad_input_is_one_line_that_says_what_is_allowed(
    line: str, refusal: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert exit_code(line.split()) == 2
    printed = capsys.readouterr()
    assert printed.err == refusal + "\n"
    assert printed.out == ""


def test_unknown_command_is_refused_with_the_known_ones(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert exit_code(["retrain"]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "retrain" in line
    assert "train" in line
    assert "list" in line


def test_help_lists_every_option_with_its_values(capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code(["train", "--help"]) == 0
    text = " ".join(capsys.readouterr().out.split())
    for field in FIELDS:
        assert option(field) in text
    assert "sigmoid, linear, tanh, relu, softmax" in text
    assert "default 67 for the sample, 5 for the large sets" in text


@given(st.lists(words | st.text(max_size=8), max_size=6))
def test_any_words_make_a_variant_or_a_refusal(arguments: list[str]) -> None:
    with contextlib.suppress(SystemExit, InvalidVariant):
        options = parse(arguments)
        assert options.command in COMMANDS
        assert options.command != "train" or isinstance(variant_of(options), Variant)


def test_numbers_that_are_not_finite_become_null() -> None:
    value = {"loss": [0.5, math.nan, -math.inf], "scores": {"psnr": math.inf, "mse": 0.0}}
    text = json.dumps(finite(value), allow_nan=False)
    assert text == '{"loss": [0.5, null, null], "scores": {"psnr": null, "mse": 0.0}}'


def exit_code(arguments: list[str]) -> int | str | None:
    """The exit code of a command, whether it returns or exits."""
    try:
        return main(arguments)
    except SystemExit as end:
        return end.code
