"""`python -m tools.renew_verdicts`: judges the shipped runs again, for lists that show verdicts.

For use whenever `core.diagnostics.verdict` says something else of them; the runs stay as they
are.
"""

from __future__ import annotations

import json
import zipfile

from core.files.json_codec import to_plain
from core.store.run_summary import summary_of
from core.store.shipped import shipped_runs
from core.store.shipped.shipped_runs import FILE, Gallery


def main() -> None:
    """Write the gallery's index again, and every other file as it is."""
    gallery = Gallery()
    runs = [gallery.get(key) for key in gallery.summaries]
    index = json.dumps([to_plain(summary_of(run, bytes=0, used=0.0)) for run in runs if run])
    with zipfile.ZipFile(FILE) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    files[shipped_runs.INDEX] = index.encode()
    with zipfile.ZipFile(FILE, "w", zipfile.ZIP_LZMA) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_LZMA)


if __name__ == "__main__":
    main()
