"""The Compare page: links, rows, the sentence, the replay, adding and removing, training."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from html import unescape

import pytest
from streamlit.testing.v1 import AppTest

from core.run import Scores
from core.store import RunStore
from core.store.shipped import Gallery
from core.variant import Variant
from core.views.compare.comparison import Comparison, link_query
from pages.components.common import services
from support.fake_trainer import FakeTrainer
from support.runs import make_run

OpenCompare = Callable[..., AppTest]

# Nothing like these is shipped, so what is there is what a test has stored.
A = Variant(layers=(30, 10, 30), epochs=3)
B = replace(A, activation="softmax")
C = replace(A, activation="linear", loss="mean_squared_error")


@pytest.fixture
def open_compare(trainer: FakeTrainer, app_path: str) -> OpenCompare:
    """Opens the page with some runs and a query, as a link does."""

    def opened(*variants: Variant, **query: str) -> AppTest:
        app = AppTest.from_file(app_path, default_timeout=60)
        app.switch_page("pages/compare.py")
        for name, value in (link_query(variants) | query).items():
            app.query_params[name] = value
        return app.run()

    return opened


@pytest.fixture
def stored(store: RunStore) -> RunStore:
    """A store with three runs of different pixel errors."""
    for variant, mse in ((A, 0.0128), (B, 0.1119), (C, 0.0151)):
        store.put(make_run(variant, scores=Scores(mse=mse, mae=0.05, psnr=18.0, ssim=0.8)))
    return store


def html(app: AppTest) -> str:
    return "\n".join(element.proto.body for element in app.get("html"))


def headline(app: AppTest) -> str:
    found = re.search(r'role="status">(.*?)</p>', html(app), re.DOTALL)
    assert found, "the page has no headline"
    return unescape(re.sub(r"<.*?>", "", found[1])).strip()


def labels(app: AppTest) -> list[str]:
    """The labels of the rows of digits."""
    return re.findall(r'class="label"><span.*?>(.*?)</span>', html(app))


def texts(app: AppTest) -> str:
    """All Markdown on the page, without its escapes."""
    joined = " ".join(element.value for element in (*app.markdown, *app.caption))
    return joined.replace("\\", "")


def query(app: AppTest) -> dict[str, str]:
    return dict(app.query_params.items())


def shown(app: AppTest) -> tuple[Variant, ...]:
    return Comparison.from_query(query(app))[0].variants


def frames(app: AppTest) -> list[str]:
    """The words of each picture in the grid."""
    return re.findall(r'<img alt="(.*?)"', html(app))


def test_empty_page_offers_four_comparisons_of_shipped_runs(
    open_compare: OpenCompare, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(services, "run_of", Gallery().get)
    app = open_compare()
    assert not app.exception
    assert headline(app) == "Nothing to compare yet. Open one of these comparisons, or add a run."
    assert [button.label for button in app.button if "example" in (button.key or "")] == [
        "**Sigmoid or softmax?**",
        "**Pixels from 0 to 1, or from 0 to 255?**",
        "**MSE or MAE?**",
        "**Loss from the logits or from the outputs?**",
    ]
    assert len(frames(app)) == 8
    # Of the shipped runs: 0.01473 and 0.10781 of 0.06641, the mean image's error.
    assert "BCE 0.1078 · error 22% of the mean image&#x27;s" in html(app)
    assert "BCE 0.1078 · error 162% of the mean image&#x27;s" in html(app)


@pytest.mark.parametrize(
    ("place", "link"),
    [
        (0, {"a": "default", "b": "activation.softmax"}),
        (1, {"a": "default", "b": "normalization.raw"}),
        (
            2,
            {
                "a": "activation.linear~loss.mean_squared_error",
                "b": "activation.linear~loss.mean_absolute_error",
            },
        ),
        (3, {"a": "activation.softmax", "b": "activation.softmax~loss_from.outputs"}),
    ],
)
def test_a_ready_comparison_opens_and_its_link_stands_in_the_address_bar(
    open_compare: OpenCompare,
    monkeypatch: pytest.MonkeyPatch,
    place: int,
    link: dict[str, str],
):
    monkeypatch.setattr(services, "run_of", Gallery().get)
    app = open_compare()
    app.button(key=f"compare-example-{place}-open").click().run()
    assert not app.exception
    assert query(app) == link
    assert labels(app) == ["Original", "A", "B"]


def test_empty_page_leaves_out_a_comparison_whose_runs_are_not_there(open_compare: OpenCompare):
    app = open_compare()
    assert not app.exception
    assert frames(app) == []


def test_a_link_shows_the_runs_under_the_originals_with_the_numbers(
    open_compare: OpenCompare, stored: RunStore
):
    app = open_compare(A, B, C)
    assert not app.exception
    assert labels(app) == ["Original", "A", "B", "C"]
    assert headline(app) == (
        "Two settings differ. Error, best first: A 19%, C 22%, B 166% of the mean image's."
    )
    assert [alt[:2] for alt in frames(app)] == ["Te", "A,", "B,", "C,"]
    assert frames(app)[1].count("Pixel MSE of each: ") == 1


def test_the_tables_hold_what_differs_and_all_scores_with_the_best_in_bold(
    open_compare: OpenCompare, stored: RunStore
):
    differs, scores = (table.value for table in open_compare(A, B, C).table)
    assert list(differs.columns) == ["A", "B", "C"]
    assert list(differs.index) == ["Output activation", "Loss", "MSE", "SSIM"]
    assert list(differs.loc["MSE"]) == ["**0.0128**", "0.1119", "0.0151"]
    assert list(scores.index) == [
        "A sigmoid + BCE, layers 30-10-30, 3 epochs",
        "B softmax + BCE, layers 30-10-30, 3 epochs",
        "C linear + MSE, layers 30-10-30, 3 epochs",
        "Mean image",
        "Median image",
        "All black",
    ]
    assert scores.loc["A sigmoid + BCE, layers 30-10-30, 3 epochs", "MSE"] == "**0.0128**"


def test_it_says_that_all_other_settings_are_the_same(open_compare: OpenCompare, stored: RunStore):
    assert "all other settings are the same" in texts(open_compare(A, B, C))


def test_invalid_parts_of_a_link_are_named_and_ignored(open_compare: OpenCompare, stored: RunStore):
    app = open_compare(A, B, c="activation.purple", epoch="late", sauce="brown")
    assert "Run C: activation cannot be 'purple'" in texts(app)
    assert "epoch cannot be 'late'" in texts(app)
    assert "There is no setting 'sauce'." in texts(app)
    assert query(app) == link_query([A, B])


def test_the_slider_moves_all_rows_and_stands_in_the_link(
    open_compare: OpenCompare, stored: RunStore
):
    app = open_compare(A, B, epoch="1")
    assert [", after 1 epoch." in alt for alt in frames(app)[1:]] == [True, True]
    app.slider[0].set_value(2.0).run()
    assert [", after 2 epochs." in alt for alt in frames(app)[1:]] == [True, True]
    assert query(app)["epoch"] == "2"
    app.slider[0].set_value(3.0).run()
    assert "epoch" not in query(app)


def test_a_shorter_run_keeps_its_last_picture(open_compare: OpenCompare, stored: RunStore):
    longer = replace(A, epochs=10)
    stored.put(make_run(longer))
    app = open_compare(A, longer, epoch="8")
    assert "after 3 epochs" in frames(app)[1]
    assert app.slider[0].max == 10


def test_play_goes_from_the_start_to_the_end_and_stops_by_itself(
    open_compare: OpenCompare, stored: RunStore
):
    app = open_compare(A, B)
    app.button(key="compare-play").click().run()
    seen = []
    for _ in range(10):
        if app.button(key="compare-play").label == "Play":
            break
        assert app.slider[0].disabled
        seen.append(re.search(r"after (\S+) epoch", frames(app)[1])[1])
        app.run()
    # Frames at 0, 1, 2 and 3 epochs; the last is shown when it rests again.
    assert seen == ["1", "2"]
    assert app.button(key="compare-play").label == "Play"
    assert "after 3 epochs" in frames(app)[1]
    assert not app.slider[0].disabled


def test_pause_stays_where_it_is(open_compare: OpenCompare, stored: RunStore):
    app = open_compare(A, B)
    app.button(key="compare-play").click().run()
    app.button(key="compare-play").click().run()
    before = query(app)["epoch"]
    assert query(app.run())["epoch"] == before


def test_a_chosen_digit_is_enlarged_in_every_run_and_stands_in_the_link(
    open_compare: OpenCompare, stored: RunStore
):
    app = open_compare(A, B)
    assert len(app.get("plotly_chart")) == 0
    app.button_group(key="enlarge-compare").set_value(4).run()
    assert len(app.get("plotly_chart")) == 3
    assert query(app)["digit"] == "4"
    assert not app.exception


def test_before_any_picture_nothing_is_enlarged(open_compare: OpenCompare):
    app = open_compare(A, B, digit="4")
    assert not app.exception
    assert "Fixed scale" not in texts(app)


def test_every_figure_and_picture_has_words(open_compare: OpenCompare, stored: RunStore):
    app = open_compare(A, B, C, digit="4")
    # The metric and the losses of BCE and of MSE; the original and three runs, enlarged.
    for kind, count in (("echarts_chart", 3), ("plotly_chart", 4)):
        words = [element.proto.alt for element in app.get(kind)]
        assert len(words) == count
        assert all(re.search(r"\d\.\d", text) for text in words)
    assert all(len(words) > 20 for words in frames(app))
    assert 'alt=""' not in html(app)


def test_losses_stand_together_only_where_their_unit_is_the_same(
    open_compare: OpenCompare, stored: RunStore
):
    found = html(open_compare(A, B, C))
    assert found.count("BCE per pixel") == 1
    assert found.count("MSE per pixel") == 1
    assert "one chart for each loss" in texts(open_compare(A, C))
    assert "one chart for each loss" not in texts(open_compare(A, B))


def test_missing_runs_are_shown_as_missing_and_trained_with_one_click(
    open_compare: OpenCompare, trainer: FakeTrainer, store: RunStore
):
    store.put(make_run(A))
    app = open_compare(A, B, C)
    assert headline(app).startswith("B and C are not trained yet.")
    assert html(app).count("Not trained yet.") == 2
    app.button(key="compare-train-missing").click().run()
    assert trainer.requested == [B, C]
    assert headline(app).startswith("B and C are training.")
    assert "Second in the queue." in html(app)


def test_a_run_that_trains_shows_its_live_digits_and_then_joins(
    open_compare: OpenCompare, trainer: FakeTrainer, store: RunStore
):
    store.put(make_run(A))
    app = open_compare(A, B)
    app.button(key="compare-train-missing").click().run()
    [job] = trainer.jobs()
    history = make_run(B).history
    trainer.report(job, replace(history, frames=history.frames[:2]))
    app.run()
    assert headline(app).startswith("B is training.")
    assert "B, softmax + BCE, layers 30-10-30, 3 epochs, after 1 epoch." in frames(app)[2]
    trainer.finish(job)
    app.run()
    assert headline(app).startswith("Only the output activation differs.")


def test_a_failed_training_says_why_and_can_be_asked_for_again(
    open_compare: OpenCompare, trainer: FakeTrainer, store: RunStore
):
    store.put(make_run(A))
    app = open_compare(A, B)
    app.button(key="compare-train-missing").click().run()
    trainer.fail(trainer.jobs()[0], "The trainer died in epoch 3.")
    app.run()
    assert "Not finished. The trainer died in epoch 3." in html(app)
    assert app.button(key="compare-train-missing").label == "Train it"


def test_full_queue_is_reported(open_compare: OpenCompare, trainer: FakeTrainer):
    trainer.is_full = True
    app = open_compare(A, B)
    app.button(key="compare-train-missing").click().run()
    assert "2 runs waiting" in texts(app)


def test_second_seeds_are_trained_on_request_and_then_counted(
    open_compare: OpenCompare, trainer: FakeTrainer, stored: RunStore
):
    app = open_compare(A, B)
    assert "the effect of chance is unknown" in texts(app)
    app.button(key="compare-train-seeds").click().run()
    assert trainer.requested == [replace(A, seed=1), replace(B, seed=1)]
    for job in trainer.jobs():
        score = Scores(
            mse=0.0130 if job.variant.activation == "sigmoid" else 0.1110,
            mae=0.05,
            psnr=18.0,
            ssim=0.8,
        )
        trainer.finish(job, make_run(job.variant, scores=score))
    app.run()
    assert "More than chance: seeds change" in texts(app)


def test_a_chip_removes_its_run(open_compare: OpenCompare, stored: RunStore):
    app = open_compare(A, B, C)
    app.button(key="compare-remove-A").click().run()
    assert shown(app) == (B, C)
    assert labels(app) == ["Original", "A", "B"]
    assert (
        headline(app) == "Two settings differ. Error 166% of the mean image's in A, 22% in B."
        " Change one setting at a time to see which matters."
    )


def test_a_stored_run_is_added_from_the_library(open_compare: OpenCompare, stored: RunStore):
    app = open_compare(A, B)
    app.selectbox(key="compare-add-run").set_value(C.key).run()
    app.button(key="compare-add-stored").click().run()
    assert shown(app) == (A, B, C)


def test_a_run_with_one_setting_changed_trains_and_joins(
    open_compare: OpenCompare, trainer: FakeTrainer, stored: RunStore
):
    app = open_compare(A, B)
    app.button_group(key="compare-add-way").set_value("change").run()
    app.button_group(key="compare-add-of").set_value(1).run()
    app.selectbox(key="compare-add-field").set_value("learning_rate").run()
    app.text_input(key="compare-add-learning_rate").set_value("0.01").run()
    assert app.button(key="compare-add-changed").label == "Train and add"
    app.button(key="compare-add-changed").click().run()
    joined = replace(B, learning_rate=0.01)
    assert trainer.requested == [joined]
    assert shown(app) == (A, B, joined)


def test_a_value_that_is_not_allowed_says_what_is(open_compare: OpenCompare, stored: RunStore):
    app = open_compare(A, B)
    app.button_group(key="compare-add-way").set_value("change").run()
    app.selectbox(key="compare-add-field").set_value("epochs").run()
    app.text_input(key="compare-add-epochs").set_value("many").run()
    assert "epochs cannot be 'many'; allowed: whole numbers from 1 to 1000." in texts(app)
    assert not app.exception


def test_encoder_alone_gets_its_decoder(open_compare: OpenCompare, stored: RunStore):
    app = open_compare(A, B)
    app.button_group(key="compare-add-way").set_value("change").run()
    app.selectbox(key="compare-add-field").set_value("layers").run()
    app.text_input(key="compare-add-layers").set_value("64,8").run()
    captions = " ".join(caption.value for caption in app.caption)
    assert "64-8 is an encoder; its decoder mirrors it: 64-8-64." in captions
    app.button(key="compare-add-changed").click().run()
    assert shown(app)[-1].layers == (64, 8, 64)


def test_a_changed_run_that_is_there_already_is_pointed_out(
    open_compare: OpenCompare, stored: RunStore
):
    app = open_compare(A, B)
    app.button_group(key="compare-add-way").set_value("change").run()
    app.selectbox(key="compare-add-activation").set_value("softmax").run()
    assert "This is already run B." in texts(app)


def test_six_runs_are_as_many_as_there_is_room_for(open_compare: OpenCompare, store: RunStore):
    many = [replace(A, seed=seed) for seed in range(6)]
    for variant in many:
        store.put(make_run(variant))
    app = open_compare(*many)
    assert labels(app) == ["Original", *"ABCDEF"]
    assert headline(app).startswith("Only the seed differs.")
    assert not [button for button in app.button if button.key == "compare-add-stored"]


def test_runs_of_two_data_sets_each_have_their_own_originals(
    open_compare: OpenCompare, stored: RunStore
):
    other = replace(A, dataset="mnist")
    stored.put(make_run(other))
    app = open_compare(A, other)
    assert labels(app) == ["Original", "A", "Original", "B"]
    assert headline(app).startswith("Only the data set differs.")


def test_presenting_leaves_headline_digits_and_one_curve(
    open_compare: OpenCompare, stored: RunStore
):
    app = open_compare(A, B, present="1")
    assert app.get("page_link") == []
    assert len(app.get("echarts_chart")) == 1
    assert html(app).count("data:image/png") == 3
    assert len(app.get("popover")) == 0
    assert query(app)["present"] == "1"
    app.toggle(key="compare-present").set_value(False).run()
    assert not app.exception
    assert "present" not in query(app)
    assert len(app.get("page_link")) > 6


def test_nothing_to_compare_cannot_be_presented(open_compare: OpenCompare):
    app = open_compare(present="1")
    assert len(app.get("page_link")) > 6
