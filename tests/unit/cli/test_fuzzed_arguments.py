"""Thousands of command lines: each is understood, or refused in one line; none ends in a trace."""

from __future__ import annotations

import contextlib
import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from unittest import mock

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from core.cli import COMMANDS, main, parse
from core.cli.arguments import BAD_INPUT, option, variant_of
from core.cli.gallery_command import MAX_CELLS
from core.cli.sweep_command import MAX_WORKERS, values, workers_of
from core.errors import InvalidVariant, TrainerUnavailable
from core.variant import CHOICES, FIELDS, RANGES, Variant

ROOT = Path(__file__).parents[3]
NUMBERS = ["0", "-1", "1e999", "nan", "1_0", "٣", "0x10", "9" * 400, "000000000065", "64", "5"]
ODD = [
    "",
    " ",
    "-",
    "--",
    "=",
    ",",
    "a=b",
    "\n",
    "\x00",
    "é\udcff",
    "<script>",
    "$(id)",
    "%s",
    "../x",
]
CHOSEN = [choice for choices in CHOICES.values() for choice in choices]
EDGES = [str(edge) for edges in RANGES.values() for edge in edges]
VARIED = [
    f"{name}={value}" for name in [*FIELDS, "nothing"] for value in ("", "1,2", "mse,,x", "=")
]
OPTIONS = [
    *map(option, FIELDS),
    "--vary",
    "--workers",
    "--cells",
    "--seed",
    "--json",
    "--help",
    "--no",
]
value = st.one_of(st.sampled_from([*NUMBERS, *ODD, *CHOSEN, *EDGES, *VARIED]), st.text(max_size=20))
part = st.one_of(
    st.sampled_from(OPTIONS).map(lambda name: [name]),
    st.tuples(st.sampled_from(OPTIONS), value).map(list),
    st.tuples(st.sampled_from(OPTIONS), value).map(lambda pair: ["=".join(pair)]),
    value.map(lambda text: [text]),
)
commands = st.sampled_from([*COMMANDS, *COMMANDS, "gallery check", "gallery build", "trian", ""])
lines = st.tuples(commands, st.lists(part, max_size=5)).map(
    lambda line: [*line[0].split(), *(word for words in line[1] for word in words)]
)


class NoTrainer:
    """Stands in for the trainer, which would train whatever is allowed."""

    def __init__(self, *arguments: object, **options: object) -> None:
        raise TrainerUnavailable("Nothing is trained here.")


@contextlib.contextmanager
def quiet() -> Iterator[tuple[io.StringIO, io.StringIO]]:
    """What is printed, instead of printing it."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        yield out, err


@settings(max_examples=2_000)
@given(lines)
@example(["gallery", "check", "--workers=--"])
def test_every_line_is_understood_or_refused(line: list[str]) -> None:
    with quiet() as (_, err):
        try:
            options = parse(line)
        except SystemExit as end:
            code = end.code
        else:
            code = None
    if code is not None:
        assert code in (0, BAD_INPUT)
        assert len(err.getvalue().splitlines()) == (1 if code else 0)
        return
    assert options.command in COMMANDS
    with contextlib.suppress(InvalidVariant):
        if options.command in ("train", "sweep"):
            assert isinstance(variant_of(options), Variant)
        if options.command in ("sweep", "gallery"):
            assert 1 <= workers_of(options) <= MAX_WORKERS
        if options.command == "sweep":
            assert values(options.vary).keys() <= set(FIELDS)


@pytest.mark.usefixtures("home")
@settings(max_examples=200)
@given(lines)
def test_every_command_ends_with_a_code_and_at_most_a_line_of_complaint(line: list[str]) -> None:
    with (
        quiet() as (out, err),
        mock.patch("core.cli.train_command.Trainer", NoTrainer),
        mock.patch("core.cli.sweep_command.Trainer", NoTrainer),
    ):
        try:
            code: object = main(line)
        except SystemExit as end:
            code = end.code
    said, complaint = out.getvalue(), err.getvalue()
    assert code in (0, 1, BAD_INPUT)
    assert "Traceback" not in complaint
    if code == 0:
        assert complaint == ""
        if "--json" in line and said and "--help" not in line and "-h" not in line:
            json.loads(said)
    else:
        assert said == ""
        assert complaint.endswith("\n")
        assert len(complaint.splitlines()) == 1
        assert len(complaint) < 500


@pytest.mark.parametrize("name", ["--workers", "--cells", "--seed"])
def test_leading_zeros_do_not_exceed_a_limit(name: str) -> None:
    command = ["sweep"] if name == "--workers" else ["gallery", "check"]
    most = MAX_WORKERS if name == "--workers" else MAX_CELLS
    with quiet() as (_, err):
        assert main([*command, name, f"000000001{most}"]) == BAD_INPUT
    assert f"{most}." in err.getvalue()


@pytest.mark.parametrize(
    "line",
    [
        [],
        ["train", "--layers", "$(id)"],
        ["train", b"--activation=\xff\xfe"],
        ["sweep", "--vary", "loss=mse,<b>"],
        ["list", "--json"],
    ],
    ids=["nothing", "shell", "bytes", "vary", "list"],
)
def test_no_command_line_prints_a_traceback(line: list[str | bytes], home: Path) -> None:
    finished = subprocess.run(
        [sys.executable, "-m", "core", *line],
        cwd=ROOT,
        env={**os.environ, "AUTOENCODER_LAB_HOME": str(home)},
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert finished.returncode == (0 if line[:1] == ["list"] else BAD_INPUT)
    assert b"Traceback" not in finished.stderr
    assert len(finished.stderr.splitlines()) == (0 if line[:1] == ["list"] else 1)
