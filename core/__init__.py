"""Autoencoder Lab without its pages: usable from a notebook or the command line."""

__version__ = "0.1.0"
