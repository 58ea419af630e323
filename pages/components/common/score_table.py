"""The table of scores of a run and the baselines."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from core.run import Scores
from core.text import formats
from core.text.formats import NO_BREAK
from pages.components.common.glossary_popover import explain


def score_table(rows: Mapping[str, Scores]) -> None:
    """Draw MSE, MAE, PSNR and SSIM, one row for each name.

    Args:
        rows: scores by name, such as {"This run": ...}; the best value of a column is bold.
    """
    st.table(score_frame(rows), border="horizontal")
    explain("What the scores mean", "pixel error", "MSE", "MAE", "PSNR", "SSIM", "baselines", "PCA")


def score_frame(rows: Mapping[str, Scores]) -> pd.DataFrame:
    """The table as text, the best value of each column in Markdown's bold."""
    columns = {
        "MSE": ([s.mse for s in rows.values()], formats.loss, min),
        "MAE": ([s.mae for s in rows.values()], formats.loss, min),
        "PSNR": ([s.psnr for s in rows.values()], _unbroken_decibels, max),
        "SSIM": ([s.ssim for s in rows.values()], formats.ssim, max),
    }
    texts = {}
    for name, (values, form, best_of) in columns.items():
        best = form(best_of(values))
        texts[name] = [f"**{text}**" if text == best else text for text in map(form, values)]
    names = [name[:1].upper() + name[1:] for name in rows]
    return pd.DataFrame(texts, index=pd.Index(names, name="Images"))


def _unbroken_decibels(value: float | None) -> str:
    return formats.decibels(value).replace(" ", NO_BREAK)
