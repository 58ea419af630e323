"""Compare: several runs side by side, and the effect of their differences."""
