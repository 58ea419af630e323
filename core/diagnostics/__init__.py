"""Diagnostics: findings about settings, verdicts on runs, and the settings to change."""

from core.diagnostics.causes import with_cause
from core.diagnostics.compatibility import FITS, Fit, fits
from core.diagnostics.evidence import evidence
from core.diagnostics.findings import Finding, Severity, Tone, Verdict
from core.diagnostics.preflight import preflight
from core.diagnostics.setting_facts import best_mse, floor
from core.diagnostics.verdicts import WORDS, cause, verdict
from core.objectives.floors import best_possible

__all__ = [
    "FITS",
    "WORDS",
    "Finding",
    "Fit",
    "Severity",
    "Tone",
    "Verdict",
    "best_mse",
    "best_possible",
    "cause",
    "evidence",
    "fits",
    "floor",
    "preflight",
    "verdict",
    "with_cause",
]
