"""One trainer with one warm worker for all tests here; each test trains variants of its own."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from core.jobs import Trainer
from core.variant import Variant
from support.memory_store import MemoryStore
from support.tasks import FOLDER, Script
from support.waiting import wait_until

TESTS = Path(__file__).resolve().parents[1]
TASK = "support.tasks:train"

_seeds = itertools.count(1)


@pytest.fixture(scope="session")
def script(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Script]:
    """What the workers that start from now on are to do."""
    folder = tmp_path_factory.mktemp("scripts")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(FOLDER, str(folder))
        patch.setenv("PYTHONPATH", str(TESTS))
        patch.delenv("DASK_SCHEDULER_ADDRESS", raising=False)
        yield Script(folder)


@pytest.fixture(scope="session")
def store() -> MemoryStore:
    return MemoryStore()


@pytest.fixture(scope="session")
def trainer(script: Script, store: MemoryStore) -> Iterator[Trainer]:
    trainer = Trainer(store, task=TASK)
    trainer.start()
    wait_until(lambda: trainer.status.state == "ready")
    yield trainer
    trainer.close()


@pytest.fixture
def variants() -> Callable[[], Variant]:
    """Makes variants that no other test has."""
    return lambda: Variant(seed=next(_seeds))
