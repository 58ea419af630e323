"""What TensorFlow reads from the environment when it is imported: flags, and where XLA caches."""

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

# benchmarks/training.py says what these were chosen from. Level 1 is the lowest that vectorizes;
# it compiles faster than 3 and runs as fast, for most of the time goes into libraries' kernels.
# The width is a wish: a processor without AVX-512 takes what it has.
XLA_FLAGS = (
    "--xla_backend_optimization_level=1"
    " --xla_cpu_prefer_vector_width=512"
    " --xla_cpu_copy_insertion_use_region_analysis=true"
)
CACHE_MEGABYTES = 200

# Of <linux/mman.h>: memory that mirrors a file is read from the file again when it is used.
MADV_DONTNEED = 4
# A line of /proc/self/smaps that begins a mapping which cannot be written and mirrors a file.
MAPPING = re.compile(r"([0-9a-f]+)-([0-9a-f]+) r-[x-]p .*\.so")
# Small libraries are not worth a call.
LEAST_MIRROR = 1_000_000

Bounds = tuple[int, int]
_mirrors_before: set[Bounds] = set()


def prepare() -> None:
    """Set the variables that TensorFlow looks at; what a user has set already stays."""
    os.environ["KERAS_BACKEND"] = "tensorflow"
    # 0 all messages, 3 none but fatal ones: what goes wrong is raised as an exception as well.
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
    """Import Keras as if there were no pandas, which it would load for nothing: 40 MB."""
    if "pandas" in sys.modules:
        return
    sys.modules["pandas"] = None  # type: ignore[assignment]  # as import has it: not to be found
    try:
        importlib.import_module("keras")
    finally:
        del sys.modules["pandas"]


def compiled_folder() -> Path:
    """Where compiled functions are kept from one process to the next.

    They hold machine code, and TensorFlow tells them apart by their graphs only: there is one
    folder per kind of processor, version of TensorFlow and set of flags.
    """
    flags = os.environ.get("XLA_FLAGS", "")
    kind = "\n".join([_tensorflow_version(), flags, platform.machine(), *_processor_lines()])
    return environment.home() / "compiled" / hashlib.sha256(kind.encode()).hexdigest()[:16]


def processor() -> str:
    """The processor's name, in words."""
    names = [line.partition(":")[2].strip() for line in _processor_lines() if "name" in line]
    return names[0] if names else platform.processor() or platform.machine()


def cores() -> int:
    """How many cores this process may use."""
    # Not on every system: macOS and Windows know no affinity.
    allowed = getattr(os, "sched_getaffinity", None)
    return len(allowed(0)) if allowed else os.cpu_count() or 1


def drop_old_compilations() -> None:
    """Delete the compiled functions that were written longest ago, beyond CACHE_MEGABYTES."""
    files = sorted(_compilations(), key=lambda entry: entry[0], reverse=True)
    room = CACHE_MEGABYTES * 1_000_000
    for _, size, path in files:
        room -= size
        if room < 0:
            path.unlink(missing_ok=True)


def give_memory_back() -> None:
    """Give the system back what is not needed just now (Linux; elsewhere nothing happens).

    Memory that compiling or scoring has freed, of which glibc would keep some 60 MB; and pages of
    code and constants that were read once, most of them at TensorFlow's import, some 200 MB: what
    is needed again comes back from the system's file cache, in 0.02 s for all of it. Of libraries
    only those that were loaded at the call before.
    """
    if sys.platform != "linux":
        return
    libc = ctypes.CDLL(None)
    if hasattr(libc, "malloc_trim"):  # not on musl
        libc.malloc_trim(0)
    mirrors = set(_mirrors_of_files())
    # One that was not there at the last call may be a library that is just being loaded.
    for start, end in mirrors & _mirrors_before:
        libc.madvise(ctypes.c_void_p(start), ctypes.c_size_t(end - start), MADV_DONTNEED)
    _mirrors_before.clear()
    _mirrors_before.update(mirrors)


def _mirrors_of_files() -> Iterator[Bounds]:
    """Bounds of memory that mirrors a library's file: it cannot be written, and never was."""
    bounds = None
    written = False
    for line in Path("/proc/self/smaps").read_text().splitlines():
        name, _, rest = line.partition(":")
        if mapping := MAPPING.match(line):
            start, end = (int(bound, 16) for bound in mapping.groups())
            bounds, written = (start, end), end - start < LEAST_MIRROR
        elif bounds and name == "Anonymous":  # what was written: addresses, for one
            written = written or rest.split()[0] != "0"
        elif bounds and name == "Swap":  # and what of it is not in memory
            if not written and rest.split()[0] == "0":
                yield bounds
            bounds = None


def _compilations() -> Iterator[tuple[float, int, Path]]:
    folder = compiled_folder()
    for path in folder.glob("*") if os.path.isdir(folder) else ():
        try:
            found = path.stat()
        except FileNotFoundError:  # another worker tidied up at the same time
            continue
        yield found.st_mtime, found.st_size, path


def _add_flags(variable: str, flags: str) -> None:
    # The later of two equal flags wins, so what the user has set comes last.
    given = os.environ.get(variable, "")
    if flags not in given:
        os.environ[variable] = f"{flags} {given}".strip()


def _quoted(path: Path) -> str:
    """As XLA's ParseFlagsFromEnv reads it: a value in quotes may have spaces."""
    return '"' + str(path).replace("\\", "\\\\").replace('"', '\\"') + '"'


def _tensorflow_version() -> str:
    for name in ("tensorflow-cpu", "tensorflow"):
        try:
            return metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return "none"


def _processor_lines() -> list[str]:
    """The name and abilities of the first processor, where the system tells them (Linux)."""
    try:
        text = Path("/proc/cpuinfo").read_text()
    except OSError:
        return []
    first = text.partition("\n\n")[0].splitlines()
    return [line for line in first if line.startswith(("model name", "flags", "Features"))]
