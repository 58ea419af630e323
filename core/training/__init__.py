"""Training: the only code of the lab that imports TensorFlow and Keras.

Importing this package sets what TensorFlow reads from the environment once, at its own import,
and imports both.
"""

from core.training import environment

environment.prepare()
environment.import_keras()
environment.give_memory_back()
