"""Data sets: built in, downloaded or uploaded, and their normalizations."""
