"""Terms explained where they appear: the glossary's own words, and the way to all of them."""

from __future__ import annotations

from collections.abc import Callable

from streamlit.testing.v1 import AppTest

from core.text.glossary import help_for

OpenLab = Callable[..., AppTest]


def test_the_lab_explains_its_losses_and_its_scores(open_lab: OpenLab) -> None:
    texts = [element.value for element in open_lab().markdown]
    for name, spelling in (
        ("floor", "floor"),
        ("displayed loss", "displayed loss"),
        ("SSIM", "SSIM"),
        ("mean squared error", "MSE"),
        ("baselines", "baselines"),
    ):
        assert f"**{name}** · {help_for(spelling)}" in texts
