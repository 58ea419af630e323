"""The gallery: the shipped runs, in a file created by `core.cli.gallery_build`."""

from core.store.shipped.shipped_runs import (
    EXPLORABLE,
    FILE,
    THUMBNAIL_DIGIT,
    TWO_UNITS,
    Gallery,
    pack,
    variants,
)

__all__ = [
    "EXPLORABLE",
    "FILE",
    "THUMBNAIL_DIGIT",
    "TWO_UNITS",
    "Gallery",
    "pack",
    "variants",
]
