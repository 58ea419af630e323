"""Numbers under digits follow the one rule for numbers."""

from __future__ import annotations

import numpy as np
from streamlit.testing.v1 import AppTest

from core.run import Scores
from pages.components.common.image_grid import pixel_numbers
from pages.components.common.score_table import score_frame


def test_small_error_under_a_digit_is_not_rounded_to_0() -> None:
    pixels = np.full((2, 784), 0.5)
    smallest, largest, total, error = pixel_numbers(pixels, np.array([0.0123, 0.0002]))
    assert error.texts == ["0.012", "2.0e-4"]
    assert smallest.texts == largest.texts == ["0.50", "0.50"]
    assert total.texts == ["392", "392"]  # 784 halves


def test_error_of_rounding_is_0() -> None:
    originals = np.linspace(0, 1, 784)[None]  # float64
    errors = ((originals.astype(np.float32) - originals) ** 2).mean(axis=1)
    assert 0 < errors[0] < 1e-15
    *_, error = pixel_numbers(originals, errors)
    assert error.texts == ["0.000"]


def test_scores_keep_numbers_and_units_on_one_line() -> None:
    frame = score_frame({"this run": Scores(mse=0.01, mae=0.05, psnr=20.0, ssim=0.9)})
    assert frame["PSNR"].tolist() == ["**20.0\N{NO-BREAK SPACE}dB**"]


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
