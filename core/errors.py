"""Errors of the lab; every one says what was received, what was expected and what to do.

LabError
├── InvalidVariant       a setting is not allowed (also a ValueError)
├── InvalidEnvironment   an environment variable cannot be understood
├── DataUnavailable      a data set cannot be read here, or could not be fetched
│   ├── MissingData      it is not on this machine yet
│   └── DamagedData      its files are not what they should be
├── InvalidArchive       a file to import is not an archive of runs, or not a sound one
├── InvalidImage         a picture to show the network cannot be made one of its images
├── InvalidImages        a file of images to train on cannot be read, or has too many or too few
├── UnreadableCode       pasted code is no Python, too large, or trains no autoencoder
├── DamagedRun           a stored run was changed, or is not in the format of runs
├── StoreUnavailable     the folder of runs cannot be read or written
├── LimitExceeded        more than this host allows
│   └── QueueFull        as many runs wait as may, of a visitor or of all
└── TrainerUnavailable   no worker can train now, or the one that trained has died
"""

from __future__ import annotations


class LabError(Exception):
    """Base of all errors that the lab raises on purpose; its text is fit for the screen."""


class InvalidVariant(LabError, ValueError):
    """A setting that no `Variant` can have. `field` names the setting."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class InvalidEnvironment(LabError):
    """An environment variable of the lab that cannot be understood; the text names it."""


class DataUnavailable(LabError):
    """A data set that cannot be read on this machine, or not be downloaded now."""


class MissingData(DataUnavailable):
    """A data set that is not on this machine; training fetches it."""


class DamagedData(DataUnavailable):
    """A data set whose files are cut off, changed, or those of something else."""


class InvalidArchive(LabError, ValueError):
    """A file to import that is not an archive of runs, or not a sound one."""


class InvalidImage(LabError, ValueError):
    """A picture to show the network that is too large, no picture, damaged or empty."""


class InvalidImages(LabError, ValueError):
    """A file of images to train on that is too large, no such file, damaged, or has too few."""


class UnreadableCode(LabError, ValueError):
    """Text that is no Python, too large, or trains no autoencoder; `line` where one is to blame."""

    def __init__(self, message: str, line: int | None = None) -> None:
        super().__init__(message)
        self.line = line


class DamagedRun(LabError):
    """A stored run whose files are missing, changed or unreadable."""


class StoreUnavailable(LabError):
    """The folder that holds the runs cannot be read or written."""


class LimitExceeded(LabError):
    """More than this host allows; the text names the limit."""


class QueueFull(LimitExceeded):
    """As many runs wait as may, of this visitor or of all together."""


class TrainerUnavailable(LabError):
    """No worker is there to train, or the worker died while it trained."""
