"""The state of the Inside page: a run, which of its parts is shown, and how."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from core.data.datasets import PIXELS
from core.errors import InvalidVariant
from core.variant import FIELDS, MOST_LAYERS, WIDEST_LAYER, Variant
from core.views.inside.layer_curves import MEASURES
from core.views.url_codec import (
    SWITCH,
    Parameter,
    changed_parameters,
    choice,
    number,
    parse_parameters,
    refusal,
    unknown,
    whole,
)

PARTS = {"latent": "Latent space", "units": "Units", "training": "Training"}
MAPS = {"code": "The code", "pca": "PCA of the images"}
# No unit is switched off.
NONE = -1
# Codes of a network that diverged reach 1e11.
FARTHEST = 1e30
MOST_EPOCHS = 1000

PARAMETERS: Mapping[str, Parameter] = {
    "part": choice(PARTS),
    "axes": choice(MAPS),
    "x": number(-FARTHEST, FARTHEST),
    "y": number(-FARTHEST, FARTHEST),
    "decodes": SWITCH,
    "epoch": number(0, MOST_EPOCHS),
    "layer": whole(0, MOST_LAYERS),
    "unit": whole(0, WIDEST_LAYER - 1),
    "off": whole(NONE, WIDEST_LAYER - 1),
    "input_noise": number(0, 1),
    "measure": choice(MEASURES),
}


@dataclass(frozen=True, kw_only=True)
class InsideState:
    """The state of the Inside page, as in its link: the settings of a run, and what is shown of it.

    Attributes:
        part: a key of `PARTS`.
        axes: of the map, a key of `MAPS`.
        x, y: the point of the map that is decoded; None for its centre.
        decodes: whether a grid of decodes is drawn behind the points.
        epoch: of the training, of which the map is shown; None for the last.
        layer, unit: indices of the unit that is shown; 0 for what the network does not have.
        off: unit of the code that is switched off; NONE for none, and for what it does not have.
        input_noise: standard deviation of the noise on the input, in pixel values.
        measure: of the layers during training, a key of `MEASURES`.
    """

    variant: Variant = field(default_factory=Variant)
    part: str = "latent"
    axes: str = "code"
    x: float | None = None
    y: float | None = None
    decodes: bool = False
    epoch: float | None = None
    layer: int = 0
    unit: int = 0
    off: int = NONE
    input_noise: float = 0.0
    measure: str = "gradient"

    def to_query(self) -> dict[str, str]:
        """The parameters of the URL's query: settings, and the rest where it is not the default."""
        return self.variant.to_query() | changed_parameters(self, PARAMETERS)

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> tuple[InsideState, list[InvalidVariant]]:
        """Read a URL's query; invalid parameters get their defaults.

        Returns:
            The state, and one error for each part that was ignored.
        """
        variant, problems = Variant.from_query(query)
        values, more = parse_parameters(PARAMETERS, query)
        problems += [*more, *unknown(query, (*FIELDS, *PARAMETERS))]
        state = cls(variant=variant, **values)
        beyond = [*_beyond(state)]
        defaults: dict[str, Any] = {name: default for name, default, _ in beyond}
        return replace(state, **defaults), problems + [problem for *_, problem in beyond]


def _beyond(state: InsideState) -> Iterator[tuple[str, int, InvalidVariant]]:
    """The indices beyond the network: their names, the values instead, and an error for each."""
    widths = [*state.variant.layers, PIXELS]
    layer = state.layer if state.layer < len(widths) else 0
    code = min(state.variant.layers)
    for name, value, count, default in (
        ("layer", state.layer, len(widths), 0),
        ("unit", state.unit, widths[layer], 0),
        ("off", state.off, code, NONE),
    ):
        if value >= count:
            allowed = f"whole numbers from 0 to {count - 1}"
            yield name, default, refusal(name, str(value), allowed)
