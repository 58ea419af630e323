"""Files that workers make wait in the queue of the trainings, without any worker."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.errors import QueueFull
from core.jobs import Job, ModelExport, model_export_key
from core.jobs.job_queue import MAX_RESULT_BYTES
from core.limits import Limits
from core.run import Run
from core.variant import Variant
from support.idle_trainer import IdleTrainer, ready_trainer
from support.runs import make_run, small_run


def saved(manager: IdleTrainer, run: Run, content: bytes) -> Job:
    """A file that was asked for and made."""
    job = manager.save([run], "ann")
    manager.take()
    manager.deliver(job.attempt, content)
    return job


def test_a_file_waits_behind_the_runs_that_came_before_and_before_sweeps() -> None:
    manager = ready_trainer()
    manager.train(Variant(seed=1), "ann")
    sweep = manager.train(Variant(seed=2), "sweep", in_background=True)
    job = manager.save([make_run()], "bob")
    assert (job.position, sweep.position) == (2, 3)
    assert manager.save([make_run()], "cem") is job


def test_the_file_of_one_run_is_kept_and_the_run_can_be_trained_meanwhile() -> None:
    manager = ready_trainer()
    run = make_run()
    job = saved(manager, run, b"a model")
    assert manager.find(model_export_key([(run.variant.key, run.provenance.created)])) is job
    assert isinstance(job, ModelExport)
    assert (job.state, job.file) == ("finished", b"a model")
    assert job.file_name == "sigmoid-bce-unit-mnist-sample-67ep.keras"
    assert not job.networks
    assert manager.find(run.variant.key) is None


def test_run_that_was_trained_again_has_another_file() -> None:
    manager = ready_trainer()
    run = make_run()
    anew = replace(run, provenance=replace(run.provenance, created="2026-01-03T03:04:05+00:00"))
    assert manager.save([run], "ann") is not manager.save([anew], "ann")


def test_several_runs_are_one_file_without_those_that_have_no_weights() -> None:
    runs = [small_run(1), small_run(2), small_run(3, weights=None)]
    job = ready_trainer().save(runs, "ann")
    assert isinstance(job, ModelExport)
    assert job.file_name == "keras_models.zip"
    assert list(job.networks) == [
        "sigmoid-bce-unit-mnist-sample-67ep-layers-2-seed-1.keras",
        "sigmoid-bce-unit-mnist-sample-67ep-layers-2-seed-2.keras",
    ]


def test_old_files_make_room_for_new_ones() -> None:
    manager = ready_trainer()
    half = bytes(MAX_RESULT_BYTES // 2)
    jobs = [saved(manager, small_run(seed), half) for seed in range(3)]
    assert [manager.find(job.key) is job for job in jobs] == [False, True, True]
    large = saved(manager, small_run(3), bytes(MAX_RESULT_BYTES + 1))
    assert manager.find(large.key) is large
    assert manager.find(jobs[2].key) is None


def test_strangers_files_count_among_what_they_have_waiting() -> None:
    manager = ready_trainer(limits=Limits(waiting_per_visitor=2))
    for seed in (1, 2):
        manager.save([small_run(seed)], "ann")
    with pytest.raises(QueueFull, match="2 of your runs are already waiting"):
        manager.save([small_run(3)], "ann")


def test_weights_of_strangers_models_wait_within_the_room_for_an_archive() -> None:
    # 784 * 2 * 2 weights and 2 + 784 biases of four bytes.
    each = 4 * (784 * 2 * 2 + 2 + 784)
    manager = ready_trainer(limits=Limits(archive_bytes=2 * each))
    first, second = (manager.save([small_run(seed)], "ann") for seed in (1, 2))
    assert isinstance(first, ModelExport)
    assert first.weight_bytes == each
    with pytest.raises(QueueFull, match="Other models wait for the trainer"):
        manager.save([small_run(3)], "bob")
    assert manager.save([small_run(2)], "bob") is second
    manager.take()
    manager.deliver(first.attempt, b"a model")
    manager.save([small_run(3)], "bob")


def test_lost_worker_and_error_are_reported_for_the_file() -> None:
    manager = ready_trainer()
    lost = manager.save([small_run(1)], "ann")
    for _ in range(2):  # the first worker may have been dead before the job reached it
        manager.take()
        manager.lose(lost.attempt, "killed")
    assert lost.error == "The trainer died. Request the file again."
    broken = manager.save([small_run(2)], "ann")
    manager.take()
    manager.crash(broken.attempt, OSError("no room"))
    assert broken.error is not None
    assert broken.error.startswith("The saving failed: OSError: no room (reference ")


def test_those_who_wait_know_that_a_file_is_quick() -> None:
    manager = ready_trainer()
    for seed in (1, 2):
        manager.save([small_run(seed)], "ann")
    manager.take()
    waiting = manager.save([small_run(3)], "bob")
    # The rest of the first second, and another one.
    assert manager.seconds_left(waiting) == pytest.approx(2.0, abs=0.5)
