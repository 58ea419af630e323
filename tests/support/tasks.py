"""A fake training task for workers in tests: quick, and controlled by the test.

A test and the worker communicate through files in a folder, which the test sets in LAB_TEST_SCRIPTS
before the worker starts.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from core.errors import DataUnavailable
from core.progress import EpochScores, Frame, LossPoints, Report, Stage
from core.run import Run
from core.variant import Variant
from support.runs import make_run

FOLDER = "LAB_TEST_SCRIPTS"
DEADLINE_SECONDS = 60.0
STEPS_PER_EPOCH = 10
NO_DATA = "No network, and no such data here."


class Script:
    """Instructions from a test to the training in the worker.

    Args:
        folder: the folder that both use.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def plan(self, variant: Variant, behaviour: str) -> None:
        """Plan the behaviour of a variant's trainings.

        Args:
            variant: the variant.
            behaviour: "hold" (in epoch 2, until `release` or a stop), "compile" (hold before the
                first step, ignoring a stop), "raise", "no data".
        """
        (self.folder / f"{variant.key}.plan").write_text(behaviour)

    def plan_start(self, behaviour: str) -> None:
        """Delay workers that start from now on.

        Args:
            behaviour: "busy" (until `release_start`, at work), "stuck" (until then, idle), "".
        """
        (self.folder / "start.go").unlink(missing_ok=True)
        (self.folder / "start.plan").write_text(behaviour)

    def release_start(self) -> None:
        """Let a delayed worker continue."""
        (self.folder / "start.go").touch()

    def start(self) -> None:
        """Called in a worker before it is ready."""
        plan = self.folder / "start.plan"
        behaviour = plan.read_text() if plan.exists() else ""
        deadline = time.monotonic() + DEADLINE_SECONDS
        while behaviour and not (self.folder / "start.go").exists():
            if behaviour == "stuck":
                time.sleep(0.1)
            if time.monotonic() > deadline:
                raise AssertionError("nobody let the worker go on")

    def release(self, variant: Variant) -> None:
        """Let a held training continue, now and when it is trained again."""
        (self.folder / f"{variant.key}.go").touch()

    def calls(self, variant: Variant) -> list[int]:
        """The process of each started training of this variant."""
        path = self.folder / f"{variant.key}.calls"
        return [int(line) for line in path.read_text().split()] if path.exists() else []

    def behaviour(self, variant: Variant) -> str:
        """The planned behaviour; empty for none."""
        path = self.folder / f"{variant.key}.plan"
        return path.read_text() if path.exists() else ""

    def record_call(self, variant: Variant) -> None:
        """Record that a training starts in this process."""
        with (self.folder / f"{variant.key}.calls").open("a") as calls:
            calls.write(f"{os.getpid()}\n")

    def hold(self, variant: Variant, should_stop: Callable[[], bool]) -> bool:
        """Wait for `release`; returns whether it was stopped meanwhile."""
        deadline = time.monotonic() + DEADLINE_SECONDS
        while not (self.folder / f"{variant.key}.go").exists():
            if should_stop():
                return True
            if time.monotonic() > deadline:
                raise TimeoutError("nobody released the training")
            time.sleep(0.01)
        return False


def train(variant: Variant, report: Report, should_stop: Callable[[], bool]) -> Run | None:
    """Report two epochs of ten steps, and return a run with artificial numbers."""
    script = Script(Path(os.environ[FOLDER]))
    script.record_call(variant)
    behaviour = script.behaviour(variant)
    if behaviour == "raise":
        raise ArithmeticError("the numbers are wrong")
    if behaviour == "no data":
        raise DataUnavailable(NO_DATA)
    report(Stage(name="compiling"))
    if behaviour == "compile":
        script.hold(variant, lambda: False)
    if should_stop():
        return None
    report(Stage(name="training", steps_per_epoch=STEPS_PER_EPOCH, total_steps=20))
    report_epoch(report, 1)
    report(LossPoints(steps=(11, 15), losses=(0.3, float("nan"))))
    if behaviour == "hold" and script.hold(variant, should_stop):
        return make_run(variant, status="stopped")
    report_epoch(report, 2)
    return make_run(variant)


def report_epoch(report: Report, epoch: int) -> None:
    """Report the end of an epoch."""
    step = epoch * STEPS_PER_EPOCH
    report(LossPoints(steps=(step,), losses=(1.0 / epoch,)))
    report(Frame(step=step, pixels=np.full((10, 784), epoch / 2, np.float32)))
    report(
        EpochScores(
            epoch=epoch,
            step=step,
            loss=1.0 / epoch,
            validation_loss=1.5 / epoch,
            displayed_loss=1.5 / epoch,
            mse=0.1 / epoch,
            ssim=None,
        )
    )


def warm_up() -> None:
    """Called when a worker starts."""
    Script(Path(os.environ[FOLDER])).start()
