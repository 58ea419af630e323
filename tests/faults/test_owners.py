"""Whose runs are whose on a lab for strangers, and how many places in its queue one client gets."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from core.variant import Variant
from support.clock import Clock
from support.lab_server import LabServer
from support.visitor import Visitor
from support.visits import TRAINING_SECONDS, train_until_midway, visit

pytestmark = pytest.mark.timeout(240)

ANN, BOB, CLIENT = "8.8.4.4", "9.9.9.9", "1.1.1.1"


@pytest.fixture(scope="module")
def public(clock: Clock, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabServer]:
    """A lab for strangers, behind a proxy."""
    environment = {**clock.environment, "AUTOENCODER_LAB_PUBLIC": "1"}
    with LabServer(tmp_path_factory.mktemp("public"), environment=environment) as server:
        yield server


@pytest.fixture
def long(request: pytest.FixtureRequest) -> Variant:
    """As large as strangers' runs may be: minutes on a small machine; another one for each test."""
    return Variant(layers=(512,) * 9, epochs=100, seed=len(request.node.name))


@pytest.fixture
def ann(public: LabServer, long: Variant) -> Iterator[Visitor]:
    """A visitor whose run trains, and who went to another page."""
    with visit(public, long, forwarded_for=ANN) as page:
        train_until_midway(page)
    losses = f"{public.url}/losses"
    with Visitor(losses, cookie=page.cookie, forwarded_for=ANN) as elsewhere:
        yield elsewhere
    with visit(public, long, cookie=page.cookie, forwarded_for=ANN) as page:
        page.click("Stop")
        page.until(lambda: "Train again" in page.buttons(), TRAINING_SECONDS)


def test_a_stranger_stops_no_run_of_who_is_on_another_page(
    public: LabServer, ann: Visitor, long: Variant, clock: Clock
) -> None:
    waiting = Variant(epochs=1, seed=162)
    with visit(public, waiting, cookie=ann.cookie, forwarded_for=ANN) as page:
        page.click("Train")
        page.until(lambda: "Next in the queue." in page.text)
    ann.watch(3)
    clock.advance(25)
    for variant, state in ((long, "Training."), (waiting, "Next in the queue.")):
        with visit(public, variant, forwarded_for=BOB) as stranger:
            stranger.click("Stop")
            stranger.until(
                lambda: "Other visitors are watching it, so it continues." in stranger.text
            )
            assert state in stranger.text
            assert not stranger.buttons()["Stop"]
    ann.watch(3)
    assert "Your run:" in ann.text
    with visit(public, waiting, cookie=ann.cookie, forwarded_for=ANN) as reloaded:
        reloaded.click("Stop")
        reloaded.until(lambda: "Not trained yet." in reloaded.text)
        assert reloaded.errors == []


def test_one_client_takes_no_more_than_its_places_and_leaves_them_when_it_goes(
    public: LabServer, ann: Visitor, clock: Clock
) -> None:
    with ExitStack() as sessions:
        said = []
        for number in range(14):
            cookie = "" if number < 3 else f"_streamlit_xsrf=2|00000000|{secrets.token_hex(16)}|1"
            variant = Variant(epochs=1, seed=170 + number)
            client = visit(public, variant, cookie=cookie, forwarded_for=f"{BOB}, {CLIENT}")
            sessions.enter_context(client).click("Train")
            said.append(client.text)
    assert ["of your runs are already waiting" in text for text in said] == [False] * 2 + [True] + [
        False
    ] * 11
    assert ["from your network are already waiting" in text for text in said] == [False] * 11 + [
        True
    ] * 3
    with visit(public, Variant(epochs=1, seed=169), forwarded_for=BOB) as page:
        page.click("Train")
        page.until(lambda: "Number 11 in the queue." in page.text)
        for _ in range(3):
            clock.advance(32)
            ann.watch(3)
            page.watch(6)
        page.until(lambda: "Next in the queue." in page.text)
        page.click("Stop")
    assert "Your run:" in ann.text
