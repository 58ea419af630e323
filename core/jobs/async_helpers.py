"""Starts and ends that are not broken off: that would leave processes and sockets behind."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from distributed import Client, Scheduler

Server = TypeVar("Server", Client, Scheduler)


async def unbroken(work: Coroutine[Any, Any, object]) -> None:
    """Wait for its end; whoever is cancelled meanwhile is cancelled then."""
    task = asyncio.ensure_future(work)
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.gather(task, return_exceptions=True)
        raise


@asynccontextmanager
async def up(server: Server) -> AsyncIterator[Server]:
    """A scheduler or a client that has started; it is closed afterwards."""
    try:
        await unbroken(server.__aenter__())
        yield server
    finally:
        await server.__aexit__(None, None, None)
