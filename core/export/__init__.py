"""Export: the files of runs that can be downloaded, from a Keras script to a report."""

from core.export.export_files import (
    MAX_COMPARED,
    Export,
    archive_bytes,
    exports,
    story_slides_export,
)

__all__ = ["MAX_COMPARED", "Export", "archive_bytes", "exports", "story_slides_export"]
