"""The page process: what it may not load, and by what name it knows a browser."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from core import visitors

USE_THE_APP = """
import sys
from pathlib import Path
from streamlit.testing.v1 import AppTest
from core.store import RunStore
from pages.components.common import services
from support.fake_trainer import FakeTrainer
from support.runs import make_run

store = RunStore(Path(sys.argv[1]))
store.put(make_run())
trainer = FakeTrainer(store)
services.trainer, services.store, services.run_of = lambda: trainer, lambda: store, store.get
services.visitor = lambda: "visitor"
app = AppTest.from_file("app.py", default_timeout=60).run()
assert not app.exception
assert "pandas" not in sys.modules, "the first page came 0.3 s later"
unneeded = {"jinja2", "core.export.export_files", "core.data.image_files.recognition"}
assert not unneeded & sys.modules.keys(), "the first page comes later"
app.switch_page("pages/lab.py").run()
assert not app.exception, app.exception
app.button_group(key="digits").set_value("worst").run()
app.button_group(key="activation").set_value("tanh").run()
app.button(key="train").click().run()
assert not app.exception and trainer.requested
for page in ("inside", "compare", "matrix", "losses", "library"):
    app.switch_page(f"pages/{page}.py").run()
    assert not app.exception, page
heavy = ("tensorflow", "keras", "h5py", "sklearn", "torch", "pptx")
print([name for name in sys.modules if name.split(".")[0] in heavy])
"""


@pytest.mark.timeout(240)
def test_using_the_app_loads_no_tensorflow_keras_or_powerpoint(tmp_path: Path) -> None:
    # A process of its own: what other tests have loaded says nothing.
    code = "import sys; sys.path[:0] = ['.', 'tests']\n" + USE_THE_APP
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip().splitlines()[-1] == "[]"


def masked(token: bytes, mask: bytes) -> str:
    hidden = bytes(byte ^ mask[place % 4] for place, byte in enumerate(token))
    return f"2|{mask.hex()}|{hidden.hex()}|1795464088"


def test_a_browser_is_known_by_its_cookie_whatever_the_cookie_s_mask():
    token = bytes(range(16))
    first, second = masked(token, b"\x01\x02\x03\x04"), masked(token, b"\xf1\x02\x99\x04")
    assert first != second
    assert visitors.unmasked(first) == visitors.unmasked(second) == token


@pytest.mark.parametrize("cookie", ["", "2|zz|00|1", "2", "no cookie at all"])
def test_a_cookie_that_is_none_names_nobody(cookie):
    assert not visitors.unmasked(cookie)


def test_openblas_is_told_before_it_is_loaded_that_idle_threads_sleep():
    code = (
        "import sys, streamlit.web.cli, streamlit.web.server.starlette, core, os;"
        " print('numpy' in sys.modules, os.environ['OPENBLAS_THREAD_TIMEOUT'])"
    )
    shown = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    )
    assert shown.stdout.split() == ["False", "4"]
