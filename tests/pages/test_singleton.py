"""What the process has one of: made once, whoever comes first, and kept whatever is cleared."""

from __future__ import annotations

import importlib
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import streamlit as st

from pages.components.common import singleton as module
from pages.components.common.singleton import singleton

THREADS = 8


@pytest.fixture(autouse=True)
def nothing_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_kept", {})


def test_threads_that_come_together_get_one_object() -> None:
    made: list[object] = []
    together = threading.Barrier(THREADS)

    @singleton
    def thing() -> object:
        made.append(object())
        return made[-1]

    def get(_: int) -> object:
        together.wait(10)
        return thing()

    with ThreadPoolExecutor(THREADS) as pool:
        found = list(pool.map(get, range(THREADS)))
    assert len(made) == 1
    assert found == made * THREADS


def test_one_that_is_made_of_another_waits_for_it_and_a_failure_is_tried_again() -> None:
    tries: list[int] = []

    @singleton
    def inner() -> int:
        tries.append(1)
        if len(tries) == 1:
            raise OSError("not yet")
        return 5

    @singleton
    def outer() -> int:
        return inner() + 1

    with pytest.raises(OSError, match="not yet"):
        outer()
    assert (outer(), outer(), len(tries)) == (6, 6, 2)


def test_neither_cleared_caches_nor_a_reloaded_module_drop_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.undo()
    before = module._kept
    st.cache_resource.clear()
    monkeypatch.delitem(sys.modules, module.__name__)
    again = importlib.import_module(module.__name__)
    assert again is not module
    assert again._kept is before
