"""Data: the sets on this machine, or brought to it, their statistics and normalizations."""
