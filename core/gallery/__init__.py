"""The gallery: trained runs that come with the lab; `core.gallery.build` makes its file."""

from core.gallery.gallery import FILE, THUMBNAIL_DIGIT, Gallery, chosen_frames, pack, variants

__all__ = ["FILE", "THUMBNAIL_DIGIT", "Gallery", "chosen_frames", "pack", "variants"]
