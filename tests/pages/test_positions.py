"""Every position of a page keeps its kind of content between reruns.

A message for a place inside a container that the browser does not have leaves the whole page empty.
What may be an element, a container or nothing in turn therefore stands in a keyed container that is
drawn each time, and nothing after it moves.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import pairwise
from typing import Any
from urllib.parse import parse_qsl

import numpy as np
import pytest
import streamlit as st
from PIL import Image
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Block

from core.store import RunStore
from core.variant import Variant
from support.fake_trainer import FakeTrainer
from support.runs import make_run

SECONDS = 60
FIRST, SECOND = Variant(epochs=2), Variant(epochs=2, activation="softmax")
NO_WEIGHTS = Variant(epochs=2, seed=5)
# Links to each page that show it as differently as may be.
LINKS = {
    "app.py": ["", "step=2", "step=4", "step=6", "step=99", "present=1"],
    "pages/lab.py": [
        "epochs=2",
        "epochs=2&seed=9",
        "epochs=2&seed=5",
        "epochs=2&activation=softmax&loss=mean_squared_error&normalization=raw",
        "epochs=2&digit=3&own_scale=1&difference=1&digits=worst",
        "epochs=nine&colour=red&layers=abc",
    ],
    "pages/inside.py": [
        "epochs=2",
        "epochs=2&seed=9",
        "epochs=2&seed=5",
        "epochs=2&axes=pca&x=1&decodes=1",
        "epochs=2&draw=1&sliders=0.1&first=400&position=2",
        "epochs=2&part=units",
        "epochs=2&part=training&measure=update",
        "epochs=2&part=units&layer=5&unit=400&off=3&input_noise=0.2",
        "epochs=nine&colour=red",
    ],
    "pages/compare.py": [
        "",
        "a=epochs.2",
        "a=epochs.2&b=epochs.2_activation.softmax",
        "a=epochs.2&b=epochs.2_seed.9&digit=3",
        "a=epochs.2&b=epochs.2_dataset.fashion-mnist&colour=red",
    ],
    "pages/matrix.py": ["", "epochs=2", "rows=normalization", "epochs=nine&colour=red"],
    "pages/losses.py": [
        "",
        "raw=1",
        "section=gradient",
        "section=image",
        "section=data&activation=softmax",
        "section=reading",
        "section=terms",
        "section=terms&find=nothing",
        "section=none",
    ],
    "pages/library.py": ["", "search=softmax", "search=nothing", "sort=none"],
    "pages/status.py": ["", "colour=red"],
    "pages/your_code.py": ["", "colour=red"],
}


def kind(node: object) -> str:
    return str(node.type) if isinstance(node, Block) else "element"


def key_of(block: Block) -> str:
    return str(getattr(block.proto, "id", ""))


def moved(before: Block, after: Block, path: tuple[int, ...] = ()) -> Iterator[str]:
    """Each container without a key in which a container is not where one was."""
    kinds = [[kind(child) for child in block.children.values()] for block in (before, after)]
    if key_of(before) != key_of(after):
        return
    if kinds[0] != kinds[1]:
        # No message is for a place inside an element, so elements alone may come and go.
        if not key_of(before) and {*kinds[0], *kinds[1]} != {"element"}:
            yield f"{path}: {kinds[0]} and {kinds[1]}"
        return
    for at, child in before.children.items():
        other = after.children[at]
        if isinstance(child, Block) and isinstance(other, Block):
            yield from moved(child, other, (*path, at))


def assert_nothing_moved(pages: list[AppTest]) -> None:
    for before, after in pairwise(pages):
        assert list(moved(before.main, after.main)) == []


@pytest.fixture
def opened(trainer: FakeTrainer, store: RunStore, app_path: str) -> Callable[[str, str], AppTest]:
    """Opens a page by its file and its query; some runs are stored."""
    for variant in (FIRST, SECOND):
        store.put(make_run(variant))
    store.put(replace(make_run(NO_WEIGHTS), weights=None))

    def open_page(page: str, query: str) -> AppTest:
        app = AppTest.from_file(app_path, default_timeout=SECONDS)
        app.switch_page(page)
        for name, value in parse_qsl(query):
            app.query_params[name] = value
        app.run()
        assert not app.exception
        return app

    return open_page


@pytest.mark.parametrize("page", LINKS)
def test_positions_keep_their_kind_whatever_the_link(
    opened: Callable[[str, str], AppTest], page: str
) -> None:
    assert_nothing_moved([opened(page, query) for query in LINKS[page]])


@pytest.mark.parametrize("page", LINKS)
def test_no_fragment_is_drawn_within_another(
    opened: Callable[[str, str], AppTest], page: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Streamlit drops what the outer one has not sent yet when it runs again, and keeps what the
    # inner one has drawn in it: the browser then gets messages for places that it does not have.
    original = st.fragment
    outer: list[str] = []
    nested: list[tuple[str, str]] = []

    def fragment(function: Callable[..., None], **options: float | None) -> Callable[..., None]:
        def body(*arguments: Any, **named: Any) -> None:
            nested.extend((name, function.__name__) for name in outer)
            outer.append(function.__name__)
            try:
                function(*arguments, **named)
            finally:
                outer.pop()

        return original(body, **options)

    monkeypatch.setattr(st, "fragment", fragment)
    for query in LINKS[page]:
        opened(page, query)
    assert nested == []


def test_positions_keep_their_kind_while_a_run_trains(
    opened: Callable[[str, str], AppTest], trainer: FakeTrainer
) -> None:
    variant = Variant(epochs=2, seed=9)
    stages = [opened("pages/lab.py", "epochs=2&seed=9")]
    job = trainer.train(variant, "this visitor")
    stages.append(opened("pages/lab.py", "epochs=2&seed=9"))
    trainer.report(job, make_run(variant).history)
    stages.append(opened("pages/lab.py", "epochs=2&seed=9"))
    trainer.fail(job, "The trainer died in epoch 1.")
    stages.append(opened("pages/lab.py", "epochs=2&seed=9"))
    trainer.finish(trainer.train(variant, "this visitor"))
    stages.append(opened("pages/lab.py", "epochs=2&seed=9"))
    assert_nothing_moved(stages)


def test_positions_keep_their_kind_while_a_cause_is_looked_for(
    opened: Callable[[str, str], AppTest], trainer: FakeTrainer, store: RunStore
) -> None:
    scores = replace(make_run().scores, mse=0.06)
    store.put(make_run(Variant(epochs=2, seed=11), status="diverged", scores=scores))
    app = opened("pages/lab.py", "epochs=2&seed=11")
    stages = [opened("pages/lab.py", "epochs=2").main, app.main]
    app.button(key="lab-cause-find").click().run()
    stages.append(app.main)
    for job in trainer.jobs():
        trainer.finish(job)
    app.run()
    stages.append(app.main)
    app.button(key="lab-cause-open").click().run()
    stages.append(app.main)
    for before, after in pairwise(stages):
        assert list(moved(before, after)) == []


def test_positions_keep_their_kind_whatever_image_is_uploaded(
    opened: Callable[[str, str], AppTest],
) -> None:
    target = io.BytesIO()
    Image.fromarray(np.eye(28, dtype=np.uint8) * 255).save(target, "PNG")
    stages = [opened("pages/lab.py", "epochs=2")]
    for content in (target.getvalue(), b"no picture"):
        stages.append(opened("pages/lab.py", "epochs=2"))
        stages[-1].file_uploader[0].upload("mine.png", content, "image/png").run()
    assert_nothing_moved(stages)
