"""Slides as PowerPoint files, of runs and of the story."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from core.export.export import Export, export_of
from core.store.shipped import Gallery

if TYPE_CHECKING:
    from core.export.slides import Slide

# Name and label of the export, ending and MIME type of the file.
PPTX = (
    "pptx",
    "Slides (PowerPoint)",
    ".pptx",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation",
)


def story_slides_export(gallery: Gallery, lab: str = "") -> Export:
    """The story as slides; see `core.export.slides.story_slides`."""

    def build() -> bytes:
        # Imported here, since the landing page has this button and should come soon.
        from core.export.slides import story_slides

        return deck_of(story_slides(gallery, lab))

    return export_of("autoencoder-story", *PPTX, build)


def deck_of(slides: Sequence[Slide]) -> bytes:
    """The PowerPoint file of some slides."""
    # Imported here, since python-pptx would take memory in every lab.
    from core.export.slide_deck import deck

    return deck(slides)
