"""What visitors get from one trainer with one worker."""

from __future__ import annotations

import math
import re
import time
from collections.abc import Callable, Iterator

import pytest

from core.jobs import Job, Trainer
from core.run import Run
from core.variant import Variant
from support.memory_store import FULL, MemoryStore
from support.tasks import NO_DATA, Script
from support.waiting import wait_until

DEADLINE = 60.0

Variants = Callable[[], Variant]


@pytest.fixture
def held(trainer: Trainer, script: Script, variants: Variants) -> Iterator[Job]:
    """A job in the middle of its second epoch, until the test ends."""
    variant = variants()
    script.plan(variant, "hold")
    job = asked(trainer, variant, "holder")
    wait_until(lambda: 15 in job.history.steps)
    yield job
    script.release(variant)
    assert job.wait(DEADLINE)


def asked(trainer: Trainer, variant: Variant, visitor: str, **options: bool) -> Job:
    """The job that opening a variant gives."""
    job = trainer.open(variant, visitor, **options)
    assert isinstance(job, Job)
    return job


def test_start_returns_at_once_and_warms_up_in_the_background(script: Script) -> None:
    trainer = Trainer(MemoryStore(), task="support.tasks:train")
    assert trainer.status.state == "off"
    trainer.start()
    assert trainer.status.state == "warming"
    trainer.close()
    assert trainer.status.state == "off"


def test_a_variant_is_trained_once_whoever_asks(
    trainer: Trainer, script: Script, store: MemoryStore, variants: Variants
) -> None:
    variant = variants()
    script.plan(variant, "hold")
    first = trainer.open(variant, "ann")
    second = trainer.open(variant, "bob")
    assert first is second
    script.release(variant)
    assert isinstance(first, Job)
    assert first.wait(DEADLINE)
    again = trainer.open(variant, "cem")
    assert again is store.runs[variant.key]
    assert len(script.calls(variant)) == 1


def test_train_trains_again_what_is_stored(
    trainer: Trainer, script: Script, variants: Variants
) -> None:
    variant = variants()
    assert asked(trainer, variant, "ann").wait(DEADLINE)
    again = trainer.train(variant, "ann")
    assert again.wait(DEADLINE)
    assert again.state == "finished"
    assert len(script.calls(variant)) == 2


def test_progress_arrives_in_order_while_the_training_goes_on(held: Job) -> None:
    history = held.history
    assert held.state == "training"
    assert history.stage.name == "training"
    assert (history.steps_per_epoch, history.total_steps) == (10, 20)
    assert history.steps == [10, 11, 15]
    assert history.losses[:2] == [1.0, 0.3]
    assert math.isnan(history.losses[2])
    assert [(scores.epoch, scores.mse, scores.ssim) for scores in history.epochs] == [
        (1, 0.1, None)
    ]
    assert [frame.step for frame in history.frames] == [10]
    assert history.frames[0].pixels.shape == (10, 784)
    assert (history.frames[0].pixels == 0.5).all()


def test_a_history_that_was_read_does_not_grow(trainer: Trainer, script: Script, held: Job) -> None:
    history = held.history
    script.release(held.variant)
    assert held.wait(DEADLINE)
    assert history.steps == [10, 11, 15]
    assert held.history.steps == [10, 11, 15, 20]


def test_a_run_has_the_history_that_was_reported(
    trainer: Trainer, script: Script, store: MemoryStore, held: Job
) -> None:
    script.release(held.variant)
    assert held.wait(DEADLINE)
    assert store.runs[held.key].history.steps == [10, 11, 15, 20]


def test_every_change_is_a_new_version(held: Job, trainer: Trainer) -> None:
    version = held.version
    trainer.stop(held.key, "holder")
    assert held.wait_for_change(version, timeout=DEADLINE) > version


def test_a_run_is_stored_before_its_job_is_announced(script: Script, variants: Variants) -> None:
    states: list[str] = []

    class WatchedStore(MemoryStore):
        def put(self, run: Run) -> None:
            states.append(job.state)
            super().put(run)

    trainer = Trainer(WatchedStore(), task="support.tasks:train")
    job = trainer.train(variants(), "ann")
    assert job.wait(DEADLINE)
    trainer.close()
    assert states == ["training"]
    assert job.state == "finished"
    assert job.run is not None


def test_visitors_are_served_in_order_and_sweeps_after_them(
    trainer: Trainer, script: Script, held: Job, variants: Variants
) -> None:
    sweep = [asked(trainer, variants(), "sweep", in_background=True) for _ in range(2)]
    visitors = [asked(trainer, variants(), name) for name in ("ann", "bob")]
    assert [job.position for job in visitors] == [1, 2]
    assert [job.position for job in sweep] == [3, 4]
    assert trainer.jobs() == [held, *visitors, *sweep]
    order: list[Job] = []
    script.release(held.variant)
    for job in (*visitors, *sweep):
        assert job.wait(DEADLINE)
        order.append(job)
        assert [other for other in (*visitors, *sweep) if other.ended][: len(order)] == order
    assert [job.state for job in order] == ["finished"] * 4


def test_a_sweeps_job_moves_up_when_a_visitor_asks_for_it(
    trainer: Trainer, held: Job, variants: Variants
) -> None:
    wanted = variants()
    first = asked(trainer, variants(), "sweep", in_background=True)
    second = asked(trainer, wanted, "sweep", in_background=True)
    assert [first.position, second.position] == [1, 2]
    assert trainer.open(wanted, "ann") is second
    assert [first.position, second.position] == [2, 1]


def test_stop_takes_a_waiting_job_out_of_the_queue(
    trainer: Trainer, script: Script, held: Job, variants: Variants
) -> None:
    first = asked(trainer, variants(), "ann")
    second = asked(trainer, variants(), "bob")
    assert trainer.stop(first.key, "ann")
    assert (first.state, first.run) == ("stopped", None)
    assert second.position == 1
    assert trainer.find(first.key) is None
    assert script.calls(first.variant) == []


def test_stop_is_acknowledged_at_once_and_keeps_what_was_learned(
    trainer: Trainer, store: MemoryStore, held: Job
) -> None:
    assert trainer.stop(held.key, "holder")
    assert held.state == "stopping"
    assert held.wait(DEADLINE)
    assert held.state == "finished"
    assert held.run is not None
    assert held.run.status == "stopped"
    assert store.runs[held.key].status == "stopped"


def test_one_of_several_watchers_only_leaves(trainer: Trainer, held: Job) -> None:
    assert trainer.open(held.variant, "ann") is held
    assert not trainer.stop(held.key, "holder")
    assert held.state == "training"
    assert held.watchers == {"ann"}
    assert trainer.stop(held.key, "ann")
    assert held.state == "stopping"


def test_a_watcher_who_is_gone_no_longer_counts(
    trainer: Trainer, held: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = time.monotonic()
    trainer.find(held.key, "ann")
    with monkeypatch.context() as patch:
        patch.setattr("core.jobs.job.time.monotonic", lambda: now + 15)
        trainer.find(held.key, "holder")
        patch.setattr("core.jobs.job.time.monotonic", lambda: now + 30)
        assert held.watchers == {"holder"}
        assert trainer.stop(held.key, "holder")


def test_a_job_that_is_stopped_while_it_compiles_ends_at_once_and_the_next_one_trains(
    trainer: Trainer, script: Script, store: MemoryStore, variants: Variants
) -> None:
    variant = variants()
    script.plan(variant, "compile")
    job = asked(trainer, variant, "ann")
    wait_until(lambda: job.history.stage.name == "compiling")
    assert trainer.stop(job.key, "ann")
    assert job.state == "stopped"
    following = asked(trainer, variants(), "bob")
    script.release(variant)
    assert following.wait(DEADLINE)
    assert following.state == "finished"
    assert variant.key not in store.runs


def test_a_stopped_run_does_not_replace_a_finished_one(
    trainer: Trainer, script: Script, store: MemoryStore, variants: Variants
) -> None:
    variant = variants()
    assert asked(trainer, variant, "ann").wait(DEADLINE)
    script.plan(variant, "hold")
    again = trainer.train(variant, "ann")
    wait_until(lambda: 15 in again.history.steps)
    trainer.stop(variant.key, "ann")
    assert again.wait(DEADLINE)
    assert again.run is not None
    assert again.run.status == "stopped"
    assert store.runs[variant.key].status == "finished"


def test_request_for_a_stopping_job_gets_a_new_one(
    trainer: Trainer, script: Script, held: Job
) -> None:
    trainer.stop(held.key, "holder")
    new = trainer.train(held.variant, "ann")
    assert new is not held
    script.release(held.variant)
    assert new.wait(DEADLINE)
    assert new.run is not None
    assert new.run.status == "finished"


@pytest.mark.parametrize(
    ("behaviour", "sentence"),
    [
        (
            "raise",
            r"The training failed: ArithmeticError: the numbers are wrong \(reference \w{6}\)\.",
        ),
        ("no data", NO_DATA),
    ],
)
def test_a_training_that_raises_fails_in_plain_words_until_it_is_asked_for_again(
    trainer: Trainer, script: Script, variants: Variants, behaviour: str, sentence: str
) -> None:
    variant = variants()
    script.plan(variant, behaviour)
    job = asked(trainer, variant, "ann")
    assert job.wait(DEADLINE)
    assert job.state == "failed"
    assert re.fullmatch(sentence, job.error or "")
    assert trainer.find(variant.key) is job
    script.plan(variant, "")
    again = asked(trainer, variant, "ann")
    assert again.wait(DEADLINE)
    assert again.state == "finished"
    assert trainer.find(variant.key) is None


def test_a_run_that_cannot_be_stored_is_not_lost(
    trainer: Trainer, script: Script, store: MemoryStore, variants: Variants
) -> None:
    variant = variants()
    store.is_full = True
    try:
        job = asked(trainer, variant, "ann")
        assert job.wait(DEADLINE)
    finally:
        store.is_full = False
    assert job.state == "finished"
    assert job.error is not None
    assert FULL in job.error
    assert trainer.find(variant.key) is job
    assert trainer.open(variant, "bob") is job.run
    assert len(script.calls(variant)) == 1


def test_a_closed_trainer_ends_its_jobs(script: Script, variants: Variants) -> None:
    variant = variants()
    script.plan(variant, "hold")
    trainer = Trainer(MemoryStore(), task="support.tasks:train")
    job = trainer.train(variant, "ann")
    waiting = trainer.train(variants(), "ann")
    wait_until(lambda: 15 in job.history.steps)
    trainer.close()
    assert [job.state, waiting.state] == ["failed", "failed"]
    assert waiting.error == "The lab was closed before the end."
