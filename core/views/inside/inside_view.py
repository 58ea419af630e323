"""The state of the Inside page, and its parameters in the link."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from core.data.datasets import PIXELS
from core.errors import InvalidVariant
from core.variant import FIELDS, MAX_LAYERS, MAX_WIDTH, Variant
from core.views.inside.latent_map import MAX_POINTS
from core.views.inside.layer_curves import MEASURES
from core.views.url_codec import (
    BETWEEN_VALUES,
    SWITCH,
    Parameter,
    changed_parameters,
    choice,
    format_parameter,
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
MAX_EPOCHS = 1000
MAX_SLIDERS = 8
# Number of components in the map of PCA.
PCA_WIDTH = 2


def parse_sliders(text: str) -> tuple[tuple[int, float], ...]:
    """Units of a code with their values, in a link: `3.0.5~12.-1`.

    Raises:
        ValueError: the text is invalid, or names a unit twice.
    """
    unit, value = whole(0, MAX_WIDTH - 1).parse, number(-FARTHEST, FARTHEST).parse
    pairs = [part.partition(".") for part in text.split(BETWEEN_VALUES)]
    found = tuple((unit(name), value(rest)) for name, _, rest in pairs)
    if len(dict(found)) < len(found) or len(found) > MAX_SLIDERS:
        raise ValueError(text)
    return found


PARAMETERS: Mapping[str, Parameter] = {
    "part": choice(PARTS),
    "axes": choice(MAPS),
    "x": number(-FARTHEST, FARTHEST),
    "y": number(-FARTHEST, FARTHEST),
    "decodes": SWITCH,
    "draw": SWITCH,
    "sliders": Parameter(parse_sliders, "values of units, such as 3.0.5~12.-1"),
    "position": number(0, 1),
    "first": whole(0, MAX_POINTS - 1),
    "second": whole(0, MAX_POINTS - 1),
    "epoch": number(0, MAX_EPOCHS),
    "layer": whole(0, MAX_LAYERS),
    "unit": whole(0, MAX_WIDTH - 1),
    "off": whole(NONE, MAX_WIDTH - 1),
    "input_noise": number(0, 1),
    "measure": choice(MEASURES),
}


@dataclass(frozen=True, kw_only=True)
class InsideState:
    """The state of the Inside page: the settings of a run, and what is shown of it.

    Attributes:
        part: a key of `PARTS`.
        axes: the axes of the map, a key of `MAPS`.
        x, y: the point of the map that is decoded; None for its centre.
        decodes: whether a grid of decoded images is drawn behind the points.
        draw: whether the pad is shown.
        sliders: units of the code with the values that they are set to.
        position: position between two images, 0 to 1, instead of the point; None for the point.
        first, second: indices of these images among those of the map.
        epoch: epoch whose map is shown; None for the last.
        layer, unit: indices of the unit that is shown; 0 if the network does not have it.
        off: unit of the code that is switched off; NONE for none, or if the code does not have it.
        input_noise: standard deviation of the noise on the input, in pixel values.
        measure: measure of the layers during training, a key of `MEASURES`.
    """

    variant: Variant = field(default_factory=Variant)
    part: str = "latent"
    axes: str = "code"
    x: float | None = None
    y: float | None = None
    decodes: bool = False
    draw: bool = False
    sliders: tuple[tuple[int, float], ...] = ()
    position: float | None = None
    first: int = 0
    second: int = 1
    epoch: float | None = None
    layer: int = 0
    unit: int = 0
    off: int = NONE
    input_noise: float = 0.0
    measure: str = "gradient"

    def to_query(self) -> dict[str, str]:
        """The parameters of the URL's query that differ from the defaults, and the settings."""
        query = self.variant.to_query() | changed_parameters(self, PARAMETERS)
        if self.sliders:
            pairs = (f"{unit}.{format_parameter(value)}" for unit, value in self.sliders)
            query["sliders"] = BETWEEN_VALUES.join(pairs)
        return query

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
        beyond = [*_beyond(state), *_sliders_beyond(state)]
        defaults: dict[str, Any] = {name: default for name, default, _ in beyond}
        return replace(state, **defaults), problems + [problem for *_, problem in beyond]


def _beyond(state: InsideState) -> Iterator[tuple[str, int, InvalidVariant]]:
    """Indices that the network does not have, as (name, default, error)."""
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


def _sliders_beyond(state: InsideState) -> Iterator[tuple[str, Any, InvalidVariant]]:
    """As `_beyond`; all sliders are dropped if the code does not have one of their units."""
    width = min(state.variant.layers) if state.axes == "code" else PCA_WIDTH
    missing = [unit for unit, _ in state.sliders if unit >= width]
    if missing:
        allowed = f"units from 0 to {width - 1}"
        yield "sliders", (), refusal("sliders", str(missing[0]), allowed)


def reported_location(kept: Mapping[str, Any]) -> dict[str, Any] | None:
    """The fields of the state for a location on the map that a browser reports.

    Args:
        kept: unchecked values: "point", a pair; "sliders", pairs of unit and value; "position",
            "first" and "second".

    Returns:
        None if it is not a valid location.
    """
    point, sliders = _items(kept.get("point")), _items(kept.get("sliders"))
    if len(point) != 2 or any(len(_items(one)) != 2 for one in sliders):
        return None
    x, y = point
    texts = {
        "x": x,
        "y": y,
        "sliders": BETWEEN_VALUES.join(f"{unit}.{value}" for unit, value in sliders),
        **{name: kept.get(name) for name in ("position", "first", "second")},
    }
    query = {name: str(value) for name, value in texts.items() if value not in (None, "")}
    values, problems = parse_parameters(PARAMETERS, query)
    if problems:
        return None
    return {"sliders": (), "position": None, "first": 0, "second": 1} | values


def _items(value: object) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else []
