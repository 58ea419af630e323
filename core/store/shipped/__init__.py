"""The gallery: the shipped runs, in a file that `core.cli.gallery_build` makes."""

from core.store.shipped.shipped_runs import (
    FILE,
    THUMBNAIL_DIGIT,
    Gallery,
    chosen_frames,
    pack,
    variants,
)

__all__ = ["FILE", "THUMBNAIL_DIGIT", "Gallery", "chosen_frames", "pack", "variants"]
