"""The network as a funnel: heights, words and number of parameters."""

from __future__ import annotations

import re

import pytest

from pages.components.common.funnel import funnel_html


def heights(layers: tuple[int, ...]) -> list[float]:
    html = funnel_html(layers)
    return [float(height) for height in re.findall(r'<b style="height:(.*?)%">', html)]


def test_bars_have_the_root_of_the_widths_as_height() -> None:
    # sqrt(49 / 784) is a quarter, sqrt(196 / 784) a half.
    assert heights((196, 49, 196)) == [100, 50, 25, 50, 100]


def test_narrowest_layer_shows_beside_the_widest() -> None:
    # sqrt(784 / 1024) is 0.875; one unit alone would be 3 percent.
    assert heights((1024, 1, 1024)) == [87.5, 100, 5, 100, 87.5]


@pytest.mark.parametrize("layers", [(1,), (1024,) * 21, (9, 8, 7, 6), (6, 7, 8)])
def test_every_layer_has_a_bar_and_a_width(layers: tuple[int, ...]) -> None:
    html = funnel_html(layers)
    assert len(heights(layers)) == len(layers) + 2
    shown = re.findall(r"<span[^>]*>(\d+)</span>", html)
    assert shown == [str(width) for width in (784, *layers, 784)]


@pytest.mark.parametrize(
    ("layers", "place"), [((64, 28, 64), 2), ((512,) * 9, 5), ((300, 20, 100, 20, 200), 2)]
)
def test_narrowest_layer_nearest_to_the_middle_is_labelled(
    layers: tuple[int, ...], place: int
) -> None:
    spans = re.findall(r"<span( class=\"main\")?>", funnel_html(layers))
    assert [at for at, main in enumerate(spans) if main] == [0, place, len(layers) + 1]


def test_a_bottleneck_at_an_end_of_a_deep_network_is_labelled_alone() -> None:
    spans = re.findall(r"<span( class=\"main\")?>", funnel_html((8, *(64,) * 9)))
    assert [at for at, main in enumerate(spans) if main] == [1, 11]


def test_parameters_and_widths_are_said_in_words() -> None:
    html = funnel_html((128, 64, 28, 64, 128))
    # 784-128-64-28 and back: 100,480 + 8,256 + 1,820 + 1,856 + 8,320 + 101,136.
    assert "221,868 parameters" in html
    # 784 * 32 + 32 weights and biases into the hidden layer, 32 * 784 + 784 out of it.
    assert "50,992 parameters" in funnel_html((32,))
    assert (
        'role="img" aria-label="Layers from input to output: 784, 128, 64, 28, 64, 128, 784.'
        ' The bottleneck has 28."'
    ) in html
