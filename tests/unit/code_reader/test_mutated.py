"""Thousands of damaged scripts: each is read or refused in a line, at once, and none is run.

AUTOENCODER_LAB_MUTATIONS says how many; a tenth of the full 20,000 without it.
"""

from __future__ import annotations

import os
import random
import time
import tokenize
from io import StringIO
from pathlib import Path

import pytest

from core.code_reader import Reading, read
from core.errors import UnreadableCode
from support.modules import beside

COUNT = int(os.environ.get("AUTOENCODER_LAB_MUTATIONS", "2000"))
BATCHES = 10
SCRIPTS = [
    *(script.code for script in beside(__file__, "keras_scripts").SCRIPTS),
    *(script.code for script in beside(__file__, "torch_scripts").SCRIPTS),
    *(faulty.code for faulty in beside(__file__, "faulty_scripts").FAULTY),
]


def mutated(text: str, rng: random.Random) -> str:
    """The text with one to three lines or tokens deleted, doubled or swapped."""
    for _ in range(rng.randint(1, 3)):
        text = of_lines(text, rng) if rng.random() < 0.5 else of_tokens(text, rng)
    return text


def of_lines(text: str, rng: random.Random) -> str:
    return "\n".join(changed(text.split("\n"), rng))


def of_tokens(text: str, rng: random.Random) -> str:
    try:
        tokens = list(tokenize.generate_tokens(StringIO(text).readline))
    except (tokenize.TokenError, SyntaxError):
        return of_lines(text, rng)
    lines = text.split("\n")
    numbers = sorted({token.start[0] for token in tokens if token.start[0] <= len(lines)})
    line = rng.choice(numbers)
    parts = [t.string for t in tokens if t.start[0] == line == t.end[0] and t.string.strip()]
    indent = lines[line - 1][: len(lines[line - 1]) - len(lines[line - 1].lstrip())]
    lines[line - 1] = indent + " ".join(changed(parts, rng))
    return "\n".join(lines)


def changed(parts: list[str], rng: random.Random) -> list[str]:
    if not parts:
        return parts
    parts, at, other = list(parts), rng.randrange(len(parts)), rng.randrange(len(parts))
    kind = rng.randrange(3)
    if kind == 0:
        del parts[at]
    elif kind == 1:
        parts.insert(at, parts[at])
    else:
        parts[at], parts[other] = parts[other], parts[at]
    return parts


def outcome(text: str) -> Reading | str:
    try:
        return read(text)
    except UnreadableCode as refusal:
        return str(refusal)


@pytest.mark.timeout(600)
@pytest.mark.parametrize("batch", range(BATCHES))
def test_damaged_script_is_read_or_refused_in_one_line(batch: int) -> None:
    rng = random.Random(batch)
    for _ in range(COUNT // BATCHES):
        text = mutated(rng.choice(SCRIPTS), rng)
        started = time.thread_time()
        found = outcome(text)
        assert time.thread_time() - started < 2, text
        if isinstance(found, str):
            assert found
            assert len(found.splitlines()) == 1
            assert len(found) < 400
        else:
            assert found.settings
            assert found.variant is None or not found.unsupported
            found.to_dict()


PLANTED = """\
import os, sys, subprocess, pickle
open({path!r}, "w").write("run")
os.system("touch " + {path!r})
subprocess.run(["touch", {path!r}])
exec("open(" + repr({path!r}) + ", 'w')")
eval("open(" + repr({path!r}) + ", 'w')")
__import__("pathlib").Path({path!r}).touch()
class Trap:
    def __init__(self):
        self.x = open({path!r}, "w")
    def __getattr__(self, name):
        open({path!r}, "w")
    def __del__(self):
        open({path!r}, "w")
    __add__ = __eq__ = __bool__ = lambda *a: open({path!r}, "w")
trap = Trap() + Trap()
f"{{open({path!r}, 'w')}}"
[open({path!r}, "w") for _ in range(3)]
lambda: open({path!r}, "w")
@open({path!r}, "w").write
def decorated(x=open({path!r}, "w")): pass
decorated()
with open({path!r}, "w") as file:
    pickle.dump(1, file)
assert open({path!r}, "w")
import antigravity, this
"""


@pytest.mark.parametrize("script", SCRIPTS[:5], ids=range(5))
def test_nothing_is_executed(
    script: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "run"
    planted = PLANTED.format(path=str(target))
    try:
        reading = read(planted + script.replace("print x_train.shape", "") + planted)
    finally:
        assert not target.exists()
    assert reading.variant == read(script).variant
    printed = capsys.readouterr()
    assert printed.out == printed.err == ""
