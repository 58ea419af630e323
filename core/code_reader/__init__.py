"""Static analysis of Keras, PyTorch and TensorFlow scripts that train an autoencoder.

A script is never executed or imported. `source` repairs and parses the text, `reader` evaluates it
with the abstract values in `values` and `model_values`, `network` traces the data flow from the
loss back to the images, `assembly` converts it to settings, and `correction` repairs faults.
"""

from core.code_reader.read import read
from core.code_reader.reading import Change, Fault, Reading, Setting

__all__ = ["Change", "Fault", "Reading", "Setting", "read"]
