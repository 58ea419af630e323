"""Every way to write an autoencoder: what is read is what the script does."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from core.code_reader import read
from support.scripts import Script


def scripts(name: str) -> tuple[Script, ...]:
    """The scripts of a file beside this one."""
    path = Path(__file__).with_name(f"{name}.py")
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module: ModuleType = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return tuple(module.SCRIPTS)


ALL = [*scripts("keras_scripts"), *scripts("torch_scripts")]


@pytest.mark.parametrize("script", ALL, ids=lambda script: script.name)
def test_reads_what_the_script_does(script: Script) -> None:
    reading = read(script.code)
    found = {
        name: reading.settings[name].value for name in script.settings if name in reading.settings
    }
    assert found == script.settings
    assert tuple(fault.code for fault in reading.faults) == script.faults
    if script.exact:
        assert reading.unsupported == ()
        assert reading.variant is not None
    if script.assumed is not None:
        assert {setting.name for setting in reading.assumed} == script.assumed
    if script.ignored:
        assert any(script.ignored in remark.sentence for remark in reading.ignored)
    if script.unsupported:
        assert reading.variant is None
        assert any(script.unsupported in remark.sentence for remark in reading.unsupported)
