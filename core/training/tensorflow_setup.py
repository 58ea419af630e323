"""The environment variables that TensorFlow reads when it is imported: flags and XLA's cache."""

from __future__ import annotations

import ctypes
import hashlib
import importlib
import os
import platform
import re
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from core import environment
from core.log import log_event

# Chosen with benchmarks/training.py. Level 1 is the lowest that vectorizes; it compiles faster than
# level 3 and runs as fast, since most of the time is spent in library kernels. The vector width is
# a preference: a processor without AVX-512 uses what it has.
XLA_FLAGS = (
    "--xla_backend_optimization_level=1"
    " --xla_cpu_prefer_vector_width=512"
    " --xla_cpu_copy_insertion_use_region_analysis=true"
)
CACHE_MEGABYTES = 200

# From <linux/mman.h>: the pages of a file mapping are dropped, and read again when they are used.
MADV_DONTNEED = 4
# The first line of a read-only file mapping in /proc/self/smaps.
MAPPING = re.compile(r"([0-9a-f]+)-([0-9a-f]+) r-[x-]p .*\.so")
# Smaller mappings are not worth a call.
MIN_MAPPING = 1_000_000

Bounds = tuple[int, int]
_previous_mappings: set[Bounds] = set()


def prepare() -> None:
    """Set the variables that TensorFlow reads, unless the user has set them."""
    os.environ["KERAS_BACKEND"] = "tensorflow"
    # 0 logs all messages, 3 only fatal ones; errors are raised as exceptions anyway.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    _add_flags("XLA_FLAGS", XLA_FLAGS)
    folder = compiled_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        log_event("compilations-not-kept", path=folder, reason=error)
        return
    _add_flags("TF_XLA_FLAGS", f"--tf_xla_persistent_cache_directory={_quoted(folder)}")


def import_keras() -> None:
    """Import Keras without pandas, which it would import needlessly (40 MB)."""
    if "pandas" in sys.modules:
        return
    sys.modules["pandas"] = None  # type: ignore[assignment]  # makes `import pandas` fail
    try:
        importlib.import_module("keras")
    finally:
        del sys.modules["pandas"]


def compiled_folder() -> Path:
    """The folder of XLA's persistent compilation cache.

    The cached functions are machine code, and TensorFlow's cache keys depend on their graphs only,
    so there is one folder per processor, version of TensorFlow and set of flags.
    """
    flags = os.environ.get("XLA_FLAGS", "")
    kind = "\n".join([_tensorflow_version(), flags, platform.machine(), *_processor_lines()])
    return environment.home() / "compiled" / hashlib.sha256(kind.encode()).hexdigest()[:16]


def processor() -> str:
    """The name of the processor."""
    names = [line.partition(":")[2].strip() for line in _processor_lines() if "name" in line]
    return names[0] if names else platform.processor() or platform.machine()


def cores() -> int:
    """The number of cores that this process may use."""
    # macOS and Windows have no CPU affinity.
    allowed = getattr(os, "sched_getaffinity", None)
    return len(allowed(0)) if allowed else os.cpu_count() or 1


def drop_old_compilations() -> None:
    """Delete the oldest compiled functions until the cache is below CACHE_MEGABYTES."""
    files = sorted(_compilations(), key=lambda entry: entry[0], reverse=True)
    room = CACHE_MEGABYTES * 1_000_000
    for _, size, path in files:
        room -= size
        if room < 0:
            path.unlink(missing_ok=True)


def give_memory_back() -> None:
    """Return unused memory to the system (on Linux; elsewhere it does nothing).

    That is memory freed after compiling or scoring, of which glibc would keep about 60 MB; and
    pages of libraries' code and constants that were read once, mostly when TensorFlow was imported:
    with them a worker takes 855 MB instead of 555 (`benchmarks.cloud`). Pages that are needed again
    are read from the system's file cache, in 0.02 s for all of them. Only libraries that were
    already loaded at the previous call are dropped.
    """
    if sys.platform != "linux":
        return
    libc = ctypes.CDLL(None)
    if hasattr(libc, "malloc_trim"):  # not on musl
        libc.malloc_trim(0)
    mappings = set(_library_mappings())
    # A mapping that did not exist at the last call may be a library that is being loaded now.
    for start, end in mappings & _previous_mappings:
        libc.madvise(ctypes.c_void_p(start), ctypes.c_size_t(end - start), MADV_DONTNEED)
    _previous_mappings.clear()
    _previous_mappings.update(mappings)


def _library_mappings() -> Iterator[Bounds]:
    """The bounds of read-only mappings of libraries that have never been written."""
    bounds = None
    written = False
    for line in Path("/proc/self/smaps").read_text().splitlines():
        name, _, rest = line.partition(":")
        if mapping := MAPPING.match(line):
            start, end = (int(bound, 16) for bound in mapping.groups())
            bounds, written = (start, end), end - start < MIN_MAPPING
        elif bounds and name == "Anonymous":  # written pages, such as relocated addresses
            written = written or rest.split()[0] != "0"
        elif bounds and name == "Swap":  # written pages that were swapped out
            if not written and rest.split()[0] == "0":
                yield bounds
            bounds = None


def _compilations() -> Iterator[tuple[float, int, Path]]:
    folder = compiled_folder()
    for path in folder.glob("*") if os.path.isdir(folder) else ():
        try:
            found = path.stat()
        except FileNotFoundError:  # another worker deleted it at the same time
            continue
        yield found.st_mtime, found.st_size, path


def _add_flags(variable: str, flags: str) -> None:
    # The last of several equal flags wins, so the user's come last.
    given = os.environ.get(variable, "")
    if flags not in given:
        os.environ[variable] = f"{flags} {given}".strip()


def _quoted(path: Path) -> str:
    """Quoted for XLA's ParseFlagsFromEnv, which allows spaces only within quotes."""
    return '"' + str(path).replace("\\", "\\\\").replace('"', '\\"') + '"'


def _tensorflow_version() -> str:
    for name in ("tensorflow-cpu", "tensorflow"):
        try:
            return metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return "none"


def _processor_lines() -> list[str]:
    """The lines about the first processor in /proc/cpuinfo (Linux)."""
    try:
        text = Path("/proc/cpuinfo").read_text()
    except OSError:
        return []
    first = text.partition("\n\n")[0].splitlines()
    return [line for line in first if line.startswith(("model name", "flags", "Features"))]
