"""Links that were shared before: each opens what it opened on the day it was copied.

Texts and expectations are literal: what the lab wrote into the address bar, or people wrote by
hand, before its links were read and written in one place.
"""

from __future__ import annotations

import re
from html import unescape
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

import pytest
from streamlit.testing.v1 import AppTest

from core.store.shipped import Gallery
from pages.components.common import services
from support.fake_trainer import FakeTrainer

REST_OF_LAB = "hidden_activation=relu&activation={}&loss={}&loss_from=keras&optimizer=adam"
NUMBERS = "learning_rate=0.001&batch_size=100&epochs={}&seed=0"


class Opened(NamedTuple):
    """What a link opens.

    Attributes:
        link: its path and query.
        address: the query that the address bar has afterwards.
        says: a part of the page's text.
        holds: widgets, by key, to their values.
        ignored: how each notice about the link begins, in order.
    """

    link: str
    address: str
    says: str
    holds: dict[str, Any]
    ignored: tuple[str, ...] = ()


LAB_TANH = (
    "dataset=mnist-sample&normalization=symmetric&layers=128-64-28-64-128&"
    f"{REST_OF_LAB.format('tanh', 'mean_squared_error')}&{NUMBERS.format(67)}"
)
LINKS = (
    Opened("/", "step=1", ">-2.0e19</div>", {"story-step": 1, "story-present": False}),
    Opened("/?step=3", "step=3", ">0</div>", {"story-step": 3, "story-present": False}),
    Opened(
        "/?step=2&present=1",
        "step=2&present=1",
        ">1.0</div>",
        {"story-step": 2, "story-present": True},
    ),
    Opened(
        "/?step=9&colour=red",
        "step=1",
        ">-2.0e19</div>",
        {"story-step": 1},
        ("step cannot be '9'", "There is no setting 'colour'"),
    ),
    Opened(
        "/lab?activation=softmax&normalization=raw&epochs=5&dataset=mnist-sample",
        "dataset=mnist-sample&normalization=raw&layers=128-64-28-64-128&"
        f"{REST_OF_LAB.format('softmax', 'binary_crossentropy')}&{NUMBERS.format(5)}",
        "Not trained yet.",
        {"activation": "softmax", "normalization": "raw", "epochs": 5, "digits": "each"},
    ),
    Opened(
        f"/lab?{LAB_TANH}&digit=5&difference=1&epoch=2",
        f"{LAB_TANH}&difference=1&epoch=2&digit=5",
        "27%",
        {"activation": "tanh", "difference": True, "enlarge-lab": 5, "layers": "128-64-28-64-128"},
    ),
    Opened(
        "/lab?layers=64,16&loss=hinge&digits=all&colour=red&learning_rate=50",
        "dataset=mnist-sample&normalization=unit&layers=64-16-64&"
        f"{REST_OF_LAB.format('sigmoid', 'binary_crossentropy')}&{NUMBERS.format(67)}",
        "Not trained yet.",
        {"layers": "64-16-64", "loss": "binary_crossentropy", "learning_rate": 0.001},
        (
            "64-16 is an encoder",
            "loss cannot be 'hinge'",
            "learning_rate cannot be 50.0",
            "digits cannot be 'all'",
            "There is no setting 'colour'",
        ),
    ),
    Opened(
        "/lab?axis=linear&smoothing=9&own_scale=1&digit=3&digits=worst&digit_class=4&shuffle=17",
        "dataset=mnist-sample&normalization=unit&layers=128-64-28-64-128&"
        f"{REST_OF_LAB.format('sigmoid', 'binary_crossentropy')}&{NUMBERS.format(67)}"
        "&digits=worst&digit_class=4&shuffle=17&own_scale=1&axis=linear&smoothing=9&digit=3",
        "22%",
        {"axis": "linear", "smoothing": 9, "own_scale": True, "enlarge-lab": 3},
    ),
    Opened(
        "/compare?a=default&b=activation.softmax&epoch=4&digit=3&measure=ssim",
        "a=default&b=activation.softmax&epoch=4&digit=3&measure=ssim",
        "162%",
        {"compare-measure": "ssim", "enlarge-compare": 3, "compare-epoch-67-0": 4.0},
    ),
    Opened(
        "/compare?a=activation.tanh~loss.mean_squared_error~normalization.symmetric&c=default",
        "a=normalization.symmetric~activation.tanh~loss.mean_squared_error&b=default",
        "27%",
        {"compare-measure": "mse", "enlarge-compare": None, "compare-epoch-67-0": 67.0},
    ),
    Opened(
        "/compare?a=default&b=default&c=loss.hinge~seed.0&epoch=later&digit=10&measure=psnr&run=1",
        "a=default",
        "Only one run.",
        {"compare-measure": "mse"},
        (
            "Run B has the same settings as run A",
            "Run C: loss cannot be 'hinge'",
            "Run C has the same settings as run A",
            "epoch cannot be 'later'",
            "digit cannot be '10'",
            "measure cannot be 'psnr'",
            "There is no setting 'run'",
        ),
    ),
    Opened("/compare", "", "Nothing to compare yet.", {}),
    Opened(
        "/matrix?rows=hidden_activation",
        "rows=hidden_activation",
        "22%",
        {"matrix-rows": "hidden_activation", "matrix-columns": "loss"},
    ),
    Opened(
        "/matrix?normalization=raw&colour=gap&activation=softmax&loss=mean_squared_error",
        "normalization=raw&colour=gap&activation=softmax&loss=mean_squared_error",
        "sum to 0.004 instead of 101",
        {"matrix-normalization": "raw", "matrix-colour": "gap", "matrix-rows": "activation"},
    ),
    Opened(
        "/matrix?rows=seed&row_values=0~1,2&columns=loss&column_values=huber~hinge&epochs=0"
        "&weather=fine&layers=64,16",
        "layers=64-16-64&rows=seed&row_values=0~1~2",
        "Not trained yet.",
        {"matrix-row_values": ["0", "1", "2"], "matrix-layers": "64-16-64", "matrix-epochs": 67},
        (
            "64-16 is an encoder",
            "epochs cannot be 0",
            "loss cannot be 'hinge'",
            "There is no setting 'weather'",
        ),
    ),
    Opened(
        "/losses?section=gradient&y=0.7&x=2.5&extent=18&loss_from=outputs&other=huber",
        "section=gradient&y=0.7&x=2.5&extent=18&loss_from=outputs&other=huber",
        "0.2241",
        {"losses-section": "gradient", "losses-y": 0.7, "losses-x": 2.5, "losses-extent": 18},
    ),
    Opened(
        "/losses?raw=1&grey=255",
        "raw=1&grey=255",
        "y = 255",
        {"losses-section": "pixel", "losses-grey": 255, "losses-raw": True},
    ),
    Opened(
        "/losses?section=image&digit=7&scale=99&find=x&why=1",
        "section=image&digit=7&find=x",
        "0.019",
        {"losses-section": "image", "losses-digit": 7, "losses-scale": 5.0},
        ("scale cannot be '99'", "There is no setting 'why'"),
    ),
    Opened(
        "/losses?section=data&dataset=mnist-sample&normalization=symmetric&activation=tanh",
        "section=data&normalization=symmetric&activation=tanh",
        "Every target lies in the range of tanh.",
        {"losses-normalization": "symmetric", "losses-activation": "tanh"},
    ),
    Opened(
        "/losses?section=terms&find=entropy",
        "section=terms&find=entropy",
        "",
        {"losses-section": "terms", "losses-find": "entropy"},
    ),
    Opened(
        "/library?search=black&activation=softmax~tanh&sort=mse&page=2",
        "search=black&activation=softmax~tanh&sort=mse&page=2",
        "21 of 176 runs.",
        {"library-search": "black", "library-filter-activation": ["softmax", "tanh"]},
    ),
    Opened(
        "/library?verdict=It works&origin=shipped&sort=-ssim&page=2",
        "verdict=It+works&origin=shipped&sort=-ssim&page=2",
        "33 of 176 runs.",
        {"library-sort": "-ssim", "library-filter-origin": ["shipped"]},
    ),
    Opened(
        "/library?loss=hinge~huber&sort=colour&page=0&shape=round",
        "loss=huber",
        "30 of 176 runs.",
        {"library-sort": "used", "library-filter-loss": ["Huber"]},
        (
            "There is no filter 'shape'",
            "loss cannot be 'hinge'",
            "sort cannot be 'colour'",
            "page cannot be '0'",
        ),
    ),
)
NOTICE = re.compile(r":orange-badge\[:material/info: (?:Ignored|Network)\] (.*)")
HOLDERS = ("button_group", "selectbox", "text_input", "number_input", "slider", "toggle")


def notices(app: AppTest) -> list[str]:
    found = (NOTICE.match(element.value.replace("\\", "")) for element in app.markdown)
    return [match[1] for match in found if match]


@pytest.mark.parametrize("opened", LINKS, ids=lambda opened: opened.link)
def test_shared_link_opens_what_it_opened(
    opened: Opened, trainer: FakeTrainer, app_path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "run_of", Gallery().get)
    path, _, query = opened.link.partition("?")
    app = AppTest.from_file(app_path, default_timeout=60)
    if path != "/":
        app.switch_page(f"pages{path}.py")
    for name, value in parse_qsl(query):
        app.query_params[name] = value
    app.run()
    assert not app.exception
    assert dict(app.query_params.items()) == dict(parse_qsl(opened.address))
    html = [unescape(element.proto.body) for element in app.get("html")]
    assert opened.says in " ".join([*html, *(element.value for element in app.markdown)])
    widgets = [widget for kind in (*HOLDERS, "multiselect") for widget in app.get(kind)]
    values = {widget.key: widget.value for widget in widgets}
    assert {key: values[key] for key in opened.holds} == opened.holds
    said = notices(app)
    assert len(said) == len(opened.ignored)
    assert [text[: len(start)] for text, start in zip(said, opened.ignored, strict=True)] == [
        *opened.ignored
    ]
