"""Widths of hidden layers: where the bottleneck is, and as text with or without their decoder."""

from __future__ import annotations

import pytest

from core.layer_widths import as_text, bottleneck, parsed, with_decoder


@pytest.mark.parametrize(
    ("widths", "place"),
    [((32,), 0), ((128, 64, 28, 64, 128), 2), ((64, 32), 1), ((9, 3, 5, 3), 1), ((7, 7), 0)],
)
def test_the_bottleneck_is_the_narrowest_layer_and_of_several_the_first(
    widths: tuple[int, ...], place: int
) -> None:
    assert bottleneck(widths) == place


@pytest.mark.parametrize(
    ("widths", "text"),
    [
        ((64, 16, 64), "64-16-64"),
        ((64, 16), "64-16-out"),
        ((16, 64), "16-64"),
        ((64, 8, 16), "64-8-16"),
        ((64, 64), "64-64-out"),
        ((32,), "32"),
    ],
)
def test_encoder_alone_is_distinguished_from_missing_decoder(
    widths: tuple[int, ...], text: str
) -> None:
    assert as_text(widths) == text
    assert parsed(text) == widths
    assert with_decoder(text) == (text, None)


@pytest.mark.parametrize(
    ("encoder", "whole"),
    [
        ("128,64,28", "128-64-28-64-128"),
        ("64-8", "64-8-64"),
        ("128, 128, 64", "128-128-64-128-128"),
        ("11-10-9-8-7-6-5-4-3-2-1", "11-10-9-8-7-6-5-4-3-2-1-2-3-4-5-6-7-8-9-10-11"),
    ],
)
def test_encoder_gets_the_decoder_that_mirrors_it(encoder: str, whole: str) -> None:
    completed, said = with_decoder(encoder)

    assert completed == whole
    assert said is not None
    assert f"its decoder mirrors it: {whole}. Without one it is " in said


@pytest.mark.parametrize(
    "text",
    [
        *("32", "64-8-64", "64,64,64", "8,64", "64,8,16", "12-11-10-9-8-7-6-5-4-3-2-1"),
        *("2000,8", "8,0", "abc", "", "64-8-out"),
    ],
)
def test_layers_that_are_no_encoder_stay_as_they_are(text: str) -> None:
    assert with_decoder(text) == (text, None)
