"""The matrix's axes and its link."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import InvalidVariant
from core.variant import FIELDS, Variant
from core.views.matrix.matrix_view import COLOURS, MAX_VALUES, SUGGESTED, MatrixView, axis_labels


def test_it_opens_with_all_output_activations_and_losses_and_an_empty_link():
    view = MatrixView()
    assert view.row_labels == ["sigmoid", "linear", "tanh", "relu", "softmax"]
    assert view.column_labels == ["BCE", "MSE", "MAE", "CCE", "Huber"]
    assert len(set(view.variants)) == 25
    assert view.variants[6] == Variant(activation="linear", loss="mean_squared_error")
    assert view.to_query() == {}


def test_cells_keep_all_settings_that_are_no_axis():
    base = Variant(dataset="mnist", layers=(32,), epochs=2)
    view = MatrixView(
        variant=base,
        rows="learning_rate",
        row_values=(0.1, 0.01),
        columns="optimizer",
        column_values=("sgd",),
    )
    assert [(v.learning_rate, v.optimizer, v.layers, v.epochs) for v in view.variants] == [
        (0.1, "sgd", (32,), 2),
        (0.01, "sgd", (32,), 2),
    ]


def test_every_data_set_has_its_own_epochs_where_it_is_an_axis():
    view = MatrixView(rows="dataset", columns="seed", column_values=(0,))
    assert [v.epochs for v in view.variants] == [67, 5, 5]


def test_a_link_holds_what_is_not_as_it_is_by_default():
    view = MatrixView(
        variant=Variant(dataset="mnist", loss="huber"),
        rows="layers",
        row_values=((32,), (128, 2, 128)),
        colour="gap",
    )
    assert view.to_query() == {
        "dataset": "mnist",
        "loss": "huber",
        "rows": "layers",
        "row_values": "32~128-2-128",
        "colour": "gap",
    }


@given(
    axes=st.permutations(FIELDS).map(lambda fields: fields[:2]),
    colour=st.sampled_from(sorted(COLOURS)),
    count=st.integers(1, 4),
    seed=st.integers(0, 99),
    dataset=st.sampled_from(SUGGESTED["dataset"]),
)
def test_every_link_leads_back_to_the_same_view(
    axes: list[str], colour: str, count: int, seed: int, dataset: str
):
    view = MatrixView(
        variant=Variant(seed=seed, dataset=dataset),
        rows=axes[0],
        columns=axes[1],
        row_values=SUGGESTED[axes[0]][:count],
        colour=colour,
    )
    assert MatrixView.from_query(view.to_query()) == (view, [])
    assert MatrixView.from_query(view.texts()) == (view, [])


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"rows": "price"}, "rows cannot be 'price'; allowed: dataset, normalization"),
        ({"columns": "activation"}, "Rows and columns cannot both be activation."),
        ({"row_values": "sigmoid,step"}, "activation cannot be 'step'"),
        ({"row_values": ""}, "activation cannot be ''"),
        ({"rows": "seed", "row_values": "1,-1"}, "seed cannot be -1"),
        ({"rows": "learning_rate", "row_values": "nan"}, "learning_rate cannot be nan"),
        ({"rows": "seed", "row_values": "0,1,2,3,4,5,6,7,8"}, "at most 8 are allowed"),
        ({"colour": "red"}, "colour cannot be 'red'; allowed: error, ssim, gap, excess."),
        ({"epochs": "many"}, "epochs cannot be 'many'"),
        ({"size": "9"}, "There is no setting 'size'."),
    ],
)
def test_invalid_parts_of_a_link_are_named_and_the_rest_is_kept(query: dict[str, str], said: str):
    view, problems = MatrixView.from_query({"loss": "huber", **query})
    assert len(problems) == 1
    assert said in str(problems[0])
    assert view.variant.loss == "huber"
    assert view.rows == (query["rows"] if query.get("rows") in FIELDS else "activation")
    assert view.row_values == SUGGESTED[view.rows]


@given(st.dictionaries(st.sampled_from([*FIELDS, "rows", "row_values", "columns"]), st.text()))
def test_no_link_breaks_it(query: dict[str, str]):
    view, _ = MatrixView.from_query(query)
    assert 1 <= len(view.variants) <= MAX_VALUES**2


def test_swapped_axes_are_allowed():
    view, problems = MatrixView.from_query({"rows": "loss", "columns": "activation"})
    assert problems == []
    assert (view.row_labels[0], view.column_labels[0]) == ("BCE", "sigmoid")


def test_values_may_be_written_with_commas():
    view, problems = MatrixView.from_query({"rows": "seed", "row_values": "3, 1"})
    assert (view.row_values, problems) == ((3, 1), [])


def test_values_count_once():
    assert MatrixView(rows="seed", row_values=(1, 1, 2)).row_values == (1, 2)


def test_a_view_that_is_not_allowed_cannot_be_made():
    with pytest.raises(InvalidVariant, match="cannot both be loss"):
        MatrixView(rows="loss", columns="loss")
    with pytest.raises(InvalidVariant, match="seed cannot be"):
        MatrixView(rows="seed", row_values=("x",))


@pytest.mark.parametrize(
    ("field", "values", "labels"),
    [
        ("learning_rate", (0.001, 0.1), ["rate 0.001", "rate 0.1"]),
        ("epochs", (5,), ["5 epochs"]),
        ("batch_size", (100,), ["batch 100"]),
        ("layers", ((128, 2, 128), (128, 16, 128)), ["bottleneck 2", "bottleneck 16"]),
        ("layers", ((32,), (128, 16, 128)), ["32", "128-16-128"]),
        ("normalization", ("unit", "raw"), ["unit 0–1", "raw 0–255"]),
        ("hidden_activation", ("relu",), ["relu"]),
    ],
)
def test_rows_and_columns_are_named_so_that_a_number_says_what_it_is(
    field: str, values: tuple[object, ...], labels: list[str]
):
    assert axis_labels(field, values) == labels
