"""The visible outcome of a run in one word, to be predicted before it is trained."""

from __future__ import annotations

from typing import Literal

from core.diagnostics import verdict
from core.metrics import image_metrics
from core.run import Run

Outcome = Literal["black", "grey", "works", "noise", "other"]
OUTCOMES: dict[Outcome, str] = {
    "black": "Black",
    "grey": "Grey",
    "works": "Works",
    "noise": "Noise",
    "other": "Something else",
}
# Mean pixel value below which all images look black, and the standard deviation over all pixels
# below which they look like one even grey.
BLACK = 0.02
EVEN = 0.1


def outcome_of(run: Run) -> Outcome:
    """The word for a run's pinned digits; the verdict decides whether they work or are noise."""
    run_verdict = verdict(run)
    if run_verdict.tone == "good":
        return "works"
    if run.history.frames:
        pixels = image_metrics.displayed(run.history.frames[-1].pixels)
        if float(pixels.mean()) < BLACK:
            return "black"
        if float(pixels.std()) < EVEN:
            return "grey"
    return "noise" if run_verdict.code == "noise" else "other"
