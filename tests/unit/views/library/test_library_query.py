"""The library as a list, from summaries."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.diagnostics import Verdict
from core.run import LossPair, Scores
from core.store.run_summary import RunSummary, summary_of
from core.variant import Variant
from core.views.library.library_order import ORDERS, is_descending, order_label
from core.views.library.library_query import (
    FILTERS,
    HERE,
    PAGE,
    SHIPPED,
    Query,
    choices,
    page_of,
    pages,
    select,
    sorted_by,
)
from support.runs import make_run

BLACK = Verdict(code="black", tone="bad", word="Black.", sentence="Almost nothing is lit.")
WORKS = Verdict(code="works", tone="good", word="It works.", sentence="Error 22%.")


def one(verdict: Verdict, mse: float, *, shipped: bool = False, **settings: object) -> RunSummary:
    run = make_run(Variant.from_dict(settings))
    made = summary_of(run)
    scores = Scores(mse=mse, mae=0.1, psnr=10.0, ssim=0.5)
    return replace(made, verdict=verdict, scores=scores, shipped=shipped, bytes=1000)


@pytest.fixture
def shelf() -> list[RunSummary]:
    return [
        replace(one(WORKS, 0.014), used=3.0),
        replace(one(BLACK, 0.108, activation="softmax", shipped=True), used=1.0),
        replace(one(BLACK, float("nan"), activation="softmax", seed=12), used=2.0),
    ]


def seeds(found: list[RunSummary]) -> list[tuple[str, int]]:
    return [(summary.variant.activation, summary.variant.seed) for summary in found]


def test_default_query_lists_all_by_last_use(shelf: list[RunSummary]) -> None:
    assert seeds(select(shelf, Query())) == [("sigmoid", 0), ("softmax", 12), ("softmax", 0)]


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("SOFTMAX black", [("softmax", 12), ("softmax", 0)]),
        ("bce works", [("sigmoid", 0)]),
        ("seed 12", [("softmax", 12)]),
        ("shipped", [("softmax", 0)]),
        ("black works", []),
    ],
)
def test_every_word_of_a_search_must_match(
    shelf: list[RunSummary], search: str, found: list[tuple[str, int]]
) -> None:
    assert seeds(select(shelf, Query(search=search))) == found


def test_filters_narrow_by_setting_verdict_and_origin_together(shelf: list[RunSummary]) -> None:
    both = Query(filters={"activation": ("softmax", "tanh"), "origin": (HERE,)})
    assert seeds(select(shelf, both)) == [("softmax", 12)]
    assert seeds(select(shelf, Query(filters={"verdict": ("It works",)}))) == [("sigmoid", 0)]
    assert len(select(shelf, Query(filters={"activation": ()}))) == 3


def test_a_score_that_is_not_a_number_comes_last(shelf: list[RunSummary]) -> None:
    by_error = select(shelf, Query(sort="mse"))
    assert seeds(by_error) == [("sigmoid", 0), ("softmax", 0), ("softmax", 12)]


def test_reversed_order_still_has_a_score_that_is_not_a_number_last(
    shelf: list[RunSummary],
) -> None:
    by_error = select(shelf, Query(sort="-mse"))
    assert seeds(by_error) == [("softmax", 0), ("sigmoid", 0), ("softmax", 12)]


def test_sorting_covers_all_pages(shelf: list[RunSummary]) -> None:
    many = [
        replace(shelf[0], key=f"{place:016x}", scores=replace(shelf[0].scores, mse=place / 1000))
        for place in range(3 * PAGE)
    ]
    worst_first = select(many, Query(sort="-mse"))
    assert page_of(worst_first, 1)[0].scores.mse == 0.149
    assert page_of(worst_first, 3)[-1].scores.mse == 0.0


def test_settings_are_sorted_by_size_and_words_as_they_are_shown(
    shelf: list[RunSummary],
) -> None:
    rates = [one(WORKS, 0.02, learning_rate=rate) for rate in (0.01, 0.001, 0.00001)]
    by_rate = select(rates, Query(sort="learning_rate"))
    assert [run.variant.learning_rate for run in by_rate] == [0.00001, 0.001, 0.01]
    losses = ("mean_squared_error", "huber", "binary_crossentropy")
    by_loss = select([one(WORKS, 0.02, loss=loss) for loss in losses], Query(sort="loss"))
    # BCE, Huber, MSE.
    assert [run.variant.loss for run in by_loss] == sorted(losses)


def test_losses_are_sorted_within_their_unit_only() -> None:
    def with_loss(loss: str, value: float | None) -> RunSummary:
        pair = LossPair(training=value, held_out=value)
        return replace(one(WORKS, 0.02, loss=loss), trained_loss=pair)

    runs = [
        with_loss("mean_squared_error", 0.02),
        with_loss("binary_crossentropy", None),
        with_loss("binary_crossentropy", 0.11),
        with_loss("mean_squared_error", 0.01),
        with_loss("binary_crossentropy", 0.10),
    ]
    found = select(runs, Query(sort="trained_loss"))
    assert [run.trained_loss.held_out for run in found] == [0.10, 0.11, 0.01, 0.02, None]


def test_second_click_on_a_column_reverses_its_order_and_opens_page_1() -> None:
    first = sorted_by(Query(page=3, search="bce"), "mse")
    assert first == Query(search="bce", sort="mse")
    assert sorted_by(first, "mse").sort == "-mse"
    assert sorted_by(sorted_by(first, "mse"), "mse").sort == "mse"
    assert sorted_by(first, "ssim").sort == "ssim"


def test_every_order_has_a_label_of_its_own_and_a_direction() -> None:
    assert len({order_label(order) for order in ORDERS}) == len(ORDERS)
    assert [is_descending(order) for order in ("mse", "-mse", "used", "-used")] == [
        *(False, True, True, False)
    ]


@pytest.mark.parametrize("order", ORDERS)
def test_every_order_lists_every_run_and_goes_into_a_link(
    shelf: list[RunSummary], order: str
) -> None:
    assert len(select(shelf, Query(sort=order))) == 3
    assert Query.from_query(Query(sort=order).to_query()) == (Query(sort=order), [])


def test_only_what_differs_can_be_chosen_and_numbers_come_by_size(shelf: list[RunSummary]) -> None:
    assert choices([*shelf, one(WORKS, 0.02, seed=3)]) == {
        "activation": ["sigmoid", "softmax"],
        "seed": ["0", "3", "12"],
        "verdict": ["Black", "It works"],
        "origin": [SHIPPED, HERE],
    }
    assert choices([]) == {}


def test_query_survives_a_link() -> None:
    asked = Query(
        search="softmax & black",
        filters={
            "normalization": ("unit 0–1", "raw 0–255"),
            "layers": ("128-64-28-64-128",),
            "learning_rate": ("0.01",),
            "verdict": ("It works", "not judged"),
            "origin": (HERE,),
        },
        sort="mse",
        page=3,
    )
    link = asked.to_query()
    assert link["normalization"] == "unit~raw"
    assert link["layers"] == "128-64-28-64-128"
    assert Query.from_query(link) == (asked, [])
    assert Query().to_query() == {}


def test_of_a_link_only_what_cannot_be_understood_is_ignored_and_named() -> None:
    link = {
        "activation": "softmax~purple",
        "verdict": "Splendid",
        "origin": "bought",
        "sort": "taste",
        "page": "0",
        "sauce": "brown",
    }
    asked, problems = Query.from_query(link)
    assert asked == Query(filters={"activation": ("softmax",)})
    assert [problem.field for problem in problems] == [
        *("sauce", "activation", "verdict", "origin", "sort", "page")
    ]


@given(st.dictionaries(st.sampled_from(["search", "page", "sort", *FILTERS]), st.text(max_size=30)))
def test_no_link_raises_and_what_was_understood_is_a_link_again(link: dict[str, str]) -> None:
    asked, _ = Query.from_query(link)
    assert Query.from_query(asked.to_query()) == (asked, [])


def test_a_list_is_cut_into_pages(shelf: list[RunSummary]) -> None:
    many = shelf[:1] * (2 * PAGE + 1)
    assert [len(page_of(many, page)) for page in (1, 2, 3)] == [PAGE, PAGE, 1]
    assert [pages(count) for count in (0, 1, PAGE, PAGE + 1)] == [1, 1, 1, 2]
