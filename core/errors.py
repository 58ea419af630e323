"""Errors of the lab; every one says what was received, what was expected and what to do.

LabError
├── InvalidVariant       a setting is not allowed (also a ValueError)
├── InvalidEnvironment   an environment variable cannot be understood
├── DataUnavailable      a data set cannot be read here, or could not be downloaded
│   ├── MissingData      it is not on this machine yet
│   └── DamagedData      its files are truncated, changed, or those of something else
├── InvalidArchive       a file to import is not an archive of runs, or is damaged
├── InvalidImage         an uploaded image cannot be converted to an input of the network
├── InvalidImages        a file of images to train on cannot be read, or has too many or too few
├── UnreadableCode       pasted code is not Python, is too large, or trains no autoencoder
├── DamagedRun           a stored run was altered, or is not in the run format
├── StoreUnavailable     the folder of runs cannot be read or written
├── LimitExceeded        more than this host allows
│   └── QueueFull        too many runs are queued, by one visitor or in total
└── TrainerUnavailable   no worker can train now, or the worker died during training
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
    """A data set that cannot be read on this machine, or cannot be downloaded now."""


class MissingData(DataUnavailable):
    """A data set that is not on this machine; training downloads it."""


class DamagedData(DataUnavailable):
    """A data set whose files are truncated, changed, or those of something else."""


class InvalidArchive(LabError, ValueError):
    """A file to import that is not an archive of runs, or is damaged."""


class InvalidImage(LabError, ValueError):
    """An uploaded image that is too large, not an image, damaged or empty."""


class InvalidImages(LabError, ValueError):
    """A file of images to train on that is too large, of another kind, damaged, or has too few."""


class UnreadableCode(LabError, ValueError):
    """Text that is not Python, is too large, or trains no autoencoder; `line` is the culprit."""

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
    """Too many runs are queued, by this visitor or in total."""


class TrainerUnavailable(LabError):
    """No worker is available, or the worker died during training."""
