"""A sweep through a real worker: trained once, stopped, resumed, behind visitors."""

from __future__ import annotations

from collections.abc import Callable

from core.jobs import Job, Trainer, sweep
from core.variant import Variant
from support.memory_store import MemoryStore
from support.tasks import Script
from support.waiting import wait_until

Variants = Callable[[], Variant]


def done(store: MemoryStore) -> set[str]:
    return {key for key, run in store.runs.items() if run.status != "stopped"}


def is_over(trainer: Trainer, store: MemoryStore, variants: list[Variant]) -> bool:
    return not sweep.status(trainer, variants, done(store)).is_running


def test_every_variant_is_trained_once_and_stored_ones_not_at_all(
    trainer: Trainer, store: MemoryStore, script: Script, variants: Variants
) -> None:
    wanted = [variants() for _ in range(3)]
    first = trainer.open(wanted[0], "ann")
    assert isinstance(first, Job)
    assert first.wait(60)
    sweep.start(trainer, wanted, done(store), "ann")
    sweep.start(trainer, wanted, done(store), "ann")
    wait_until(lambda: is_over(trainer, store, wanted))
    assert sweep.status(trainer, wanted, done(store)).done == tuple(wanted)
    assert [len(script.calls(variant)) for variant in wanted] == [1, 1, 1]


def test_a_visitor_goes_before_the_waiting_cells(
    trainer: Trainer, store: MemoryStore, script: Script, variants: Variants
) -> None:
    held, waiting, visitors_own = variants(), variants(), variants()
    script.plan(held, "hold")
    sweep.start(trainer, [held, waiting], done(store), "bob")
    wait_until(lambda: bool(script.calls(held)))
    job = trainer.open(visitors_own, "ann")
    assert isinstance(job, Job)
    assert job.position == 1
    sweep_status = sweep.status(trainer, [held, waiting], done(store))
    assert (sweep_status.training, sweep_status.waiting, sweep_status.total) == (
        (held,),
        (waiting,),
        2,
    )
    script.release(held)
    wait_until(lambda: is_over(trainer, store, [held, waiting]))


def test_a_stopped_sweep_is_resumed_where_it_was(
    trainer: Trainer, store: MemoryStore, script: Script, variants: Variants
) -> None:
    wanted = [variants() for _ in range(3)]
    script.plan(wanted[1], "hold")
    sweep.start(trainer, wanted, done(store), "ann")
    wait_until(lambda: (job := trainer.find(wanted[1].key)) and 15 in job.history.steps)
    sweep.stop(trainer, wanted, "ann")
    wait_until(lambda: is_over(trainer, store, wanted))
    assert script.calls(wanted[2]) == []
    assert store.runs[wanted[1].key].status == "stopped"
    assert sweep.status(trainer, wanted, done(store)).missing == (wanted[1], wanted[2])
    script.release(wanted[1])
    sweep.start(trainer, wanted, done(store), "ann")
    wait_until(lambda: is_over(trainer, store, wanted))
    assert sweep.status(trainer, wanted, done(store)).done == tuple(wanted)
    assert [len(script.calls(variant)) for variant in wanted] == [1, 2, 1]


def test_a_cell_that_two_visitors_sweep_is_trained_once_and_goes_on_for_the_one_who_stays(
    trainer: Trainer, store: MemoryStore, script: Script, variants: Variants
) -> None:
    anns, shared, bobs = variants(), variants(), variants()
    script.plan(shared, "hold")
    sweep.start(trainer, [shared, anns], done(store), "ann")
    sweep.start(trainer, [shared, bobs], done(store), "bob")
    wait_until(lambda: (job := trainer.find(shared.key)) and 15 in job.history.steps)
    assert [job.sweepers for job in trainer.jobs()] == [{"ann", "bob"}, {"ann"}, {"bob"}]
    sweep.stop(trainer, [anns, shared, bobs], "ann")
    sweep_status = sweep.status(trainer, [anns, shared, bobs], done(store))
    assert (sweep_status.training, sweep_status.waiting, sweep_status.missing) == (
        (shared,),
        (bobs,),
        (anns,),
    )
    script.release(shared)
    wait_until(lambda: is_over(trainer, store, [shared, bobs]))
    assert [len(script.calls(variant)) for variant in (anns, shared, bobs)] == [0, 1, 1]
    assert store.runs[shared.key].status == "finished"


def test_failed_cell_shows_its_error(
    trainer: Trainer, store: MemoryStore, script: Script, variants: Variants
) -> None:
    variant = variants()
    script.plan(variant, "raise")
    sweep.start(trainer, [variant], done(store), "ann")
    wait_until(lambda: is_over(trainer, store, [variant]))
    failed = sweep.status(trainer, [variant], done(store)).failed
    assert "the numbers are wrong" in failed[variant]
