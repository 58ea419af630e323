"""`python -m tools.audit`: queries OSV for known vulnerabilities of the locked versions.

Exit code 0: none are known; 1: some are; 2: OSV could not be queried.
"""

from __future__ import annotations

import json
import re
import sys
import urllib.request
from collections.abc import Sequence
from http.client import HTTPException
from pathlib import Path

# https://google.github.io/osv.dev/post-v1-querybatch
SERVICE = "https://api.osv.dev/v1/querybatch"
PAGES = "https://osv.dev"
LOCKS = ("requirements.txt", "requirements-dev.txt")
SECONDS = 30
FOUND, NOT_QUERIED = 1, 2
PIN = re.compile(r"^([\w.-]+)(?:\[.*?\])?==([^\s;]+)", re.MULTILINE)

Pin = tuple[str, str]


def pins(locks: Sequence[Path]) -> list[Pin]:
    """The name and version of every package in lock files, without duplicates."""
    found = [pin for lock in locks for pin in PIN.findall(lock.read_text(encoding="utf-8"))]
    return sorted(set(found))


def query(locked: Sequence[Pin], service: str) -> dict[Pin, list[str]]:
    """The known vulnerabilities of vulnerable packages, by their names at OSV.

    Raises:
        OSError, HTTPException, ValueError, KeyError, TypeError: no response, or an invalid one.
    """
    packages = [{"name": name, "ecosystem": "PyPI"} for name, _ in locked]
    queries = [
        {"package": package, "version": version}
        for package, (_, version) in zip(packages, locked, strict=True)
    ]
    request = urllib.request.Request(
        service,
        data=json.dumps({"queries": queries}).encode(),
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=SECONDS) as answer:
        results = json.load(answer)["results"]
    return {
        pin: [vulnerability["id"] for vulnerability in result["vulns"]]
        for pin, result in zip(locked, results, strict=True)
        if result.get("vulns")
    }


def main(locks: Sequence[Path], service: str = SERVICE) -> int:
    """Query OSV and print the result.

    Returns:
        The exit code.
    """
    locked = pins(locks)
    try:
        found = query(locked, service)
    except (OSError, HTTPException, ValueError, KeyError, TypeError) as problem:
        print(f"{service} could not be asked, so nothing is known: {problem}", file=sys.stderr)
        return NOT_QUERIED
    for (name, version), names in found.items():
        for vulnerability in names:
            print(f"{name} {version}: {PAGES}/{vulnerability}")
    print(f"{len(found)} of {len(locked)} locked versions have known vulnerabilities.")
    return FOUND if found else 0


if __name__ == "__main__":
    sys.exit(main([Path(lock) for lock in LOCKS]))
