"""The verdict on every combination, against what a person saw in its digits."""

from __future__ import annotations

import pytest

from core import diagnostics
from core.metrics.dataset_stats import DatasetStats, statistics
from core.run import Run
from core.store import shipped
from support.verdicts import Reviewed, recorded, reviewed

TABLE = reviewed()


@pytest.fixture(scope="module")
def known() -> DatasetStats:
    return statistics("mnist-sample")


@pytest.fixture(scope="module")
def runs(known: DatasetStats) -> dict[str, Run]:
    return recorded(known)


def name_of(row: Reviewed) -> str:
    settings = row.variant
    return "-".join(
        (settings.normalization, settings.activation, settings.loss, settings.loss_from)
    )


def test_all_combinations_and_their_twins_were_reviewed() -> None:
    assert {row.variant for row in TABLE} == set(shipped.variants()) - set(shipped.TWO_UNITS)
    assert len(TABLE) == 174  # 5 x 5 x 6, and 4 pairs in 6 normalizations
    assert all(row.seen for row in TABLE)


@pytest.mark.parametrize("row", TABLE, ids=name_of)
def test_the_verdict_says_what_was_seen(row: Reviewed, runs: dict[str, Run]) -> None:
    verdict = diagnostics.verdict(runs[row.variant.key])
    assert (verdict.code, verdict.cause) == (row.code, row.cause), row.seen


def test_preflight_findings_come_true(runs: dict[str, Run], known: DatasetStats) -> None:
    """No choice with a fault works, each that fits does; failures have a cause and a remedy."""
    for run in runs.values():
        verdict = diagnostics.verdict(run)
        severities = {finding.severity for finding in diagnostics.preflight(run.variant, known)}
        if "fault" in severities:
            assert verdict.tone != "good", run.variant
        if "fit" in severities:
            assert verdict.tone == "good", run.variant
        assert (verdict.cause is None) == (verdict.tone == "good"), run.variant
        assert (verdict.remedy is None) == (verdict.tone == "good"), run.variant


def test_headlines_are_short(runs: dict[str, Run]) -> None:
    for run in runs.values():
        verdict = diagnostics.verdict(run)
        assert len(f"{verdict.word} {verdict.sentence}") <= 90


def test_shipped_runs_have_the_reviewed_verdicts() -> None:
    """Where a run diverges, rounding decides when it stops being a number."""
    codes = {row.variant.key: row.code for row in TABLE}
    ends = {"diverged", "runaway", "noise", "one_picture", "saturated"}
    for key, summary in shipped.Gallery().summaries.items():
        assert summary.verdict is not None
        if summary.variant in shipped.TWO_UNITS:
            continue
        same = summary.verdict.code == codes[key]
        assert same or {summary.verdict.code, codes[key]} <= ends, summary.variant
