"""MatrixView: the state of the Matrix page, as in its link: two settings as axes, others fixed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from core.errors import InvalidVariant
from core.layer_widths import bottleneck
from core.objectives.losses import COMMON_LOSSES, trains_on_hidden_logits
from core.setting_values import checked
from core.text.labels import value_label
from core.variant import CHOICES, FIELDS, Variant, format_value, parse_value
from core.variant_grid import grid
from core.views.url_codec import BETWEEN_VALUES, refusal, unknown

INITIAL_VALUES = Variant()
# The metrics that a cell's colour and number can show.
COLOURS = {"error": "Pixel error", "ssim": "SSIM", "gap": "Loss gap", "excess": "Excess"}
# With more values, cells would be too small for a digit.
MAX_VALUES = 8
# The initial values of an axis; settings that are not listed start with all their values.
SUGGESTED: dict[str, tuple[Any, ...]] = {
    "layers": tuple((128, 64, width, 64, 128) for width in (2, 4, 8, 16, 28)),
    "learning_rate": (0.0001, 0.0003, 0.001, 0.003, 0.01),
    "batch_size": (10, 32, 100, 320, 1000),
    "epochs": (1, 5, 20, 67),
    "seed": (0, 1, 2, 3, 4),
    "momentum": (0.0, 0.5, 0.9, 0.99),
    "weight_decay": (0.0, 0.001, 0.01, 0.1),
    "code_l1": (0.0, 0.0001, 0.001, 0.01),
    "noise_level": (0.1, 0.3, 0.5),
    **CHOICES,
    "loss": COMMON_LOSSES,
    "loss_from": ("keras", "outputs"),
    "bottleneck_activation": CHOICES["hidden_activation"],
}


@dataclass(frozen=True, kw_only=True)
class MatrixView:
    """The state of the Matrix page.

    Attributes:
        variant: the selected cell; all cells have its settings, except for the axes.
        rows, columns: the two fields of `Variant` on the axes.
        row_values, column_values: their values; empty for the suggested ones.
        colour: a key of `COLOURS`.

    Raises:
        InvalidVariant: a value is not allowed; the text lists the allowed ones.
    """

    variant: Variant = INITIAL_VALUES
    rows: str = "activation"
    columns: str = "loss"
    row_values: tuple[Any, ...] = ()
    column_values: tuple[Any, ...] = ()
    colour: str = "error"

    def __post_init__(self) -> None:
        allowed = {"rows": FIELDS, "columns": FIELDS, "colour": tuple(COLOURS)}
        for name, names in allowed.items():
            if getattr(self, name) not in names:
                raise refusal(name, getattr(self, name), ", ".join(names))
        if self.rows == self.columns:
            raise InvalidVariant("columns", f"Rows and columns cannot both be {self.rows}.")
        for axis, values in (("rows", "row_values"), ("columns", "column_values")):
            field = getattr(self, axis)
            axis_values = _checked(values, field, getattr(self, values) or SUGGESTED[field])
            object.__setattr__(self, values, axis_values)

    @property
    def variants(self) -> tuple[Variant, ...]:
        """The variants of all cells, row by row."""
        axes = {self.rows: self.row_values, self.columns: self.column_values}
        return tuple(grid(self.variant, axes))

    @property
    def runs(self) -> tuple[Variant, ...]:
        """The distinct variants that are trained for the cells."""
        return tuple(dict.fromkeys(map(trained_as, self.variants)))

    @property
    def row_labels(self) -> list[str]:
        """The names of the rows, from the top."""
        return axis_labels(self.rows, self.row_values)

    @property
    def column_labels(self) -> list[str]:
        """The names of the columns, from the left."""
        return axis_labels(self.columns, self.column_values)

    def texts(self) -> dict[str, str]:
        """All settings and all parts of the view as text, as `from_query` reads them."""
        return self.variant.to_query() | {
            "rows": self.rows,
            "row_values": BETWEEN_VALUES.join(map(format_value, self.row_values)),
            "columns": self.columns,
            "column_values": BETWEEN_VALUES.join(map(format_value, self.column_values)),
            "colour": self.colour,
        }

    def to_query(self) -> dict[str, str]:
        """The parameters of the URL's query, without those at their defaults."""
        # The default number of epochs depends on the data set, that of values on the axis.
        follows = Variant(dataset=self.variant.dataset)
        usual = MatrixView(variant=follows, rows=self.rows, columns=self.columns).texts()
        usual |= {"dataset": INITIAL_VALUES.dataset, "rows": "activation", "columns": "loss"}
        return {name: text for name, text in self.texts().items() if text != usual.get(name)}

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> tuple[MatrixView, list[InvalidVariant]]:
        """Read a URL's query; invalid parameters get their defaults.

        Args:
            query: values of fields of `Variant` and of this class; other names are errors.

        Returns:
            The view, and one error for each part that was ignored.
        """
        variant, problems = Variant.from_query(query)
        view = cls(variant=variant)
        axes = {name: query[name] for name in ("rows", "columns") if name in query}
        for name, field in tuple(axes.items()):
            if field not in FIELDS:
                problems.append(refusal(name, axes.pop(name), ", ".join(FIELDS)))
        # Both axes at once: if changed one after the other, they might be equal in between.
        changes: list[dict[str, str]] = [axes]
        changes += [{name: query[name]} for name in (*_AXIS_OF, "colour") if name in query]
        for change in changes:
            try:
                parsed: dict[str, Any] = dict.fromkeys(_AXIS_OF, ()) if change is axes else {}
                parsed |= {name: view._parse(name, text) for name, text in change.items()}
                view = replace(view, **parsed)
            except InvalidVariant as problem:
                problems.append(InvalidVariant(next(iter(change)), str(problem)))
        return view, [*problems, *unknown(query, (*FIELDS, *VIEW_FIELDS))]

    def _parse(self, name: str, text: str) -> Any:
        if name not in _AXIS_OF:
            return text
        field = getattr(self, _AXIS_OF[name])
        parts = text.replace(",", BETWEEN_VALUES).split(BETWEEN_VALUES)
        return tuple(parse_value(field, part.strip()) for part in parts)


VIEW_FIELDS: tuple[str, ...] = tuple(f.name for f in fields(MatrixView) if f.name != "variant")
_AXIS_OF = {"row_values": "rows", "column_values": "columns"}


def trained_as(variant: Variant) -> Variant:
    """The variant whose run is shown for this one.

    If Keras finds no hidden logits, "keras" and "outputs" are the same loss, and trained once.
    """
    differs = trains_on_hidden_logits(variant.activation, variant.loss, "keras")
    is_one = variant.loss_from == "outputs" and not differs
    return replace(variant, loss_from="keras") if is_one else variant


def axis_labels(field: str, values: Sequence[Any]) -> list[str]:
    """The labels of rows or columns for values of a field of `Variant`."""
    if field == "layers" and len(values) > 1 and len({_around(widths) for widths in values}) == 1:
        return [f"bottleneck {min(widths)}" for widths in values]
    return [value_label(field, value) for value in values]


def _around(widths: tuple[int, ...]) -> tuple[int, ...]:
    """All widths except that of the bottleneck."""
    index = bottleneck(widths)
    return widths[:index] + widths[index + 1 :]


def _checked(name: str, field: str, values: Sequence[Any]) -> tuple[Any, ...]:
    different = dict.fromkeys(checked(field, value) for value in values)
    if len(different) > MAX_VALUES:
        raise InvalidVariant(
            name, f"{name} has {len(different)} values; at most {MAX_VALUES} are allowed."
        )
    return tuple(different)
