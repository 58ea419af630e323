"""Runs each test directory in a separate pytest process and sums up in one line.

Separate processes, since some directories need what others must not have: TensorFlow in the
training tests, worker processes in the job tests, a browser in the browser tests.

    python -m tools.run_tests [DIRECTORY ...] [-- PYTEST_ARGUMENT ...]
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ElementTree
from collections import Counter
from pathlib import Path

from tools import browser

# In the order that finds mistakes soonest.
ORDER = ("packaging", "unit", "training", "jobs", "pages", "browser", "faults")
BY_FILE = ("-n", "2", "--dist", "loadfile")
# A test with workers or a browser uses about one core: it waits for the page, the server and the
# trainer in turn. In alphabetical order: the two minutes of random clicks are a single test, which
# would otherwise run last, and alone.
IN_ORDER = (*BY_FILE, "--no-loadscope-reorder")
IN_PARALLEL = {
    "packaging": ("-n", "2"),
    "unit": ("-n", "2"),
    "training": BY_FILE,
    "jobs": IN_ORDER,
    "pages": BY_FILE,
    "browser": IN_ORDER,
    "faults": IN_ORDER,
}
# For two processes on two cores: waiting threads of one would take the cores from the other.
ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "TF_NUM_INTRAOP_THREADS": "1"}
NEEDS_BROWSER = frozenset({"browser", "faults"})
# The lab itself sets the number of threads of its workers.
STARTS_WORKERS = NEEDS_BROWSER | {"jobs"}
LONGEST_SECONDS = 30 * 60
NO_TESTS_COLLECTED = 5


def directories() -> list[Path]:
    """Every directory under tests/ that contains tests, the known ones first and in order."""
    found = {path.parent for path in Path("tests").glob("*/**/test_*.py")}
    tops = {Path("tests", path.parts[1]) for path in found}
    known = [Path("tests", name) for name in ORDER]
    return [path for path in known if path in tops] + sorted(tops - set(known))


def run(directory: Path, arguments: list[str]) -> Counter[str]:
    """Run the tests of one directory; returns the counts of "passed", "failed" and "skipped"."""
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder, "report.xml")
        parallel = IN_PARALLEL.get(directory.name, ())
        command = [sys.executable, "-m", "pytest", str(directory), f"--junitxml={report}"]
        limited = ONE_THREAD if parallel and directory.name not in STARTS_WORKERS else {}
        environment = {**os.environ, **limited}
        with subprocess.Popen([*command, *parallel, *arguments], env=environment) as process:
            try:
                code = process.wait(LONGEST_SECONDS)
            except subprocess.TimeoutExpired:
                print(f"{directory} was ended after {LONGEST_SECONDS // 60} minutes.")
                process.terminate()  # so that it stops the servers and workers it has started
                code = process.wait()
        counts = _counted(report)
    if code not in (0, NO_TESTS_COLLECTED) and not counts["failed"]:
        counts["failed"] += 1  # pytest itself did not finish
    print(f"{directory}: {_summed_up(counts)}, in {time.monotonic() - started:.0f} s", flush=True)
    return counts


def _counted(report: Path) -> Counter[str]:
    if not report.exists():
        return Counter()
    suite = ElementTree.parse(report).getroot().find("testsuite")
    assert suite is not None
    failed = int(suite.attrib["failures"]) + int(suite.attrib["errors"])
    skipped = int(suite.attrib["skipped"])
    passed = max(0, int(suite.attrib["tests"]) - failed - skipped)
    return Counter(passed=passed, failed=failed, skipped=skipped)


def _summed_up(counts: Counter[str]) -> str:
    skipped = f", {counts['skipped']} skipped" if counts["skipped"] else ""
    return f"{counts['passed']} passed, {counts['failed']} failed{skipped}"


def main(arguments: list[str]) -> int:
    """Run the directories named before "--", or all; 0 if there were tests and none failed."""
    split = arguments.index("--") if "--" in arguments else len(arguments)
    chosen = [Path(name) for name in arguments[:split]] or directories()
    if NEEDS_BROWSER & {path.name for path in chosen}:
        print(f"Browser: {browser.find_or_install()}", flush=True)
    total: Counter[str] = Counter()
    for directory in chosen:
        total += run(directory, arguments[split + 1 :])
    print(_summed_up(total))
    return 0 if total["passed"] and not total["failed"] else 1


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except browser.NoBrowser as error:
        sys.exit(str(error))
