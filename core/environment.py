"""Settings from environment variables: folders, limits on disk and memory, public mode."""

from __future__ import annotations

import logging
import os
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import platformdirs

from core.errors import InvalidEnvironment
from core.log import log_event

APP_NAME = "autoencoder-lab"
DEFAULT_CACHE_MEGABYTES = 500
YES_OR_NO = {
    "1": True,
    "true": True,
    "yes": True,
    "": False,
    "0": False,
    "false": False,
    "no": False,
}


def home() -> Path:
    """The folder for runs and caches: AUTOENCODER_LAB_HOME, else the user's cache folder.

    Raises:
        InvalidEnvironment: the variable names the home of a user who has none.
    """
    return _folder("AUTOENCODER_LAB_HOME") or platformdirs.user_cache_path(APP_NAME)


def data_folder() -> Path | None:
    """The user's folder with the large data sets: AUTOENCODER_LAB_DATA, or None.

    Raises:
        InvalidEnvironment: as for `home`, or the variable names a file.
    """
    folder = _folder("AUTOENCODER_LAB_DATA")
    if folder and folder.is_file():
        raise InvalidEnvironment(
            f"AUTOENCODER_LAB_DATA is {str(folder)!r:.80}, a file; set it to a folder's path."
        )
    return folder


def keras_data_folder() -> Path | None:
    """Keras' folder of data sets, in KERAS_HOME or ~/.keras; None for a user without a home.

    Raises:
        InvalidEnvironment: as for `home`.
    """
    try:
        usual = Path("~/.keras").expanduser()
    except RuntimeError:
        usual = None
    folder = _folder("KERAS_HOME") or usual
    return folder / "datasets" if folder else None


def cache_megabytes() -> float:
    """Disk space for runs: AUTOENCODER_LAB_CACHE_MB, by default 500, in units of 1,000,000 bytes.

    Raises:
        InvalidEnvironment: it is not a number, or negative.
    """
    value = os.environ.get("AUTOENCODER_LAB_CACHE_MB")
    megabytes = _megabytes("AUTOENCODER_LAB_CACHE_MB", value, DEFAULT_CACHE_MEGABYTES)
    return DEFAULT_CACHE_MEGABYTES if megabytes is None else megabytes


def memory_megabytes() -> float | None:
    """Memory for all processes of the lab: AUTOENCODER_LAB_MEMORY_MB; None if it is not set.

    Raises:
        InvalidEnvironment: it is not a number, or negative.
    """
    value = os.environ.get("AUTOENCODER_LAB_MEMORY_MB")
    return _megabytes("AUTOENCODER_LAB_MEMORY_MB", value, 1000)


def is_public() -> bool:
    """Whether the lab is public, so that limits are in force: AUTOENCODER_LAB_PUBLIC.

    Raises:
        InvalidEnvironment: it is neither yes nor no.
    """
    value = os.environ.get("AUTOENCODER_LAB_PUBLIC", "").strip()
    answer = YES_OR_NO.get(value.lower())
    if answer is None:
        raise InvalidEnvironment(f"AUTOENCODER_LAB_PUBLIC is {value[:40]!r}; set it to 1 or 0.")
    return answer


def shown_path(path: Path) -> str:
    """A path for the screen; a public lab shows only its last part and logs the whole path."""
    try:
        is_hidden = is_public()
    except InvalidEnvironment:
        is_hidden = True
    if not is_hidden:
        return str(path)
    _log_path(path)
    return f"…/{path.name}"


@cache
def _log_path(path: Path) -> None:
    log_event("path", level=logging.WARNING, shown=path.name, path=path)


def source_address() -> str | None:
    """The address of this lab's source code: AUTOENCODER_LAB_SOURCE, or None.

    Raises:
        InvalidEnvironment: it is not a web address.
    """
    value = os.environ.get("AUTOENCODER_LAB_SOURCE", "").strip()
    if not value:
        return None
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.netloc or set(value) & set(" ()<>[]"):
        raise InvalidEnvironment(
            f"AUTOENCODER_LAB_SOURCE is {value[:40]!r}; set it to the address of a web page."
        )
    return value


def scheduler_address() -> str | None:
    """The external Dask scheduler: DASK_SCHEDULER_ADDRESS, or None for local workers."""
    return os.environ.get("DASK_SCHEDULER_ADDRESS") or None


def _folder(variable: str) -> Path | None:
    value = os.environ.get(variable)
    try:
        return Path(value).expanduser() if value else None
    except RuntimeError as error:
        raise InvalidEnvironment(
            f"{variable} is {value!r:.80}, and that user has no home; set it to a folder's path."
        ) from error


def _megabytes(variable: str, value: str | None, example: int) -> float | None:
    if not value:
        return None
    try:
        megabytes = float(value)
    except ValueError:
        megabytes = -1.0
    if not 0 <= megabytes < float("inf"):
        raise InvalidEnvironment(
            f"{variable} is {value[:40]!r}; set it to a number of megabytes, such as {example}."
        )
    return megabytes
