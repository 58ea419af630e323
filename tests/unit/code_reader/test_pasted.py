"""Text as people paste it: repaired where that is safe, refused with its line where it is not."""

from __future__ import annotations

import json
import time

import pytest

from core.code_reader import read
from core.errors import UnreadableCode
from core.variant import Variant
from support.modules import beside

CODE = beside(__file__, "faulty_scripts").KERAS
LINES = CODE.splitlines()


def as_notebook(*cells: str) -> str:
    return json.dumps(
        {
            "cells": [
                {"cell_type": "markdown", "source": ["# An autoencoder\n"]},
                *({"cell_type": "code", "source": c.splitlines(keepends=True)} for c in cells),
            ],
            "nbformat": 4,
        }
    )


def console(prompt: str, more: str) -> str:
    return "\n".join((more if line.startswith((" ", ")")) else prompt) + line for line in LINES)


PASTED = {
    "fences": (f"My loss looks fine:\n\n```python\n{CODE}```\nbut it's black. Why?\n", "fences"),
    "two_fences": (
        "First\n```\n"
        + "\n".join(LINES[:6])
        + "\n```\nthen\n```py\n"
        + "\n".join(LINES[6:])
        + "\n```",
        "fences",
    ),
    "console": (console(">>> ", "... "), "prompts"),
    "ipython": ("\n".join(f"In [{n}]: {line}" for n, line in enumerate(LINES)), "prompts"),
    "notebook": (as_notebook("\n".join(LINES[:6]), "\n".join(LINES[6:])), "notebook"),
    "notebook_with_magics": (
        as_notebook("%matplotlib inline\n!pip install keras\n" + "\n".join(LINES)),
        "notebook",
    ),
    "magics": ("%matplotlib inline\n!pip install tensorflow\n" + CODE + "model?\n", "magics"),
    "curly_quotes": (
        CODE.replace('"relu"', "\u201crelu\u201d").replace('"adam"', "\u2018adam\u2019"),
        "characters",
    ),
    "no_break_spaces": (CODE.replace(" = ", "\u00a0=\u00a0"), "characters"),
    "indented": ("\n".join(f"    {line}" for line in LINES), "indentation"),
    "indented_but_first": (
        LINES[0] + "\n" + "\n".join(f"    {line}" for line in LINES[1:]),
        "indentation",
    ),
    "print_of_python_2": (CODE + 'print "done", 1\nprint\nif 1: print "x"\n', "python2"),
    "except_of_python_2": (
        f"try:\n    pass\nexcept ImportError, e:\n    print e\n{CODE}",
        "python2",
    ),
    "tabs": (f"if True:\n\ta = 1\n        b = 2\n{CODE}", "tabs"),
    "printed_output": (CODE + "Epoch 1/5\n600/600 [=====>] - 2s 3ms/step - loss: 0.2\n", "outputs"),
    "windows": (CODE.replace("\n", "\r\n"), ""),
    "byte_order_mark": ("\ufeff" + CODE, ""),
}


@pytest.mark.parametrize("name", PASTED)
def test_repaired_text_is_read_like_the_plain_one(name: str) -> None:
    pasted, repair = PASTED[name]
    reading, plain = read(pasted), read(CODE)
    assert reading.variant == plain.variant
    assert reading.variant is not None
    codes = [found.code for found in reading.repairs]
    assert (repair in codes) if repair else codes == []


def test_lines_are_those_of_the_visitors_text() -> None:
    reading = read(PASTED["fences"][0])
    assert reading.settings["loss"].line == 14 + 3
    assert PASTED["fences"][0].splitlines()[16].startswith("model.compile")


def test_bytes_of_a_file_are_read() -> None:
    assert read(CODE.encode()).variant == read(CODE).variant
    assert read(("# \u00e9\n" + CODE).encode("latin-1")).variant == read(CODE).variant


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "There is no code here."),
        (" \n\n", "There is no code here."),
        ("x = (1,\ny = 2", "Line 1 is not Python: '(' was never closed (`x = (1,`)."),
        (
            "model.fit(x x)",
            "Line 1 is not Python: invalid syntax. Perhaps you forgot a comma? (`model.fit(x x)`).",
        ),
        ("a = 1\n    b = 2\nc = 3\n", "Line 2 is not Python: unexpected indent (`b = 2`)."),
        (
            "print('hello')",
            "No autoencoder was found: no network is trained to reproduce its input.",
        ),
        ("x" * 200_001, "The code is larger than 200 kB, which is the limit."),
        ("a\0b", "This is not text: it contains zero bytes."),
        ("-" * 90_000 + "1", "The code is nested too deeply to be read."),
        ("x = " + "[" * 150 + "]" * 150, "Line 1 is nested too deeply to be read."),
    ],
)
def test_refusal_is_one_sentence_with_the_line(text: str, sentence: str) -> None:
    with pytest.raises(UnreadableCode) as refusal:
        read(text)
    assert str(refusal.value) == sentence


def read_or_refused(text: str) -> tuple[Variant | None, str]:
    try:
        return read(text).variant, ""
    except UnreadableCode as refusal:
        return None, str(refusal)


@pytest.mark.parametrize(
    "bomb",
    [
        "x = 9 ** 9 ** 9 ** 9",
        "x = 'a' * 10 ** 10",
        "x = [0] * 10 ** 9 * 10 ** 9",
        "x = [[0] * 9999] * 9999\ny = [x] * 9999",
        "for i in range(10 ** 12):\n    for j in range(10 ** 12):\n        x = i * j",
        "while True:\n    x = 1",
        "def f(n):\n    return f(n - 1) + f(n - 2)\nf(100)",
        "f = lambda g: g(g)\nf(f)",
        "x = 1\n" + "x = x * 1000000\n" * 2000,
        "a = [1]\n" + "a = a + a\n" * 200,
        "x = '%999999999d' % 1",
        "x = f'{1:999999999}'",
        "d = 'x' * 9999\n" + "d = d + d\n" * 100,
        "[x for a in range(999) for b in range(999) for c in range(999)]",
        "x = 1 << 10 ** 10",
        "x = " + "1 + " * 20_000 + "1",
        "class A(A): pass\nclass B(B): pass\nA()()()",
        "x = []\nx.append(x)\nx = x + x\nprint(x == x)\ny = (x,)\n"
        + "y = (y, y)\n" * 60
        + "z = y == y",
    ],
)
def test_bomb_is_read_or_refused_at_once(bomb: str) -> None:
    started = time.thread_time()
    variant, refusal = read_or_refused(bomb + "\n" + CODE)
    assert variant == read(CODE).variant or len(refusal.splitlines()) == 1
    assert time.thread_time() - started < 2


def test_several_autoencoders_are_counted_and_chosen() -> None:
    head = "\n".join(LINES[:7]) + "\n"
    one = "\n".join(LINES[7:]) + "\n"
    other = one.replace("32", "8").replace("model", "other")
    first, second = read(head + one + other), read(head + one + other, 1)
    assert first.candidates == second.candidates == 2
    assert first.settings["layers"].value == (128, 32, 128)
    assert second.settings["layers"].value == (128, 8, 128)
    assert first.candidate_lines == (15, 23)


def test_a_notebook_file_with_large_outputs_is_read_without_them() -> None:
    notebook = json.loads(as_notebook(CODE))
    notebook["cells"][-1]["outputs"] = [{"data": {"image/png": "A" * 1_000_000}}]
    for content in (json.dumps(notebook).encode(), json.dumps(notebook)):
        reading = read(content)
        assert reading.variant == read(CODE).variant
        assert [repair.code for repair in reading.repairs] == ["notebook"]


def test_file_beyond_its_own_limit_is_not_even_searched_for_code() -> None:
    begun = time.thread_time()
    with pytest.raises(UnreadableCode, match="larger than 20 MB, which is the limit"):
        read(b'{"cells": [' + b" " * 21_000_000)
    assert time.thread_time() - begun < 1


@pytest.mark.parametrize(
    "content",
    [b'{"cells": [' + b"[" * 300_000, b'{"cells": 1' + b" " * 300_000 + b"}", b"x = 1\n" * 50_000],
    ids=["nested", "not_a_list", "a_script"],
)
def test_too_large_file_that_is_no_notebook_is_refused(content: bytes) -> None:
    with pytest.raises(UnreadableCode, match="larger than 200 kB"):
        read(content)
