"""What the lab costs; each module prints its table. They share the tests' servers and visitors."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
