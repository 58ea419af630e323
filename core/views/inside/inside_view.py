"""The state of the Inside page: a run, which of its parts is shown, and how."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from core.errors import InvalidVariant
from core.variant import FIELDS, Variant
from core.views.url_codec import (
    SWITCH,
    Parameter,
    changed_parameters,
    choice,
    number,
    parse_parameters,
    unknown,
)

PARTS = {"latent": "Latent space"}
MAPS = {"code": "The code", "pca": "PCA of the images"}
# Codes of a network that diverged reach 1e11.
FARTHEST = 1e30

PARAMETERS: Mapping[str, Parameter] = {
    "part": choice(PARTS),
    "axes": choice(MAPS),
    "x": number(-FARTHEST, FARTHEST),
    "y": number(-FARTHEST, FARTHEST),
    "decodes": SWITCH,
}


@dataclass(frozen=True, kw_only=True)
class InsideState:
    """The state of the Inside page, as in its link: the settings of a run, and what is shown of it.

    Attributes:
        part: a key of `PARTS`.
        axes: of the map, a key of `MAPS`.
        x, y: the point of the map that is decoded; None for its centre.
        decodes: whether a grid of decodes is drawn behind the points.
    """

    variant: Variant = field(default_factory=Variant)
    part: str = "latent"
    axes: str = "code"
    x: float | None = None
    y: float | None = None
    decodes: bool = False

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
        return cls(variant=variant, **values), problems
