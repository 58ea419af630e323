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


@pytest.mark.parametrize(
    "name",
    ["lost_logits", "logits_lost_by_reshape", "uncalled_activation", "dropped_activation"],
)
def test_correction_promises_no_smaller_error_where_training_shows_none(name: str) -> None:
    """Measured: see tests/training/test_corrected_code.py."""
    faulty = next(script for script in faulty_scripts.FAULTY if script.name == name)
    reasons = [reason for change in read(faulty.code).changes for reason in change.reasons]
    assert len(reasons) == 1
    assert "may not lower the error" in reasons[0]


def test_output_activation_that_is_never_called_is_another_matter() -> None:
    faulty = next(s for s in faulty_scripts.FAULTY if s.name == "uncalled_activation")
    code = faulty.code.replace("self.relu = nn.ReLU()", "self.out = nn.Sigmoid()")
    code = code.replace("torch.sigmoid(self.fc2(x))", "self.fc2(x)").replace("BCELoss", "MSELoss")
    reading = read(code)
    assert [fault.code for fault in reading.faults] == ["unused_activation"]
    reasons = [reason for change in reading.changes for reason in change.reasons]
    assert reasons == ["Sigmoid was never called."]
