"""Advice: what will go wrong with some settings, what went wrong, and which setting to change."""

from core.advice.checks import preflight
from core.advice.findings import Finding, Severity, Tone, Verdict
from core.advice.fits import FITS, Fit, fits
from core.advice.measures import evidence
from core.advice.rules import WORDS, verdict
from core.floors import best_mse, floor
from core.reach import best_possible

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
    "evidence",
    "fits",
    "floor",
    "preflight",
    "verdict",
]
