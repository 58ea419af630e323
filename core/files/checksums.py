"""Sizes and SHA-256 checksums of a run's files, so that damage is found before it is shown."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping

from core.errors import DamagedRun
from core.files.json_codec import to_json

FORMAT = 1
NAME = "manifest.json"


def manifest(files: Mapping[str, bytes]) -> bytes:
    """The manifest's own bytes for files by name."""
    return to_json({"format": FORMAT, "files": {name: _entry(files[name]) for name in files}})


def without(name: str, content: bytes | None) -> bytes:
    """A manifest that no longer lists a file; the others' entries stay as they are."""
    entries = _read(content)
    return to_json(
        {"format": FORMAT, "files": {key: entries[key] for key in entries if key != name}}
    )


def listed(content: bytes | None) -> list[str]:
    """The names in a manifest; its arguments and errors as for `check`."""
    return list(_read(content))


def check(files: Mapping[str, bytes], content: bytes | None, names: Collection[str]) -> None:
    """Hold files to their manifest.

    Args:
        files: by name.
        content: the manifest's bytes, None if it is missing.
        names: which of the files must be there and unchanged.

    Raises:
        DamagedRun: one is missing or changed, or the manifest is.
    """
    entries = _read(content)
    for name in names:
        if name not in files or name not in entries:
            raise DamagedRun(f"The file {name} is missing.")
        if _entry(files[name]) != entries[name]:
            raise DamagedRun(f"The file {name} does not match its checksum.")


def _entry(content: bytes) -> dict[str, int | str]:
    return {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}


def _read(content: bytes | None) -> dict[str, object]:
    if content is None:
        raise DamagedRun(f"The file {NAME} is missing.")
    try:
        found = json.loads(content)
        version, entries = found["format"], dict(found["files"])
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise DamagedRun(f"The file {NAME} cannot be read.") from error
    if version != FORMAT:
        raise DamagedRun(f"It was written by another version of the lab (format {version!r:.20}).")
    return entries
