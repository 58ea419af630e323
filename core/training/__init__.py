"""Training: the only code of the lab that imports TensorFlow and Keras.

Importing this package sets what TensorFlow reads from the environment once, at its own import,
and imports both.
"""

from core.training import tensorflow_setup

tensorflow_setup.prepare()
tensorflow_setup.import_keras()
tensorflow_setup.give_memory_back()
