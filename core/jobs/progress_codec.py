"""Progress events in the types that Dask sends as they are: numbers, text, tuples, bytes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import Any

import numpy as np

from core.progress import PINNED_COUNT, EpochScores, Event, Frame, LossPoints, Stage

KINDS: dict[str, Callable[..., Event]] = {
    kind.__name__: kind for kind in (Stage, LossPoints, EpochScores, Frame)
}


def to_wire(event: Event) -> dict[str, Any]:
    """An event as a dictionary; the pixels of a frame as the bytes of their float32 values."""
    message = {field.name: getattr(event, field.name) for field in fields(event)}
    if isinstance(event, Frame):
        message["pixels"] = np.asarray(event.pixels, np.float32).tobytes()
    return {"kind": type(event).__name__, **message}


def from_wire(message: Mapping[str, Any]) -> Event:
    """The inverse of `to_wire`; sequences may arrive as lists."""
    values: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in message.items()
        if name != "kind"
    }
    if message["kind"] == Frame.__name__:
        pixels = np.frombuffer(values["pixels"], np.float32)
        values["pixels"] = pixels.reshape(PINNED_COUNT, -1)
    return KINDS[message["kind"]](**values)
