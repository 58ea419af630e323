"""The gallery: the shipped runs, in a file that `core.cli.gallery_build` makes."""

from core.store.shipped.shipped_runs import (
    EXPLORED,
    FILE,
    THUMBNAIL_DIGIT,
    TWO_UNITS,
    Gallery,
    chosen_frames,
    pack,
    variants,
)

__all__ = [
    "EXPLORED",
    "FILE",
    "THUMBNAIL_DIGIT",
    "TWO_UNITS",
    "Gallery",
    "chosen_frames",
    "pack",
    "variants",
]
