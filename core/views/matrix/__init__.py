"""Matrix: every combination of two settings, as pure data."""

from core.views.matrix.matrix_cells import STATE_WORDS, Cell, cells, common_settings, name_of, table

__all__ = ["STATE_WORDS", "Cell", "cells", "common_settings", "name_of", "table"]
