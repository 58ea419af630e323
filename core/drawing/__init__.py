"""Drawing: numbers as figures, digits as pictures, and the colours of both."""
