"""Who may import what: the page process stays small, and core works without Streamlit."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

HEAVY = {"tensorflow", "keras"}
MODULES = sorted(Path("core").rglob("*.py"))
WITHOUT_TENSORFLOW = [path for path in MODULES if "training" not in path.parts]


def imported(path: Path) -> Iterator[str]:
    """The top names of all modules that a file imports, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.module.split(".")[0]


def test_core_knows_no_streamlit_and_no_page() -> None:
    guilty = [path for path in MODULES if {"streamlit", "pages"} & set(imported(path))]
    assert guilty == []


def test_pages_and_core_outside_training_name_no_tensorflow() -> None:
    pages = [Path("app.py"), *Path("pages").rglob("*.py")]
    guilty = [path for path in (*pages, *WITHOUT_TENSORFLOW) if HEAVY & set(imported(path))]
    assert guilty == []


def test_a_page_imports_no_other_page() -> None:
    pages = {path.stem for path in Path("pages").glob("*.py")}
    for path in Path("pages").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module and node.module != "pages.shared":
                first, _, second = node.module.partition(".")
                assert not (first == "pages" and second in pages), path


def test_importing_core_loads_no_tensorflow_and_no_streamlit() -> None:
    names = [
        ".".join(path.with_suffix("").parts)
        for path in WITHOUT_TENSORFLOW
        if path.stem not in ("__init__", "__main__") and "sample" not in path.parts
    ]
    program = "; ".join(
        [
            "import importlib, sys",
            f"[importlib.import_module(name) for name in {names!r}]",
            f"print(sorted({HEAVY | {'streamlit'}!r} & set(sys.modules)))",
        ]
    )
    printed = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=100, check=False
    )
    assert (printed.stdout, printed.stderr) == ("[]\n", "")
