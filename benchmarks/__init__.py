"""Measurements of the lab; each module prints a table. They use the servers of the tests."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
