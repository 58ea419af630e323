"""The Your code page: reading, findings, the diff, the ways into the lab, hostile text."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.store import RunStore
from core.variant import Variant
from core.views.your_code.examples import EXAMPLES
from pages.components.common import services
from pages.components.your_code import code_input
from support.fake_trainer import FakeTrainer
from support.runs import make_run

OpenPage = Callable[[], AppTest]
CORRECT = EXAMPLES[-1].code


@pytest.fixture
def open_page(trainer: FakeTrainer, app_path: str) -> OpenPage:
    """Opens the page without any code."""

    def opened() -> AppTest:
        app = AppTest.from_file(app_path, default_timeout=60)
        app.switch_page("pages/your_code.py")
        return app.run()

    return opened


def html(app: AppTest) -> str:
    return "\n".join(element.proto.body for element in app.get("html"))


def pasted(app: AppTest, code: str) -> AppTest:
    app.text_area[0].set_value(code).run()
    assert not app.exception
    return app


def test_the_empty_page_says_what_to_do(open_page: OpenPage) -> None:
    app = open_page()
    assert not app.exception
    assert "Paste your code." in html(app)
    shown = [button.label for button in app.button if (button.key or "").startswith("code-example")]
    assert shown == [
        "Softmax on raw pixels",
        "PyTorch",
        "Denoiser",
        "Adadelta",
        "Unused scaler",
        "Correct",
    ]


@pytest.mark.parametrize(
    ("name", "headline"),
    [
        ("question", "Your loss will fall without bound and your images will be black."),
        ("pytorch", "The sigmoid is applied twice, and your images will be black."),
        ("denoiser", "The network learns to reproduce the noise."),
        ("adadelta", "Your network will hardly learn."),
        ("scaler", "Your loss will fall without bound."),
        ("correct", "Your settings are compatible."),
    ],
)
def test_an_example_is_read_with_a_click(open_page: OpenPage, name: str, headline: str) -> None:
    app = open_page()
    app.button(key=f"code-example-{name}").click().run()
    assert not app.exception
    code = next(example.code for example in EXAMPLES if example.name == name)
    assert app.text_area[0].value == code
    assert headline in html(app)
    assert ('<div class="lab-code-diff">' in html(app)) == (name != "correct")


def test_settings_have_their_lines_and_what_is_assumed_its_reason(open_page: OpenPage) -> None:
    shown = html(pasted(open_page(), CORRECT))
    assert (
        '<tr><th scope="row">Hidden activation</th><td>relu</td><td>line 9 <code>'
        "code = layers.Dense(32, activation=&quot;relu&quot;)(image)</code></td></tr>"
    ) in shown
    reason = "The code does not set it; 0.001 is Keras&#x27; default."
    assert f"<td><em>assumed</em> {reason}</td>" in shown


def test_the_diff_holds_only_the_lines_that_change(open_page: OpenPage) -> None:
    shown = html(pasted(open_page(), CORRECT.replace('"sigmoid"', '"softmax"')))
    assert "Your loss will look fine and your images will be black." in shown
    assert (
        "<del>- output = layers.Dense(784, activation=&quot;softmax&quot;)(code)\n</del>"
        "<ins>+ output = layers.Dense(784, activation=&quot;sigmoid&quot;)(code)\n</ins>"
    ) in shown
    assert shown.count("<del>") == 1


def test_train_both_queues_both_for_this_visitor_and_leads_to_compare(
    open_page: OpenPage, trainer: FakeTrainer
) -> None:
    app = pasted(open_page(), CORRECT.replace('"sigmoid"', '"softmax"'))
    app.button(key="code-train-both").click().run()
    assert not app.exception
    jobs = trainer.jobs()
    theirs = Variant(dataset="mnist", layers=(32,), activation="softmax")
    corrected = Variant(dataset="mnist", layers=(32,))
    assert [job.variant for job in jobs] == [theirs, corrected]
    assert all("this visitor" in job.owners for job in jobs)
    assert {"a", "b"} <= set(app.query_params)


def test_train_both_trains_no_stored_run_again(
    open_page: OpenPage, trainer: FakeTrainer, store: RunStore
) -> None:
    theirs = Variant(dataset="mnist", layers=(32,), activation="softmax")
    store.put(make_run(theirs))
    app = pasted(open_page(), CORRECT.replace('"sigmoid"', '"softmax"'))
    app.button(key="code-train-both").click().run()
    assert not app.exception
    assert trainer.requested == [Variant(dataset="mnist", layers=(32,))]
    assert {"a", "b"} <= set(app.query_params)


def test_the_visitor_chooses_between_two_autoencoders(open_page: OpenPage) -> None:
    second = CORRECT[CORRECT.index("image =") :].replace("32", "16").replace("autoenc", "second")
    app = pasted(open_page(), CORRECT + second)
    assert "Layers from input to output: 784, 32, 784." in html(app)
    choice = next(box for box in app.selectbox if box.key == "code-chosen")
    assert choice.label == "2 autoencoders were found"
    choice.set_value(1).run()
    assert not app.exception
    assert "Layers from input to output: 784, 16, 784." in html(app)


def test_text_is_not_in_the_link(open_page: OpenPage) -> None:
    app = pasted(open_page(), CORRECT)
    assert dict(app.query_params.items()) == {}


def test_code_is_kept_on_the_way_back_from_another_page(open_page: OpenPage) -> None:
    app = pasted(open_page(), CORRECT)
    app.switch_page("pages/losses.py").run()
    app.switch_page("pages/your_code.py").run()
    assert app.text_area[0].value == CORRECT
    assert "Your settings are compatible." in html(app)


@pytest.mark.parametrize(
    "text",
    [
        "(" * 5000,
        "[" * 90 + "]" * 90,
        "x = 1\n" * 33_000,
        "\0" * 20,
        "**bold** <script>",
    ],
    ids=["nested", "nested and closed", "200 kB", "zero bytes", "markup"],
)
def test_hostile_text_is_refused_in_a_sentence(open_page: OpenPage, text: str) -> None:
    shown = html(pasted(open_page(), text))
    assert "Not readable." in shown
    assert "<script>" not in shown


def test_words_of_the_visitor_are_shown_as_text(open_page: OpenPage) -> None:
    name = "<img src=x onerror=alert(1)> **[x](javascript:alert(1))**"
    fit = "autoencoder.fit(x_train, x_train, "
    code = CORRECT.replace('"relu")(image)', '"relu")(image)  # <b onclick=x>&amp;')
    code = code.replace(fit, f"{fit}**{{{name!r}: 1}}, ")
    app = pasted(open_page(), code.replace('"sigmoid"', '"softmax"'))
    raw = " ".join(element.value for element in app.markdown)
    assert r"\<img src=x onerror=alert(1)\> \*\*\[x\]" in raw
    assert "<img src=x" not in html(app) + raw.replace(r"\<", "")
    assert "<b onclick" not in html(app)
    assert "&lt;b onclick=x&gt;&amp;amp;" in html(app)


def test_nothing_of_the_code_is_run(open_page: OpenPage, tmp_path: Path) -> None:
    planted = tmp_path / "planted"
    pasted(open_page(), f"open({str(planted)!r}, 'w').write('x')\n{CORRECT}")
    assert not planted.exists()


@pytest.mark.parametrize("suffix", ["py", "ipynb", "json", "keras"])
def test_files_of_these_kinds_are_taken(suffix: str) -> None:
    assert suffix in code_input.TYPES


def test_a_file_is_read_and_an_unsound_one_is_refused(open_page: OpenPage) -> None:
    app = open_page()
    app.file_uploader[0].upload("mine.py", CORRECT.encode(), "text/x-python").run()
    assert not app.exception
    assert app.text_area[0].value == CORRECT
    assert "Your settings are compatible." in html(app)
    app = open_page()
    app.file_uploader[0].upload("mine.keras", b"PK\x03\x04nothing", "application/zip").run()
    assert "This is not a valid .keras file: it has no configuration." in html(app)


def test_busy_page_says_so_and_reads_later(
    open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(code_input, "WAIT_SECONDS", 0.01)
    app = open_page()
    with code_input._one_at_a_time():
        pasted(app, CORRECT)
        assert "The lab is reading other visitors&#x27; code." in html(app)
    app.button(key="code-read-button").click().run()
    assert "Your settings are compatible." in html(app)
    assert services.trainer().jobs() == []
