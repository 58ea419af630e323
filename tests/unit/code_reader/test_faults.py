"""Every fault is named with its line; the corrected code, read again, has none."""

from __future__ import annotations

import pytest

from core.code_reader import read
from support.modules import beside

faulty_scripts = beside(__file__, "faulty_scripts")


@pytest.mark.parametrize("faulty", faulty_scripts.FAULTY, ids=lambda faulty: faulty.name)
def test_fault_is_named_with_its_line_and_repaired(faulty) -> None:
    reading = read(faulty.code)
    wanted = [(faulty.fault, faulty.line)] if faulty.fault else []
    assert [(fault.code, fault.line) for fault in reading.faults][: len(wanted) or None] == wanted
    if not faulty.fault:
        assert any(finding.severity in ("fault", "warning") for finding in reading.findings)
    assert reading.corrected is not None
    assert tuple(line for change in reading.changes for line in change.after) == faulty.after
    assert all(change.reasons for change in reading.changes)
    again = read(reading.corrected)
    assert again.faults == ()
    assert all(finding.severity in ("note", "fit") for finding in again.findings)
    assert again.corrected is None
