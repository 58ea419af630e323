"""The curves of the layers, from the evidence that a run recorded."""

from __future__ import annotations

from core.charts.layer_figure import layer_figure
from core.charts.palette import LIGHT
from core.run import LayerEvidence
from core.store.shipped import Gallery
from core.variant import Variant
from core.views.inside.layer_curves import in_words, layer_curves
from core.views.inside.layers import layer_names


def row(epoch: int, layer: int, gradient: float | None, update: float | None) -> LayerEvidence:
    return LayerEvidence(
        epoch=epoch, layer=layer, gradient=gradient, update=update, dead=None, saturated=None
    )


ROWS = [row(0, 0, 0.5, 0.1), row(0, 1, 2.0, 0.2), row(1, 0, 0.0, 0.3), row(1, 1, None, 0.4)]


def test_each_layer_has_a_curve_with_gaps_where_a_logarithm_has_none() -> None:
    first, second = layer_curves(ROWS, ["A", "B"], "gradient")
    assert (first.epochs, first.values, first.zeros) == ((0, 1), (0.5, None), 1)
    assert (second.epochs, second.values, second.zeros) == ((0, 1), (2.0, None), 0)


def test_the_last_values_are_said_in_words() -> None:
    assert in_words(layer_curves(ROWS, ["A", "B"], "update"), "update") == (
        "Relative update in the last epoch: 0.400 in B, the largest, and 0.300 in A, the smallest."
    )
    assert in_words(layer_curves(ROWS, ["A", "B"], "gradient"), "gradient") == (
        "No layer has a finite value above 0 in the last epoch."
    )


def test_a_shipped_run_has_a_line_for_each_of_its_six_layers() -> None:
    run = Gallery().get(Variant().key)
    assert run is not None
    curves = layer_curves(run.layer_evidence, layer_names(run.weights or ()), "gradient")
    figure = layer_figure([(c.name, c.epochs, c.values) for c in curves], "gradient", LIGHT)
    assert [trace.name for trace in figure.data] == [
        *("Encoder 1", "Encoder 2", "Bottleneck", "Decoder 4", "Decoder 5", "Output"),
    ]
    # Twenty measured epochs and the first step.
    assert [len(trace.x) for trace in figure.data] == [21] * 6
    assert figure.layout.yaxis.type == "log"
    styles = {(t.line.color, t.line.dash, t.marker.symbol) for t in figure.data}
    assert len(styles) == 6
