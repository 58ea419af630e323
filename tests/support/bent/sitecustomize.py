"""Runs first in every Python process that has this folder on PYTHONPATH, and bends it for a test.

LAB_TEST_CLOCK names a file with two numbers: seconds by which the clock on the wall is wrong, and
by which the one that only counts has jumped ahead. LAB_TEST_SOURCE is JSON: where MNIST is
downloaded from, as the fields of a `RemoteFile`. LAB_TEST_LOOKUPS names a file that gets every name
which is looked up.
"""

import json
import os
import socket
import time
from collections.abc import Callable
from typing import Any

LOOK_SECONDS = 0.05


class Offsets:
    """The numbers in the file, read anew now and then."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._count = time.monotonic
        self._read_at = float("-inf")
        self._offsets = (0.0, 0.0)

    def shifted(self, clock: Callable[[], float], place: int) -> Callable[[], float]:
        """A clock with the number at a place added."""

        def now() -> float:
            if self._count() - self._read_at > LOOK_SECONDS:
                self._read_at = self._count()
                with open(self._path) as file:
                    wall, counted = file.read().split()
                self._offsets = float(wall), float(counted)
            return clock() + self._offsets[place]

        return now


if "LAB_TEST_CLOCK" in os.environ:
    offsets = Offsets(os.environ["LAB_TEST_CLOCK"])
    time.time = offsets.shifted(time.time, 0)
    time.monotonic = offsets.shifted(time.monotonic, 1)

if "LAB_TEST_SOURCE" in os.environ:
    from core.data.download import SOURCES, RemoteFile

    SOURCES["mnist"] = (RemoteFile(**json.loads(os.environ["LAB_TEST_SOURCE"])),)

if "LAB_TEST_LOOKUPS" in os.environ:
    look_up = socket.getaddrinfo
    open(os.environ["LAB_TEST_LOOKUPS"], "a").close()

    def noted(host: Any, *arguments: Any, **options: Any) -> Any:
        with open(os.environ["LAB_TEST_LOOKUPS"], "a") as file:
            print(host.decode() if isinstance(host, bytes) else host, file=file)
        return look_up(host, *arguments, **options)

    socket.getaddrinfo = noted
