"""Limits of a public lab; elsewhere only the memory of a worker is limited.

AUTOENCODER_LAB_PUBLIC=1 turns them on. Streamlit exports top-level secrets of secrets.toml as
environment variables, so a line there has the same effect.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from core import environment
from core.errors import LimitExceeded, QueueFull
from core.variant import Variant, format_value

MEGABYTE = 1_000_000
ELSEWHERE = "Run the lab on your own machine for more."


@dataclass(frozen=True, kw_only=True)
class Limits:
    """The limits in force; None means no limit.

    Attributes:
        epochs: epochs of a run.
        layer_width: units of the widest hidden layer.
        sweep_runs: runs that one visitor's sweeps may train at a time.
        queued_runs: queued runs; those of sweeps do not count for a visitor's own run.
        waiting_per_visitor: queued runs of one visitor.
        waiting_per_address: queued runs from one network address, which may be many people, or one
            person with many browsers; for sweeps the limit is `sweep_runs`.
        run_seconds: duration of a training, after which it is stopped and keeps its weights.
        unwatched_seconds: time for which a run continues after its last watcher left; for a sweep,
            after its owner was last seen.
        queued_left_seconds: time for which a queued run waits after its last watcher left; does not
            apply to sweeps.
        worker_bytes: memory above which a worker is replaced between two runs.
        sessions: open pages.
        sessions_per_address: open pages from one network address.
        upload_bytes: size of a file.
        session_upload_bytes: total size of the files kept for one tab; the oldest are dropped.
        all_upload_bytes: total size of all files kept.
        image_set_bytes: total size of the files of one image set.
        image_set_images: number of images in one image set.
        image_set_inflated_bytes: total size of its files after decompression.
        all_image_sets_bytes: total size of all image sets with their statistics; separately, of
            all files that are being previewed.
        image_set_seconds: time for which an image set is kept after its last session.
        archive_bytes: size of the runs in an export, which is built in memory.
        changes_library: whether runs may be deleted and imported.
        error_details: whether unexpected errors are shown with their text, or only a reference.
    """

    epochs: int | None = None
    layer_width: int | None = None
    sweep_runs: int | None = None
    queued_runs: int | None = None
    waiting_per_visitor: int | None = None
    waiting_per_address: int | None = None
    run_seconds: float | None = None
    unwatched_seconds: float | None = None
    queued_left_seconds: float | None = None
    # Compiled programs stay in memory; after some 470 of them, at 4 GB, XLA's compiler aborts.
    worker_bytes: int | None = 3_000 * MEGABYTE
    sessions: int | None = None
    sessions_per_address: int | None = None
    upload_bytes: int | None = None
    session_upload_bytes: int | None = None
    all_upload_bytes: int | None = None
    image_set_bytes: int | None = None
    image_set_images: int | None = None
    image_set_inflated_bytes: int | None = None
    all_image_sets_bytes: int | None = None
    image_set_seconds: float | None = None
    archive_bytes: int | None = None
    changes_library: bool = True
    error_details: bool = True

    def check(self, variant: Variant) -> None:
        """Refuse a run that is too large.

        Raises:
            LimitExceeded: the text names the limit.
        """
        _refuse(f"{variant.epochs} epochs are", variant.epochs, self.epochs)
        widths = f"Layers of {format_value(variant.layers)} are"
        _refuse(widths, max(variant.layers), self.layer_width, unit=" for a layer")

    def check_sweep(self, runs: int, unfinished: int = 0) -> None:
        """Refuse a sweep that is too large.

        Args:
            runs: number of runs of the sweep.
            unfinished: number of unfinished runs of the visitor's other sweeps.

        Raises:
            LimitExceeded: the text names the limit.
        """
        others = f" in addition to your {unfinished} unfinished ones" if unfinished else ""
        _refuse(f"A sweep of {runs} runs{others} is", runs + unfinished, self.sweep_runs)

    def check_queue(self, *, waiting: int, own: int, nearby: int, sweeps: bool) -> None:
        """Refuse another queued run.

        Args:
            waiting: number of queued runs.
            own: how many of its kind belong to the visitor.
            nearby: how many of its kind come from the visitor's address.
            sweeps: whether the run belongs to a sweep; sweeps have a limit of their own.

        Raises:
            QueueFull: the text names the limit.
        """
        if not sweeps and self.waiting_per_visitor is not None and own >= self.waiting_per_visitor:
            raise QueueFull(
                f"{own} of your runs are already waiting, and more are not allowed;"
                " wait for one, or stop it."
            )
        max_nearby = self.sweep_runs if sweeps else self.waiting_per_address
        if max_nearby is not None and nearby >= max_nearby:
            raise QueueFull(
                f"{nearby} runs from your network are already waiting, the maximum on this public"
                " lab. Try again in a minute; you can still open stored runs."
            )
        if self.queued_runs is not None and waiting >= self.queued_runs:
            raise QueueFull(
                f"{waiting} runs are already waiting, the maximum on this public lab."
                " Try again in a minute; you can still open stored runs."
            )

    def check_sessions(self, *, total: int, nearby: int) -> None:
        """Refuse another open page.

        Args:
            total: number of open pages.
            nearby: how many of them are from the visitor's address.

        Raises:
            LimitExceeded: the text names the limit.
        """
        for count, limit, whose in (
            (nearby, self.sessions_per_address, " from your network"),
            (total, self.sessions, ""),
        ):
            if limit is not None and count >= limit:
                raise LimitExceeded(
                    f"{count} pages are open{whose}, the maximum on this public lab."
                )

    def check_upload(self, size: int) -> None:
        """Refuse a file that is too large, by its size in bytes.

        Raises:
            LimitExceeded: the text names the limit.
        """
        if self.upload_bytes is not None and size > self.upload_bytes:
            raise LimitExceeded(
                f"The file has {size / MEGABYTE:.1f} MB; this public lab takes up to"
                f" {self.upload_bytes / MEGABYTE:g} MB. {ELSEWHERE}"
            )

    def check_archive(self, size: int) -> None:
        """Refuse an archive or Keras models of runs that are too large, by their size in bytes.

        Raises:
            LimitExceeded: the text names the limit.
        """
        if self.archive_bytes is not None and size > self.archive_bytes:
            raise LimitExceeded(
                f"These runs have {math.ceil(size / MEGABYTE)} MB; this public lab exports up to"
                f" {self.archive_bytes / MEGABYTE:g} MB at once. Select fewer."
            )

    def check_change(self) -> None:
        """Refuse to delete or import runs.

        Raises:
            LimitExceeded: the text says so.
        """
        if not self.changes_library:
            raise LimitExceeded(
                f"Runs cannot be deleted or imported on this public lab. {ELSEWHERE}"
            )


UNLIMITED = Limits()
PUBLIC = Limits(
    epochs=100,
    layer_width=512,
    sweep_runs=25,
    queued_runs=30,
    waiting_per_visitor=2,
    waiting_per_address=10,
    run_seconds=300,
    unwatched_seconds=15 * 60,
    # A waiting page calls every two seconds; browsers let hidden tabs call only once a minute.
    queued_left_seconds=70,
    worker_bytes=500 * MEGABYTE,
    # An open page takes up to 0.5 MB of the page process, and up to 2 MB if its browser reads
    # nothing of what it requested, plus a message of 4 MB in transit. So one network can take
    # 180 MB, and 120 ordinary visitors take 60 MB. Thirty suffice for a class behind one address.
    sessions=120,
    sessions_per_address=30,
    upload_bytes=5 * MEGABYTE,
    session_upload_bytes=25 * MEGABYTE,
    all_upload_bytes=60 * MEGABYTE,
    image_set_bytes=20 * MEGABYTE,
    image_set_images=20_000,
    image_set_inflated_bytes=400 * MEGABYTE,
    all_image_sets_bytes=200 * MEGABYTE,
    image_set_seconds=3_600,
    archive_bytes=30 * MEGABYTE,
    changes_library=False,
    error_details=False,
)


def current() -> Limits:
    """The limits in force on this host.

    Raises:
        LabError: AUTOENCODER_LAB_PUBLIC is invalid.
    """
    return PUBLIC if environment.is_public() else UNLIMITED


def _refuse(what: str, value: int, limit: int | None, *, unit: str = "") -> None:
    if limit is not None and value > limit:
        raise LimitExceeded(
            f"{what} more than this public lab allows: {limit}{unit} at most. {ELSEWHERE}"
        )
