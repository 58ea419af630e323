"""Who may import what: the page process stays small, and core works without Streamlit."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

HEAVY = {"tensorflow", "keras"}
MODULES = sorted(Path("core").rglob("*.py"))
WITHOUT_TENSORFLOW = [path for path in MODULES if "training" not in path.parts]


# From the lowest up. A module imports from its own entry and from lower layers; the longest name
# that fits it counts.
LAYERS = (
    ("core.errors",),
    ("core.log",),
    ("core.environment",),
    ("core.error_reporting", "core.system_info", "core.files"),
    ("core.progress", "core.data.datasets", "core.data.normalization"),
    ("core.data.image_sets",),
    ("core.objectives.activations",),
    ("core.objectives.loss_formulas",),
    ("core.objectives.losses",),
    ("core.layer_widths", "core.optimizers"),
    ("core.setting_values",),
    ("core.variant",),
    ("core.variant_grid", "core.limits", "core.run", "core.visitors"),
    ("core.data",),
    ("core.objectives", "core.text"),
    ("core.metrics",),
    ("core.diagnostics",),
    ("core.training", "core.store"),
    ("core.jobs",),
    ("core.charts", "core.code_reader"),
    ("core.views",),
    ("core.export",),
    ("core.cli",),
    ("core.__main__", "pages.components.server"),
    ("pages.components.common",),
    tuple(
        f"pages.components.{page}"
        for page in (
            "story",
            "lab",
            "inside",
            "compare",
            "matrix",
            "losses",
            "library",
            "status",
            "your_code",
        )
    ),
    ("pages", "app"),
)


def layer_name(module: str) -> str:
    """The entry of `LAYERS` that a module belongs to; a page is an entry of its own."""
    entries = (entry for layer in LAYERS for entry in layer)
    name = max((e for e in entries if f"{module}.".startswith(f"{e}.")), key=len)
    return module if name == "pages" else name


def level(module: str) -> int:
    """The place of a module's layer, 0 for the lowest."""
    name = layer_name(module)
    return next((i for i, layer in enumerate(LAYERS) if name in layer), len(LAYERS) - 1)


def arrows() -> Iterator[tuple[str, str]]:
    """Every import of one module of the lab by another, wherever in it."""
    paths = [Path("app.py"), *Path("core").rglob("*.py"), *Path("pages").rglob("*.py")]
    for path in paths:
        module = ".".join(path.with_suffix("").parts).removesuffix(".__init__")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.ImportFrom) or node.module is None:
                continue
            if node.module.split(".")[0] in ("core", "pages"):
                for alias in node.names:
                    target = f"{node.module}.{alias.name}"
                    yield module, target if is_module(target) else node.module


def is_module(name: str) -> bool:
    """Whether the lab has a module or a package of this name."""
    path = Path(*name.split("."))
    return path.with_suffix(".py").exists() or path.is_dir()


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


def test_imports_point_from_higher_layers_to_lower_ones() -> None:
    upward = [
        f"{module} -> {target}"
        for module, target in arrows()
        if level(target) > level(module)
        or (level(target) == level(module) and layer_name(target) != layer_name(module))
    ]
    assert upward == []


@pytest.mark.parametrize(
    ("higher", "lower"),
    [
        ("pages.lab", "pages.components.lab.result"),
        ("pages.components.lab.result", "core.views.lab.lab_view"),
        ("core.jobs.trainer", "core.store.run_store"),
        ("core.data.loading", "core.variant"),
        ("core.variant", "core.data.datasets"),
    ],
)
def test_layers_are_found_by_the_longest_name(higher: str, lower: str) -> None:
    assert level(higher) > level(lower)


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
