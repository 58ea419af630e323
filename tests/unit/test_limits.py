"""What a host for strangers refuses, and that it names the limit."""

from __future__ import annotations

from typing import Any, cast

import pytest

from core import limits
from core.errors import LabError, LimitExceeded
from core.jobs import Trainer, sweep
from core.limits import PUBLIC, UNLIMITED
from core.variant import Variant
from support.fake_trainer import FakeTrainer
from support.memory_store import MemoryStore


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"epochs": 101}, "101 epochs are more than this public lab allows: 100 at most."),
        (
            {"layers": (513, 2, 64)},
            "Layers of 513-2-64 are more than this public lab allows: 512 for a layer at most.",
        ),
    ],
)
def test_a_run_that_is_too_large_is_refused_with_the_limit(
    settings: dict[str, Any], sentence: str
) -> None:
    variant = Variant(**settings)
    with pytest.raises(LimitExceeded) as refusal:
        PUBLIC.check(variant)
    assert str(refusal.value) == f"{sentence} Run the lab on your own machine for more."
    UNLIMITED.check(variant)


def test_the_largest_allowed_run_is_not_refused() -> None:
    PUBLIC.check(Variant(epochs=100, layers=(512, 256, 512)))


def test_a_sweep_that_is_too_large_asks_for_nothing() -> None:
    trainer = FakeTrainer(MemoryStore())
    trainer.limits = PUBLIC
    variants = [Variant(seed=seed) for seed in range(26)]
    with pytest.raises(LimitExceeded, match=r"A sweep of 26 runs is more .*: 25 at most"):
        sweep.start(cast(Trainer, trainer), variants, (), "ann")
    assert trainer.requested == []
    sweep.start(cast(Trainer, trainer), variants, {variants[0].key}, "ann")
    assert trainer.requested == variants[1:]


def test_sweeps_of_one_visitor_count_together_and_those_of_another_apart() -> None:
    trainer = FakeTrainer(MemoryStore())
    trainer.limits = PUBLIC
    variants = [Variant(seed=seed) for seed in range(26)]
    sweep.start(cast(Trainer, trainer), variants[:20], (), "ann")
    beside = r"A sweep of 6 runs in addition to your 20 unfinished ones is more .*: 25 at most"
    with pytest.raises(LimitExceeded, match=beside):
        sweep.start(cast(Trainer, trainer), variants[20:], (), "ann")
    # Five of the six are new: the sixth is hers already.
    sweep.start(cast(Trainer, trainer), variants[19:25], (), "ann")
    sweep.start(cast(Trainer, trainer), variants[20:], (), "bob")
    assert trainer.jobs()[-1].sweepers == {"bob"}


def test_a_large_file_and_changes_to_the_library_are_refused() -> None:
    PUBLIC.check_upload(5_000_000)
    with pytest.raises(LimitExceeded, match=r"has 5\.1 MB; this public lab takes up to 5 MB"):
        PUBLIC.check_upload(5_100_000)
    with pytest.raises(LimitExceeded, match="cannot be deleted or imported"):
        PUBLIC.check_change()
    UNLIMITED.check_upload(10**12)
    UNLIMITED.check_change()


def test_pages_beyond_thirty_of_a_network_or_120_in_all_are_refused() -> None:
    PUBLIC.check_sessions(total=119, nearby=29)
    with pytest.raises(LimitExceeded, match="30 pages are open from your network, the maximum"):
        PUBLIC.check_sessions(total=30, nearby=30)
    with pytest.raises(LimitExceeded, match="120 pages are open, the maximum on this public lab"):
        PUBLIC.check_sessions(total=120, nearby=0)
    UNLIMITED.check_sessions(total=10**6, nearby=10**6)


@pytest.mark.parametrize(("text", "expected"), [("1", PUBLIC), ("yes", PUBLIC), ("0", UNLIMITED)])
def test_the_environment_says_whether_the_lab_is_public(
    monkeypatch: pytest.MonkeyPatch, text: str, expected: limits.Limits
) -> None:
    monkeypatch.setenv("AUTOENCODER_LAB_PUBLIC", text)
    assert limits.current() is expected


def test_lab_is_not_public_by_default() -> None:
    assert limits.current() is UNLIMITED


def test_an_answer_that_is_neither_yes_nor_no_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTOENCODER_LAB_PUBLIC", "perhaps")
    with pytest.raises(LabError, match="AUTOENCODER_LAB_PUBLIC is 'perhaps'; set it to 1 or 0"):
        limits.current()
