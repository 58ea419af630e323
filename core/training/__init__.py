"""Training: the only code of the lab that imports TensorFlow and Keras.

Importing this package sets what TensorFlow reads from the environment once, at its own import.
"""

from core.training import environment

environment.prepare()
