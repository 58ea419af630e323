"""Modules with test data beside a test."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType


def beside(file: str, name: str) -> ModuleType:
    """The module with this name in the folder of a test file."""
    spec = importlib.util.spec_from_file_location(name, Path(file).with_name(f"{name}.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
