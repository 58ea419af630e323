"""Reading code: what a script of an autoencoder does, as settings, without running it."""

from core.code_reader.read import read
from core.code_reader.reading import Change, Fault, Reading, Setting

__all__ = ["Change", "Fault", "Reading", "Setting", "read"]
