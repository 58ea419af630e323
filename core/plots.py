"""What all resting figures share: axes, fonts, lines and marks, in the colours of a theme.

Figures are Plotly's, to be drawn without Streamlit's theme: colours of losses and activations have
fixed meanings (`core.palette`), and Streamlit would replace them.
"""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go

from core.objectives import Array
from core.palette import Palette

SERIES_OF_LOSS = {
    "binary_crossentropy": 0,
    "categorical_crossentropy": 1,
    "mean_squared_error": 2,
    "mean_absolute_error": 3,
    "huber": 4,
}
SERIES_OF_ACTIVATION = {"sigmoid": 0, "softmax": 1, "linear": 2, "tanh": 3, "relu": 4}
DASH_OF_ACTIVATION = {
    "sigmoid": "solid",
    "softmax": "longdash",
    "linear": "dot",
    "tanh": "dash",
    "relu": "dashdot",
}
FONT = "'Source Sans', 'Source Sans Pro', sans-serif"
FONT_SIZE = 13
# Neither zoom nor buttons: on a phone a finger on a figure is to scroll the page.
CONFIG: dict[str, Any] = {"displayModeBar": False, "scrollZoom": False}

Range = tuple[float, float]


def axes(
    title: str, palette: Palette, *, height: int, x: Range, y: Range, x_title: str
) -> go.Figure:
    """Empty axes with fixed ends.

    Args:
        title: over the plot, on the left; what the vertical axis is, with its unit.
        palette: of the theme.
        height: of the figure in pixels.
        x, y: the ends of the axes.
        x_title: under the horizontal axis.
    """
    axis = {
        "fixedrange": True,
        "gridcolor": palette.border,
        "gridwidth": 0.6,
        "linecolor": palette.border,
        "showline": True,
        "zeroline": False,
        "tickfont": {"color": palette.muted, "size": 12},
        "title": {"font": {"color": palette.muted, "size": 12}, "standoff": 4},
    }
    figure = go.Figure()
    figure.update_layout(
        template="none",
        height=height,
        margin={"l": 40, "r": 8, "t": 26, "b": 36 if x_title else 22},
        font={"family": FONT, "size": FONT_SIZE, "color": palette.text},
        title={
            "text": title,
            "x": 0,
            "xanchor": "left",
            "y": 1,
            "yanchor": "top",
            "yref": "container",
            "pad": {"t": 4},
            "font": {"size": FONT_SIZE},
        },
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        showlegend=False,
        dragmode=False,
        hoverlabel={"font": {"family": FONT, "size": FONT_SIZE}},
    )
    figure.update_xaxes(axis, range=x, title_text=x_title, showgrid=False, nticks=6)
    figure.update_yaxes(axis, range=y, nticks=5)
    return figure


def line(
    figure: go.Figure, x: Array, y: Array, colour: str, name: str, *, dash: str = "solid"
) -> None:
    """A curve; hovering tells its values."""
    figure.add_scatter(
        x=x,
        y=y,
        mode="lines",
        name=name,
        line={"color": colour, "width": 2.5, "dash": dash},
        hovertemplate="%{x:.3g}: %{y:.4g}<extra>" + name + "</extra>",
    )


def dot(
    figure: go.Figure,
    x: float,
    y: float,
    colour: str,
    palette: Palette,
    *,
    text: str = "",
    side: str = "top center",
    hollow: bool = False,
) -> None:
    """A marked point with a word beside it; hollow for a point of comparison."""
    figure.add_scatter(
        x=[x],
        y=[y],
        mode="markers+text",
        text=[text],
        textposition=side,
        textfont={"color": palette.text, "size": FONT_SIZE},
        cliponaxis=False,
        hoverinfo="skip",
        marker={
            "size": 10,
            "color": palette.background if hollow else colour,
            "line": {"color": colour if hollow else palette.background, "width": 2},
        },
    )


def legend(figure: go.Figure) -> None:
    """Name the curves in a row under the title; for figures with several."""
    figure.update_layout(
        showlegend=True,
        margin={"t": 52},
        legend={
            "orientation": "h",
            "x": 0,
            "y": 1.02,
            "yanchor": "bottom",
            "itemclick": False,
            "itemdoubleclick": False,
        },
    )
    figure.update_traces(showlegend=True)


def level(figure: go.Figure, y: float, palette: Palette) -> None:
    """A dashed horizontal line, such as a floor."""
    figure.add_hline(y=y, line={"color": palette.muted, "width": 1.5, "dash": "dash"})


def place(figure: go.Figure, x: float, palette: Palette) -> None:
    """A thin vertical line at a chosen value."""
    figure.add_vline(x=x, line={"color": palette.text, "width": 1})


def band(figure: go.Figure, ends: Range, colour: str, *, opacity: float, across: bool) -> None:
    """A shaded stretch of the horizontal axis, or of the vertical one where `across`."""
    style = {"fillcolor": colour, "opacity": opacity, "line": {"width": 0}, "layer": "below"}
    if across:
        figure.add_hrect(y0=ends[0], y1=ends[1], **style)
    else:
        figure.add_vrect(x0=ends[0], x1=ends[1], **style)


def heading(name: str, colour: str, detail: str) -> str:
    """A figure's title: the bold name in its colour, then what is plotted."""
    return f'<b style="color:{colour}">{name}</b> {detail}'
