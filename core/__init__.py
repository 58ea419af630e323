"""Autoencoder Lab without its pages: usable from a notebook or the command line."""

import os

__version__ = "0.1.0"

# NumPy's OpenBLAS lets idle threads spin for 0.1 s after each matrix product, on the cores that
# train. With the smallest time-out (2**4 cycles) they sleep at once, and products take as long.
# http://www.openmathlib.org/OpenBLAS/docs/runtime_variables/
os.environ.setdefault("OPENBLAS_THREAD_TIMEOUT", "4")
