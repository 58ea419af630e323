"""Numbers under digits follow the one rule for numbers."""

from __future__ import annotations

import numpy as np
from streamlit.testing.v1 import AppTest

from pages.components.common.image_grid import pixel_numbers


def test_small_error_under_a_digit_is_not_rounded_to_0() -> None:
    pixels = np.full((2, 784), 0.5)
    smallest, largest, total, error = pixel_numbers(pixels, np.array([0.0123, 0.0002]))
    assert error.texts == ["0.012", "2.0e-4"]
    assert smallest.texts == largest.texts == ["0.50", "0.50"]
    assert total.texts == ["392", "392"]  # 784 halves


def _enlarged_digits() -> None:
    import numpy as np

    from pages.components.common.image_zoom import Panel, enlarged

    pixels = np.zeros(784)
    panels = [
        Panel(name="A", pixels=pixels, error=0.0002),
        Panel(name="B", pixels=pixels, error=70),
    ]
    enlarged(panels, key="test", at_rest=False)


def test_errors_of_enlarged_digits_follow_the_rule() -> None:
    app = AppTest.from_function(_enlarged_digits).run()
    assert not app.exception
    names = [part.proto.body for part in app.get("html") if "lab-panel-name" in part.proto.body]
    assert [name.partition("</b>")[2] for name in names] == [
        " · MSE 2.0e-4</p>",
        " · MSE 70.0</p>",
    ]
