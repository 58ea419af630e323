"""Conversion of stores of earlier versions, in which each run was a folder, to one file per run."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from core.environment import shown_path
from core.errors import DamagedRun
from core.files import atomic_files
from core.log import log_event
from core.store import archive
from core.store.run_directory import ABANDONED_SECONDS, KEY, RunDirectory
from core.store.run_format import ALL, MANIFEST, files_of_manifest, unpack

# The folders that may contain run folders, and where their files go; "replaced" has folders that a
# killed process had moved away to replace them.
FROM = {"runs": "runs", "replaced": "runs", "trash": "trash"}


def convert_folders(directory: RunDirectory, warn: Callable[[str, str], None]) -> None:
    """Convert all run folders and log their number; damaged ones are moved to `damaged`.

    Args:
        directory: the prepared directory of the store.
        warn: receives the key of a damaged run, and a sentence for the screen.

    Raises:
        OSError: a file cannot be written; the remaining folders are unchanged.
    """
    converted = 0
    for kind, target in FROM.items():
        for folder in _folders(directory.root / kind):
            key = _key_of(folder)
            with suppress(FileNotFoundError):  # another process has converted it
                try:
                    converted += _convert(folder, key, directory.path(target, key))
                except DamagedRun as damage:
                    aside = directory.root / "damaged" / f"{key}.{atomic_files.tag()}"
                    folder.rename(aside)
                    os.utime(aside)
                    where = f"It was moved to {shown_path(aside)}."
                    warn(key, f"The stored run is damaged. {damage} {where} Train it again.")
                _discard(folder, directory.root / "incoming")
    for folder in _folders(directory.root / "incoming"):
        if atomic_files.age(folder) > ABANDONED_SECONDS:
            atomic_files.remove(folder)
    for kind in ("incoming", "replaced"):
        with suppress(OSError):  # missing, or not empty
            (directory.root / kind).rmdir()
    if converted:
        log_event("runs-converted", count=converted)


def count_folders(root: Path) -> int:
    """The number of runs in a store that are still folders."""
    return len(_folders(root / "runs"))


def _folders(parent: Path) -> list[Path]:
    with suppress(OSError), os.scandir(parent) as entries:
        paths = [Path(entry.path) for entry in entries if entry.is_dir(follow_symlinks=False)]
        return [path for path in paths if KEY.fullmatch(_key_of(path))]
    return []


def _key_of(folder: Path) -> str:
    return folder.name.partition(".")[0]


def _convert(folder: Path, key: str, target: Path) -> bool:
    """Convert one folder to a file; False if the file exists, which is newer."""
    if target.exists():
        return False
    written = folder.stat().st_mtime
    files = _read(folder)
    if MANIFEST not in files:
        raise DamagedRun(f"The file {MANIFEST} is missing.")
    unpack(files, key)
    atomic_files.write(target, archive.to_bytes(key, files_of_manifest(files)))
    os.utime(target, (written, written))
    return True


def _discard(folder: Path, incoming: Path) -> None:
    """Remove a folder; moved first, so that a partial one is never mistaken for a damaged run."""
    incoming.mkdir(exist_ok=True)
    doomed = folder.rename(incoming / f"{_key_of(folder)}.{atomic_files.tag()}")
    atomic_files.remove(doomed)


def _read(folder: Path) -> dict[str, bytes]:
    files = {}
    for name in ALL:
        with suppress(FileNotFoundError), atomic_files.open_file(folder / name) as file:
            files[name] = file.read()
    return files
