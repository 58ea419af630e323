"""Files that workers make wait in the queue of the trainings, without any worker."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.errors import QueueFull
from core.jobs import Job, Saving, saving_key
from core.jobs.ended_jobs import MOST_KEPT_BYTES
from core.jobs.job_manager import Desk
from core.limits import UNLIMITED, Limits
from core.run import Run
from core.variant import Variant
from support.memory_store import MemoryStore
from support.runs import make_run, small_run


def make_desk(limits: Limits = UNLIMITED) -> Desk:
    desk = Desk(MemoryStore(), limits)
    desk.report("ready")
    return desk


def saved(desk: Desk, run: Run, content: bytes) -> Job:
    """A file that was asked for and made."""
    job = desk.save([run], "ann")
    desk.take()
    desk.deliver(job.attempt, content)
    return job


def test_a_file_waits_behind_the_runs_that_came_before_and_before_sweeps() -> None:
    desk = make_desk()
    desk.add(Variant(seed=1), "ann", in_background=False)
    sweep = desk.add(Variant(seed=2), "sweep", in_background=True)
    job = desk.save([make_run()], "bob")
    assert (job.position, sweep.position) == (2, 3)
    assert desk.save([make_run()], "cem") is job


def test_the_file_of_one_run_is_kept_and_the_run_can_be_trained_meanwhile() -> None:
    desk = make_desk()
    run = make_run()
    job = saved(desk, run, b"a model")
    assert desk.find(saving_key([(run.variant.key, run.provenance.created)])) is job
    assert isinstance(job, Saving)
    assert (job.state, job.file) == ("finished", b"a model")
    assert job.file_name == f"autoencoder_sigmoid-BCE_{run.variant.key}.keras"
    assert not job.networks
    assert desk.find(run.variant.key) is None


def test_a_run_that_was_trained_anew_has_another_file() -> None:
    desk = make_desk()
    run = make_run()
    anew = replace(run, provenance=replace(run.provenance, created="2026-01-03T03:04:05+00:00"))
    assert desk.save([run], "ann") is not desk.save([anew], "ann")


def test_several_runs_are_one_file_without_those_that_have_no_weights() -> None:
    runs = [small_run(1), small_run(2), small_run(3, weights=None)]
    job = make_desk().save(runs, "ann")
    assert isinstance(job, Saving)
    assert job.file_name == "keras_models.zip"
    assert list(job.networks) == [
        f"autoencoder_sigmoid-BCE-layers-2-seed-1_{runs[0].variant.key}.keras",
        f"autoencoder_sigmoid-BCE-layers-2-seed-2_{runs[1].variant.key}.keras",
    ]


def test_old_files_make_room_for_new_ones() -> None:
    desk = make_desk()
    half = bytes(MOST_KEPT_BYTES // 2)
    jobs = [saved(desk, small_run(seed), half) for seed in range(3)]
    assert [desk.find(job.key) is job for job in jobs] == [False, True, True]
    large = saved(desk, small_run(3), bytes(MOST_KEPT_BYTES + 1))
    assert desk.find(large.key) is large
    assert desk.find(jobs[2].key) is None


def test_strangers_files_count_among_what_they_have_waiting() -> None:
    desk = make_desk(Limits(waiting_per_visitor=2))
    for seed in (1, 2):
        desk.save([small_run(seed)], "ann")
    with pytest.raises(QueueFull, match="2 of your runs wait already"):
        desk.save([small_run(3)], "ann")


def test_a_lost_worker_and_an_error_are_said_of_the_file() -> None:
    desk = make_desk()
    lost = desk.save([small_run(1)], "ann")
    for _ in range(2):  # the first worker may have been dead before the job reached it
        desk.take()
        desk.lose(lost.attempt, "killed")
    assert lost.error == "The trainer died. Ask for the file again."
    broken = desk.save([small_run(2)], "ann")
    desk.take()
    desk.crash(broken.attempt, OSError("no room"))
    assert broken.error is not None
    assert broken.error.startswith("The saving failed: OSError: no room (reference ")


def test_those_who_wait_know_that_a_file_is_quick() -> None:
    desk = make_desk()
    for seed in (1, 2):
        desk.save([small_run(seed)], "ann")
    desk.take()
    waiting = desk.save([small_run(3)], "bob")
    # The rest of the first second, and another one.
    assert waiting.seconds_left == pytest.approx(2.0, abs=0.5)
