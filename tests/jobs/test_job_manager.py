"""The queue, the limits and the estimates, without any worker."""

from __future__ import annotations

import logging
import re

import pytest

from core.errors import LimitExceeded, QueueFull
from core.jobs.eta import TimeEstimates
from core.jobs.job_queue import MAX_ENDED
from core.limits import PUBLIC, Limits
from core.progress import LossPoints, Stage
from core.variant import Variant
from support.idle_trainer import IdleTrainer, ready_trainer
from support.runs import make_run


class Clock:
    """Stands in for `time.monotonic`."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr("core.jobs.job_manager.time.monotonic", clock)
    return clock


def variant(seed: int, **settings: int) -> Variant:
    return Variant(seed=seed, **settings)


def test_a_visitor_has_no_more_runs_waiting_than_allowed() -> None:
    manager = ready_trainer(limits=Limits(waiting_per_visitor=2))
    for seed in (1, 2):
        manager.train(variant(seed), "ann")
    with pytest.raises(QueueFull, match="2 of your runs are already waiting"):
        manager.train(variant(3), "ann")
    assert manager.train(variant(2), "ann").position == 2
    assert manager.train(variant(3), "bob").position == 3
    assert manager.train(variant(4), "ann", in_background=True).position == 4


def test_time_left_is_unknown_before_the_first_report() -> None:
    manager = ready_trainer()
    job = manager.train(variant(1), "ann")
    waiting = manager.train(variant(2), "bob")
    manager.take()
    assert (manager.seconds_left(job), manager.seconds_left(waiting)) == (None, None)


def test_the_time_left_of_a_training_follows_its_rate(clock: Clock) -> None:
    manager = ready_trainer()
    job = manager.train(variant(1), "ann")
    manager.take()
    manager.report(job.attempt, Stage(name="training", steps_per_epoch=45, total_steps=200))
    manager.report(job.attempt, LossPoints(steps=(1,), losses=(0.7,)))
    clock.now += 2.0
    manager.report(job.attempt, LossPoints(steps=(41, 101), losses=(0.3, 0.2)))
    # 100 steps in 2 s, and 99 are left.
    assert job.steps_per_second == pytest.approx(50.0)
    assert manager.seconds_left(job) == pytest.approx(1.98)
    assert job.epoch == 3


def test_the_wait_is_what_those_ahead_will_take(clock: Clock) -> None:
    manager = ready_trainer(workers=2)
    first = manager.train(variant(1, epochs=10), "ann")
    manager.take()
    clock.now += 20.0
    manager.deliver(first.attempt, make_run(first.variant))
    # Learned: 2 s an epoch. Two train for 20 s each, one of them for 5 s already.
    manager.train(variant(2, epochs=10), "ann")
    manager.take()
    clock.now += 5.0
    manager.train(variant(3, epochs=10), "bob")
    manager.take()
    waiting = [manager.train(variant(seed, epochs=4), "cem") for seed in (4, 5, 6)]
    # One worker is free after 15 s, the other after 20; then the first again after 15 + 8.
    assert [manager.seconds_left(job) for job in waiting] == pytest.approx([15.0, 20.0, 23.0])


def test_a_worker_that_warms_up_is_waited_for_as_well(clock: Clock) -> None:
    manager = ready_trainer()
    manager.set_status("warming", ready_at=clock.now + 4.0)
    job = manager.train(variant(1), "ann")
    assert manager.status.seconds_left == pytest.approx(4.0)
    assert manager.seconds_left(job) == pytest.approx(4.0)
    clock.now += 5.0
    assert manager.status.seconds_left is None
    assert manager.seconds_left(job) is None
    manager.set_status("ready")
    assert manager.seconds_left(job) == pytest.approx(0.0)


def test_pace_counts_images_epochs_and_weights() -> None:
    pace = TimeEstimates()
    assert pace.seconds(Variant()) is None
    pace.learn(Variant(layers=(32,), epochs=10), 5.0)
    assert pace.seconds(Variant(layers=(32,), epochs=20)) == pytest.approx(10.0)
    # 784 x 64 x 2 weights for 784 x 32 x 2, and 60,000 images for 4,500.
    assert pace.seconds(Variant(layers=(64,), epochs=10)) == pytest.approx(10.0)
    large = Variant(dataset="mnist", layers=(32,), epochs=10)
    assert pace.seconds(large) == pytest.approx(5.0 * 60_000 / 4_500)


def test_queue_without_workers_fails_its_jobs() -> None:
    manager = ready_trainer()
    job = manager.train(variant(1), "ann")
    manager.set_status("unavailable", "The trainer failed to start: no TensorFlow.")
    late = manager.train(variant(2), "ann")
    for each in (job, late):
        assert each.state == "failed"
        assert each.error == "The trainer failed to start: no TensorFlow."


def test_a_sweeps_job_gets_a_second_worker_and_no_third() -> None:
    manager = ready_trainer()
    job = manager.train(variant(1), "sweep", in_background=True)
    other = manager.train(variant(2), "sweep", in_background=True)
    manager.take()
    manager.lose(job.attempt, "killed")
    assert (job.state, job.position, other.position) == ("queued", 1, 2)
    manager.take()
    manager.lose(job.attempt, "killed")
    assert job.state == "failed"


def test_a_job_that_never_reached_its_worker_goes_to_the_next_one() -> None:
    manager = ready_trainer()
    job = manager.train(variant(1), "ann")
    manager.take()
    manager.lose(job.attempt, "killed")
    assert (job.state, job.position) == ("queued", 1)
    manager.take()
    manager.report(job.attempt, Stage(name="compiling"))
    manager.lose(job.attempt, "killed")
    assert (job.state, job.error) == ("failed", "The trainer died in epoch 1.")


def test_job_that_dies_reading_data_is_not_advised_to_shrink_the_network() -> None:
    manager = ready_trainer()
    job = manager.train(variant(1), "ann")
    manager.take()
    manager.report(job.attempt, Stage(name="data"))
    manager.lose(job.attempt, "it was terminated by SIGKILL, as when memory runs out")
    died = "The trainer died while reading the data. It may have run out of memory."
    assert (job.state, job.error) == ("failed", died)


def test_only_the_last_failed_jobs_are_kept() -> None:
    manager = ready_trainer()
    jobs = [manager.train(variant(seed), "ann") for seed in range(MAX_ENDED + 1)]
    for job in jobs:
        manager.take()
        manager.crash(job.attempt, ValueError("no"))
    assert manager.find(jobs[0].key) is None
    assert all(manager.find(job.key) is job for job in jobs[1:])


def test_events_are_logged_as_keys_and_values(caplog: pytest.LogCaptureFixture) -> None:
    manager = ready_trainer()
    with caplog.at_level(logging.INFO, logger="autoencoder_lab"):
        job = manager.train(variant(1), "ann")
        manager.take()
        manager.crash(job.attempt, ValueError("no good"))
    assert caplog.messages[0] == f"event=queued key={job.key} position=1"
    assert caplog.messages[1] == f"event=run key={job.key} attempt={job.attempt}"
    fault = rf'event=fault key={job.key} reference=([0-9A-F]{{6}}) trace="ValueError: no good.*"'
    found = re.fullmatch(fault, caplog.messages[2])
    assert found
    assert caplog.messages[3] == (
        f"event=ended key={job.key} state=failed"
        f' error="The training failed: ValueError: no good (reference {found[1]})."'
    )


def test_public_lab_shows_a_reference_instead_of_an_error(
    caplog: pytest.LogCaptureFixture,
) -> None:
    manager = ready_trainer(limits=PUBLIC)
    job = manager.train(variant(1), "ann")
    manager.take()
    manager.crash(job.attempt, OSError("/home/lab/secret cannot be read"))
    [reference] = re.findall(r" reference=([0-9A-F]{6}) .*/home/lab/secret", caplog.text)
    assert job.error == f"The training failed (reference {reference})."


def test_a_run_that_takes_too_long_is_stopped_and_says_why(clock: Clock) -> None:
    manager = ready_trainer(limits=Limits(run_seconds=300))
    job = manager.train(variant(1), "ann")
    manager.train(variant(2), "ann")
    manager.take()
    manager.report(job.attempt, LossPoints(steps=(1,), losses=(0.7,)))
    clock.now += 300
    assert manager.overdue() == []
    clock.now += 1
    assert manager.overdue() == [job]
    assert job.state == "stopping"
    assert manager.overdue() == []
    run = make_run(job.variant, status="stopped")
    manager.deliver(job.attempt, run)
    assert manager.find(job.key) is job
    assert job.run is not None
    assert job.run.provenance is run.provenance
    assert job.run.history.losses == [0.7]
    assert job.error == (
        "Runs on this public lab are limited to 300 s, and this one was stopped at the limit."
    )


def test_a_run_ends_fifteen_minutes_after_its_last_watcher_left(clock: Clock) -> None:
    manager = ready_trainer(limits=Limits(unwatched_seconds=900))
    job = manager.train(variant(1), "ann")
    waiting = manager.train(variant(2), "bob")
    manager.take()
    manager.report(job.attempt, LossPoints(steps=(1,), losses=(0.7,)))
    clock.now += 600
    job.watch("cat")  # until 20 s later
    clock.now += 320
    assert manager.overdue() == []
    clock.now += 1
    assert manager.overdue() == [waiting]
    assert waiting.state == "stopped"
    clock.now += 599
    assert manager.overdue() == []
    clock.now += 1
    assert manager.overdue() == [job]
    assert job.state == "stopping"


def test_a_sweep_ends_fifteen_minutes_after_its_starter_was_last_seen(clock: Clock) -> None:
    manager = ready_trainer(limits=Limits(unwatched_seconds=900))
    seen = manager.train(variant(1), "ann", in_background=True)
    left = manager.train(variant(2), "bob", in_background=True)
    clock.now += 900
    seen.watch("ann")
    # Nobody looked at bob's for 20 s, then for fifteen minutes more; until then it is his.
    assert left.sweepers == {"bob"}
    clock.now += 20
    assert manager.overdue() == []
    clock.now += 1
    assert manager.overdue() == [left]
    assert (left.state, seen.state) == ("stopped", "queued")


def test_where_no_limit_is_in_force_a_sweep_goes_on_for_days(clock: Clock) -> None:
    manager = ready_trainer()
    job = manager.train(variant(1), "ann", in_background=True)
    clock.now += 7 * 24 * 3600
    assert manager.overdue() == []
    assert job.watchers == job.sweepers == {"ann"}


def test_owner_of_a_sweep_stays_a_watcher_after_viewing_the_run(clock: Clock) -> None:
    manager = ready_trainer()
    job = manager.train(variant(1), "ann", in_background=True)
    job.watch("ann")
    job.watch("bob")
    clock.now += 21
    assert job.watchers == {"ann"}
    assert manager.stop(job.key, "ann")


def test_a_run_that_this_host_does_not_allow_never_waits() -> None:
    manager = ready_trainer(limits=Limits(epochs=100, queued_runs=2))
    with pytest.raises(LimitExceeded, match=r"101 epochs are more than .* allows: 100 at most"):
        manager.train(variant(1, epochs=101), "ann")
    assert manager.jobs() == []
    for seed in (1, 2):
        manager.train(variant(seed, epochs=100), "ann")
    with pytest.raises(QueueFull, match="2 runs are already waiting"):
        manager.train(variant(3), "bob")


def test_a_sweep_keeps_no_visitors_run_out_of_the_queue(clock: Clock) -> None:
    manager = ready_trainer(limits=Limits(queued_runs=2, waiting_per_visitor=1))
    for seed in (1, 2):
        manager.train(variant(seed), "ann", in_background=True)
    with pytest.raises(QueueFull, match="2 runs are already waiting"):
        manager.train(variant(3), "bob", in_background=True)
    assert manager.train(variant(4), "ann").position == 1
    assert manager.train(variant(5), "bob").position == 2


def test_to_stop_twice_changes_nothing() -> None:
    manager = ready_trainer()
    job = manager.train(variant(1), "ann")
    manager.take()
    manager.report(job.attempt, LossPoints(steps=(1,), losses=(0.7,)))
    assert manager.stop(job.key, "ann")
    assert manager.stop(job.key, "ann")
    assert job.state == "stopping"
    assert not job.continues_without("ann")


def test_owner_keeps_a_run_for_fifteen_minutes_after_last_seen(
    clock: Clock,
) -> None:
    manager = ready_trainer()
    training = manager.train(variant(1), "ann")
    manager.take()
    manager.report(training.attempt, LossPoints(steps=(1,), losses=(0.7,)))
    waiting = manager.train(variant(2), "ann")
    clock.now += 25
    for job in (training, waiting):
        job.watch("bob")
        assert not manager.stop(job.key, "bob")
        assert job.continues_without("bob")
        assert (job.viewers, job.owners) == (set(), {"ann"})
    assert (training.state, waiting.state) == ("training", "queued")
    clock.now += 900 - 25
    assert training.owners == set()
    assert manager.stop(training.key, "bob")
    assert training.state == "stopping"


def test_visitor_on_another_page_still_watches_their_runs(clock: Clock) -> None:
    manager = ready_trainer(limits=PUBLIC)
    mine = [manager.train(variant(seed), "ann") for seed in (1, 2)]
    others = manager.train(variant(3), "bob")
    for _ in range(100):
        clock.now += 60
        manager.heartbeat("ann")
        manager.overdue()
    assert [job.state for job in (*mine, others)] == ["queued", "queued", "failed"]
    assert mine[0].owners == mine[0].viewers == {"ann"}


def test_visitor_who_joins_a_run_owns_it_too(clock: Clock) -> None:
    manager = ready_trainer()
    job = manager.train(variant(1), "ann")
    assert manager.train(variant(1), "bob") is job
    clock.now += 25
    assert not manager.stop(job.key, "ann")
    assert manager.stop(job.key, "bob")
    assert job.state == "stopped"


def test_visitor_who_left_a_run_does_not_keep_it_by_watching() -> None:
    manager = ready_trainer()
    job = manager.train(variant(1), "ann")
    job.watch("bob")
    assert not manager.stop(job.key, "ann")
    job.watch("ann")  # as the page does again and again, also after a reload
    assert job.continues_without("ann")
    assert job.watchers == {"bob"}
    assert manager.train(variant(1), "ann") is job
    assert not job.continues_without("ann")
    assert job.watchers == {"ann", "bob"}


def test_a_place_in_the_queue_is_free_ninety_seconds_after_its_page_was_closed(
    clock: Clock,
) -> None:
    manager = ready_trainer(limits=PUBLIC)
    training = manager.train(variant(1), "ann")
    manager.take()
    waiting = manager.train(variant(2), "ann")
    swept = manager.train(variant(3), "bob", in_background=True)
    clock.now += 90
    assert manager.overdue() == []
    assert waiting.state == "queued"
    clock.now += 1
    assert manager.overdue() == []
    assert [job.state for job in (training, waiting, swept)] == ["training", "failed", "queued"]
    assert waiting.error == (
        "Its page was closed, so it was removed from the queue. Train it again."
    )
    assert manager.train(variant(2), "ann").state == "queued"


def test_one_address_has_ten_of_the_thirty_places_however_many_visitors_it_seems_to_be() -> None:
    manager = ready_trainer(limits=PUBLIC)

    def ask(number: int, address: str, *, in_background: bool = False) -> None:
        name = f"visitor {number}"
        manager.train(variant(number), name, in_background=in_background, address=address)

    for number in range(10):
        ask(number, "1.2.3.4")
    with pytest.raises(QueueFull, match="10 runs from your network are already waiting"):
        ask(10, "1.2.3.4")
    for number in range(20, 40):
        ask(number, f"5.6.7.{number // 10}")
    with pytest.raises(QueueFull, match="30 runs are already waiting"):
        ask(40, "9.9.9.9")
    assert len(manager.jobs()) == 30


def test_sweeps_of_one_address_have_as_many_places_as_one_visitors() -> None:
    manager = ready_trainer(limits=PUBLIC)
    for number in range(25):
        manager.train(variant(number), f"{number}", in_background=True, address="1.2.3.4")
    with pytest.raises(QueueFull, match="25 runs from your network are already waiting"):
        manager.train(variant(25), "25", in_background=True, address="1.2.3.4")
    assert manager.train(variant(25), "25", in_background=True, address="5.6.7.8").position == 26
    assert manager.train(variant(26), "26", address="1.2.3.4").position == 1


def test_the_time_of_a_start_counts_from_its_first_try(clock: Clock) -> None:
    manager = IdleTrainer()
    assert manager.status.seconds_starting is None
    for _ in range(3):
        manager.set_status("warming", ready_at=clock.now + 5)
        clock.now += 60
    assert manager.status.seconds_starting == 180
    manager.set_status("ready")
    assert manager.status.seconds_starting is None
    manager.set_status("restarting", ready_at=clock.now + 5)
    clock.now += 11
    assert (manager.status.seconds_starting, manager.status.is_late) == (11, True)
