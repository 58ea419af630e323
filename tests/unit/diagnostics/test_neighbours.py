"""The neighbours of a run: one setting changed each, to what fits or usually trains."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.diagnostics.compatibility import fits, nearer
from core.diagnostics.findings import Finding
from core.diagnostics.neighbours import combinations, neighbours
from core.limits import PUBLIC, Limits
from core.run import Scores
from core.variant import CHOICES, FIRST_FIELDS, Variant, changes_between
from support.runs import make_run, run_with_error


def changed(variant: Variant, limits: Limits | None = None) -> list[tuple[str, Any]]:
    """What the neighbours of a run of three epochs change."""
    run = make_run(variant)
    found = neighbours(run, limits) if limits else neighbours(run)
    return [pair for other in found for pair in changes_between(variant, other).items()]


def test_question_changes_each_setting_towards_one_that_fits() -> None:
    assert changed(Variant(activation="softmax", normalization="raw")) == [
        ("normalization", "unit"),  # and sigmoid would fit
        ("activation", "sigmoid"),  # and 0 to 1 would fit
        ("loss", "mean_squared_error"),  # and linear would fit
        ("loss_from", "outputs"),
        ("learning_rate", 0.01),
        ("learning_rate", 0.0001),
        ("hidden_activation", "tanh"),
        ("bottleneck_activation", "linear"),
        ("layers", (128, 64, 32, 64, 128)),
        ("epochs", 268),
    ]


@pytest.mark.parametrize(
    ("activation", "source", "proposed"),
    [
        ("sigmoid", "logits", ["keras"]),
        ("linear", "logits", ["keras"]),
        ("sigmoid", "keras", ["outputs"]),
        ("linear", "keras", []),
    ],
)
def test_source_of_the_loss_is_changed_where_that_is_another_loss(
    activation: str, source: str, proposed: list[str]
) -> None:
    found = changed(Variant(activation=activation, loss_from=source))
    assert [value for field, value in found if field == "loss_from"] == proposed


def test_slow_sgd_gets_its_usual_rate_and_adam() -> None:
    found = changed(Variant(optimizer="sgd", learning_rate=0.001))
    assert ("learning_rate", 5.0) in found
    assert ("learning_rate", 0.01) in found
    assert ("optimizer", "adam") in found


@pytest.mark.parametrize(
    # 5 / span^2, to three digits: see `rate_checks.usual_rate`.
    ("normalization", "usual"),
    [("unit", 5.0), ("symmetric", 1.25), ("raw", 7.69e-5)],
)
def test_usual_rate_of_sgd_goes_with_the_scale_of_the_targets(
    normalization: str, usual: float
) -> None:
    variant = Variant(normalization=normalization, optimizer="sgd", learning_rate=0.01)
    found = [value for field, value in changed(variant) if field == "learning_rate"]
    assert found[0] == usual


@pytest.mark.parametrize(
    ("rate", "expected"),
    [
        (0.001, [0.01, 0.0001]),
        (1.0, [0.001, 0.1]),
        (1e-6, [0.001, 1e-5]),
        (0.005, [0.001]),  # a tenth of it, 0.0005, is the usual rate again
        (10.0, [0.001, 1.0]),
    ],
)
def test_adam_is_tried_at_its_usual_rate_and_on_the_way_there(
    rate: float, expected: list[float]
) -> None:
    found = changed(Variant(learning_rate=rate))
    assert [value for field, value in found if field == "learning_rate"] == expected


@pytest.mark.parametrize(
    ("layers", "wider"),
    [((2,), (32,)), ((64, 3, 64), (64, 32, 64)), ((16, 8, 16), (32, 32, 32)), ((64,), (128,))],
)
def test_bottleneck_becomes_wider(layers: tuple[int, ...], wider: tuple[int, ...]) -> None:
    assert ("layers", wider) in changed(Variant(layers=layers))


def test_widest_bottleneck_stays() -> None:
    assert "layers" not in dict(changed(Variant(layers=(1024,))))


@pytest.mark.parametrize(("size", "expected"), [(4500, 100), (200, 100), (100, None), (1, 100)])
def test_batch_becomes_the_usual_one(size: int, expected: int | None) -> None:
    assert dict(changed(Variant(batch_size=size))).get("batch_size") == expected


@pytest.mark.parametrize(("epochs", "more"), [(1, 67), (67, 268), (300, 1000), (1000, None)])
def test_epochs_become_four_times_as_many(epochs: int, more: int | None) -> None:
    assert dict(changed(Variant(epochs=epochs))).get("epochs") == more


def test_earlier_epoch_that_was_better_is_tried_instead_of_more() -> None:
    # `make_run` has errors of 0.042, 0.021 and 0.014 in its three epochs.
    scores = Scores(mse=0.0526, mae=0.1, psnr=12.8, ssim=0.5)  # 0.0421 is 80% of it
    run = make_run(Variant(epochs=100), scores=scores)
    run.history.epochs[2] = replace(run.history.epochs[2], mse=0.05)
    [epochs] = [other.epochs for other in neighbours(run) if other.epochs != 100]
    assert epochs == 2


def test_public_limits_bound_what_is_tried() -> None:
    found = changed(Variant(layers=(512,)), PUBLIC)
    assert dict(found)["epochs"] == 100
    assert "layers" not in dict(found)


def test_settings_of_a_fitting_choice_are_exchanged_for_others_that_fit() -> None:
    found = dict(changed(Variant(loss="mean_squared_error")))
    assert found["loss"] == "binary_crossentropy"
    assert found["activation"] == "linear"
    assert "normalization" not in found


def test_single_recommendations_of_findings_are_tried_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def finding(remedy: dict[str, Any]) -> Finding:
        return Finding(code="x", severity="fault", title="", sentence="", remedy=remedy)

    both = finding({"activation": "tanh", "normalization": "symmetric"})
    monkeypatch.setattr(
        "core.diagnostics.neighbours.findings", lambda *_: [finding({"learning_rate": 0.05}), both]
    )
    run = run_with_error(Variant(), 0.06)
    found = [changes_between(Variant(), other) for other in neighbours(run)]
    rates = [change["learning_rate"] for change in found if "learning_rate" in change]
    assert rates == [0.05, 0.01, 0.0001]
    assert {"activation": "tanh"} not in found


@given(
    st.builds(Variant, **{field: st.sampled_from(values) for field, values in CHOICES.items()}),
)
def test_each_neighbour_changes_one_setting_and_no_two_are_the_same(variant: Variant) -> None:
    found = neighbours(make_run(variant))
    rare = [field for field in variant.changed if field not in FIRST_FIELDS]
    assert 5 <= len(found) <= 14 + len(rare)
    assert len(set(found)) == len(found)
    assert all(len(changes_between(variant, other)) == 1 for other in found)
    assert not {"dataset", "seed"} & {
        field for one in found for field in changes_between(variant, one)
    }


@given(
    st.builds(Variant, **{field: st.sampled_from(values) for field, values in CHOICES.items()}),
    st.sampled_from(["activation", "loss", "normalization"]),
)
def test_nearer_finds_the_one_change_that_fits_where_there_is_one(
    variant: Variant, setting: str
) -> None:
    value = nearer(variant, setting)
    others = [replace(variant, **{setting: other}) for other in CHOICES[setting]]
    if any(fits(other) for other in others if other != variant):
        assert value is not None
        assert fits(replace(variant, **{setting: value}))


def test_implied_change_is_not_a_change_of_its_own() -> None:
    slow = Variant(optimizer="sgd", momentum=0.9, learning_rate=0.001)
    assert ("optimizer", "adam") in changed(slow)  # and the momentum, which adam has not
    assert ("momentum", 0.0) in changed(slow)
    single = Variant(layers=(2,), hidden_activation="sigmoid")  # its only layer is the bottleneck
    assert ("hidden_activation", "relu") in changed(single)
    assert ("hidden_activation", "linear") in changed(single)


@pytest.mark.parametrize(
    ("layers", "expected"), [((64, 3, 64), "linear"), ((64, 32, 64), None), ((64, 64, 64), None)]
)
def test_narrow_bottleneck_may_take_any_value(
    layers: tuple[int, ...], expected: str | None
) -> None:
    assert dict(changed(Variant(layers=layers))).get("bottleneck_activation") == expected


def test_pairs_join_the_three_best_settings() -> None:
    variant = Variant(activation="softmax", normalization="raw")
    singles = [
        replace(variant, normalization="unit"),
        replace(variant, learning_rate=0.01),
        replace(variant, learning_rate=0.0001),
        replace(variant, activation="sigmoid"),
        replace(variant, epochs=268),
    ]
    assert combinations(variant, singles) == (
        replace(variant, normalization="unit", learning_rate=0.01),
        replace(variant, normalization="unit", activation="sigmoid"),
        replace(variant, learning_rate=0.01, activation="sigmoid"),
    )


def test_remedy_of_several_settings_is_tried_alone_and_with_the_best_change() -> None:
    variant = Variant(activation="softmax", normalization="raw")
    singles = [replace(variant, learning_rate=0.01)]
    remedy = {"activation": "sigmoid", "normalization": "unit"}
    repaired = replace(variant, activation="sigmoid", normalization="unit")
    assert combinations(variant, singles, remedy) == (
        repaired,
        replace(repaired, learning_rate=0.01),
    )
    # Alone, a remedy of one setting is a neighbour already.
    assert combinations(variant, singles, {"activation": "sigmoid"}) == (
        replace(variant, activation="sigmoid", learning_rate=0.01),
    )
