"""The checks for faults in the code."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from core.code_reader import data_faults, layer_faults, loss_faults, noted_faults
from core.code_reader.network import Network
from core.code_reader.reader_state import ReaderState
from core.code_reader.reading import Fault, Setting
from core.code_reader.text import Text

Check = Callable[[ReaderState, Network, Mapping[str, Setting], Text], list[Fault]]
CHECKS: tuple[Check, ...] = (
    noted_faults.faults_from_notes,
    data_faults.labels_as_target,
    data_faults.different_scaling,
    data_faults.scaled_twice,
    data_faults.unused_scaling,
    data_faults.unused_transform,
    data_faults.noisy_target,
    layer_faults.bypassed,
    layer_faults.unused_activation,
    layer_faults.activation_twice,
    layer_faults.output_width,
    loss_faults.sigmoid_twice,
    loss_faults.outside_of_bce,
    loss_faults.cross_entropy,
    loss_faults.lost_logits,
    loss_faults.adadelta,
    loss_faults.optimizer_steps,
)


def faults_of(
    state: ReaderState, network: Network, settings: Mapping[str, Setting], text: Text
) -> list[Fault]:
    """All faults, sorted by line."""
    found: list[Fault] = []
    for check in CHECKS:
        for fault in check(state, network, settings, text):
            if not any((f.code, f.line) == (fault.code, fault.line) for f in found):
                found.append(fault)
    return sorted(found, key=lambda fault: fault.line)
