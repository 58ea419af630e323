"""The replay: a slider over the epochs of all runs, moved by hand or by Play."""

from __future__ import annotations

import math
from collections.abc import Sequence

import streamlit as st

from core.variant import Variant
from pages.components.common.comparison_link import COMPARISON
from pages.components.compare.compared_runs import Entry

# Session-state keys.
PLAYING = "compare-playing"
PLAYS = "compare-plays"
# Seconds between two frames of a replay.
FASTEST_TICK = 0.2
SLOWEST_TICK = 0.6
# Seconds between two checks of variants in training that are not shown.
AWAITING_TICK = 1.0
# The duration of a replay in seconds, within the limits of the ticks.
REPLAY_SECONDS = 5.0
# The largest number of frames of a replay.
MAX_STOPS = 60
EPOCH_STEP = 0.1


def is_playing() -> bool:
    """Whether the replay is playing."""
    return bool(st.session_state.get(PLAYING, False))


def tick(entries: Sequence[Entry], awaited: Sequence[Variant]) -> float | None:
    """Seconds between two updates of the body; None if nothing changes by itself.

    Args:
        entries: the runs.
        awaited: other variants that train for this page.
    """
    ticks = [entry.status.tick for entry in entries if entry.status.tick is not None]
    if awaited:
        ticks.append(AWAITING_TICK)
    if is_playing():
        seconds = REPLAY_SECONDS / len(stops(entries))
        ticks.append(min(max(seconds, FASTEST_TICK), SLOWEST_TICK))
    return min(ticks, default=None)


def position(entries: Sequence[Entry]) -> float:
    """The epoch to show; advances the replay while it plays, and stops it at the end."""
    view = COMPARISON.now
    if is_playing():
        here = view.last_epoch if view.epoch is None else view.epoch
        ahead = [stop for stop in stops(entries) if stop > here]
        COMPARISON.change(epoch=ahead[0] if ahead[1:] else None)
        if not ahead[1:]:
            st.session_state[PLAYING] = False
            st.rerun()
    epoch = COMPARISON.now.epoch
    return float(view.last_epoch) if epoch is None else min(epoch, float(view.last_epoch))


def stops(entries: Sequence[Entry]) -> list[float]:
    """The epochs at which some run has a new frame, thinned out, with the last epoch."""
    tenths = {
        math.ceil(round(10 * entry.history.epoch_at(frame.step), 6))
        for entry in entries
        if entry.run
        for frame in entry.history.frames
    }
    end = COMPARISON.now.last_epoch
    found = sorted({*(tenth / 10 for tenth in tenths if tenth < 10 * end), float(end)})
    stride = math.ceil(len(found) / MAX_STOPS)
    return found[::-1][::stride][::-1]


def controls_row(entries: Sequence[Entry], epoch: float) -> None:
    """Draw Play and the slider; call `position` before."""
    playing = is_playing()
    nothing = not any(entry.run and entry.history.frames for entry in entries)
    key = f"compare-epoch-{COMPARISON.now.last_epoch}-{_plays()}"
    if st.session_state.get(key) != epoch:
        st.session_state[key] = epoch
    with st.container(horizontal=True, vertical_alignment="bottom", key="compare-replay"):
        st.button(
            "Pause" if playing else "Play",
            icon=":material/pause:" if playing else ":material/play_arrow:",
            key="compare-play",
            on_click=_play_or_pause,
            disabled=nothing,
        )
        st.slider(
            "Epoch of all rows",
            min_value=0.0,
            max_value=float(COMPARISON.now.last_epoch),
            value=epoch,
            step=EPOCH_STEP,
            format="epoch %.5g",
            key=key,
            on_change=None if playing else _move,
            args=(key,),
            disabled=playing or nothing,
            label_visibility="collapsed",
        )


def _play_or_pause() -> None:
    st.session_state[PLAYING] = not is_playing()
    if is_playing() and COMPARISON.now.epoch is None:
        COMPARISON.change(epoch=0.0)


def _plays() -> int:
    """The number of times that the replay was started or ended.

    It is part of the slider's key: a late message about the old slider would otherwise look like a
    move by hand.
    """
    count, was_playing = st.session_state.get(PLAYS, (0, False))
    if is_playing() != was_playing:
        st.session_state[PLAYS] = count + 1, is_playing()
    return int(st.session_state.get(PLAYS, (0, False))[0])


def _move(key: str) -> None:
    epoch = st.session_state[key]
    COMPARISON.change(epoch=epoch if epoch < COMPARISON.now.last_epoch else None)
