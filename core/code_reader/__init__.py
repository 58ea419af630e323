"""Code reader: the settings of an autoencoder script, by abstract interpretation.

Nothing of the script is executed or imported. `source` repairs and parses the text, `reader`
follows it, `values` are what expressions evaluate to, `network` traces a training back from its
loss to the images, `assembly` turns it into settings, and `correction` repairs faults.
"""

from core.code_reader.read import read
from core.code_reader.reading import Change, Fault, Reading, Setting

__all__ = ["Change", "Fault", "Reading", "Setting", "read"]
