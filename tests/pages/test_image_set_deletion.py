"""Deletion of an image set that several visitors of a public host have: by its link or its file."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from streamlit.testing.v1 import AppTest

from core.data import image_sets, loading
from core.data.image_files.preparation import Options, prepare
from core.data.image_files.reading import read
from core.limits import PUBLIC
from core.store import RunStore
from core.store.image_set_storage import add_image_set
from core.variant import Variant
from pages.components.common import services
from pages.components.server import image_set_expiry
from support.fake_trainer import FakeTrainer
from support.image_files import digits, given, npz_of
from support.runs import make_run

OpenAs = Callable[[str], AppTest]
STAYS = (
    "paper is no longer in your list. Another page or browser has these images and their runs: they"
    " stay until 60 minutes after the last page with them was closed."
)


@pytest.fixture
def own(home: Path, store: RunStore) -> str:
    """The name of an image set with a run."""
    found = read([given(npz_of(x=255 - digits(200)[0]))])
    name = add_image_set(prepare(found, Options()), "paper", None).name
    pinned = loading.pinned(loading.load_held_out(name))
    store.put(make_run(Variant(dataset=name), pinned=pinned))
    return name


@pytest.fixture
def active(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The open sessions besides those of the test; nobody has an image set yet."""
    sessions: set[str] = set()
    runtime = SimpleNamespace(is_active_session=sessions.__contains__)
    monkeypatch.setattr(image_set_expiry, "Runtime", SimpleNamespace(instance=lambda: runtime))
    monkeypatch.setattr(image_set_expiry, "_names", defaultdict(set))
    monkeypatch.setattr(image_set_expiry, "_of_browsers", defaultdict(dict))
    return sessions


@pytest.fixture
def open_as(
    trainer: FakeTrainer,
    active: set[str],
    own: str,
    app_path: str,
    monkeypatch: pytest.MonkeyPatch,
) -> OpenAs:
    """Opens the link of the set in a new session of a browser, on a public host."""
    trainer.limits = PUBLIC

    def opened(browser: str) -> AppTest:
        monkeypatch.setattr(services, "browser", lambda: browser)
        app = AppTest.from_file(app_path, default_timeout=60).switch_page("pages/lab.py")
        app.query_params["dataset"] = own
        return app.run()

    return opened


def open_library(app: AppTest) -> None:
    """Go to the Library, without the query of the page before."""
    app.query_params.clear()
    app.switch_page("pages/library.py").run()


def delete(app: AppTest, name: str) -> str:
    """Delete a set in the Library; what the page says then."""
    open_library(app)
    app.button(key=f"library-delete-{name}").click().run()
    assert not app.exception
    return " ".join(one.value for one in app.markdown).replace("\\", "")


def offers(app: AppTest, name: str) -> bool:
    """Whether the Library lists the set."""
    open_library(app)
    return f"library-delete-{name}" in [one.key for one in app.button]


def test_who_has_only_the_link_deletes_nothing_that_another_browser_has(
    open_as: OpenAs, own: str, store: RunStore
) -> None:
    open_as("ann")
    bob = open_as("bob")
    assert STAYS in delete(bob, own)
    assert not offers(bob, own)
    assert "paper" not in bob.dataframe[0].value.astype(str).to_csv()
    assert (image_sets.is_kept(own), len(store.keys())) == (True, 1)
    assert image_set_expiry.of_browser("bob") == []
    # His Lab page still has the set in its link, and does not bring it back.
    bob.switch_page("pages/lab.py").run()
    assert not bob.exception
    assert not offers(bob, own)
    ann = open_as("ann")
    assert offers(ann, own)
    assert "paper and 1 run." in delete(ann, own)
    assert (image_sets.is_kept(own), store.keys()) == (False, [])


@pytest.mark.parametrize("is_open", [True, False])
def test_set_of_another_open_page_stays_and_that_of_a_closed_one_goes(
    open_as: OpenAs, active: set[str], own: str, is_open: bool
) -> None:
    image_set_expiry._names["another page"].add(own)
    if is_open:
        active.add("another page")
    assert (STAYS in delete(open_as("ann"), own)) == is_open
    assert image_sets.is_kept(own) == is_open


def test_another_tab_does_not_give_the_browser_back_what_it_deleted(
    open_as: OpenAs, active: set[str], own: str
) -> None:
    image_set_expiry._names["another page"].add(own)
    active.add("another page")
    tab, other_tab = open_as("ann"), open_as("ann")
    assert STAYS in delete(tab, own)
    other_tab.run()
    assert image_set_expiry.of_browser("ann") == []


def test_who_adds_the_same_images_again_has_them_again(
    trainer: FakeTrainer, active: set[str], app_path: str, home: Path
) -> None:
    trainer.limits = PUBLIC
    active.add("another page")
    app = AppTest.from_file(app_path, default_timeout=60).switch_page("pages/lab.py").run()
    for _ in range(2):
        app.switch_page("pages/lab.py").run()
        app.button(key="own-images").click().run()
        app.button(key="own-example").click().run()
        app.button(key="own-use").click().run()
        [info] = image_sets.list_all()
        image_set_expiry._names["another page"].add(info.name)
        assert "is no longer in your list." in delete(app, info.name)


def test_private_lab_deletes_whoever_else_has_the_set(
    trainer: FakeTrainer, active: set[str], own: str, store: RunStore, app_path: str
) -> None:
    image_set_expiry._names["another page"].add(own)
    active.add("another page")
    app = AppTest.from_file(app_path, default_timeout=60)
    assert "paper and 1 run." in delete(app, own)
    assert (image_sets.is_kept(own), store.keys()) == (False, [])
