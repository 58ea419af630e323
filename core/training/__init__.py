"""Training: the only code of the lab that imports TensorFlow and Keras.

Importing this package sets the environment variables that TensorFlow reads when it is imported, and
imports both.
"""

from core.training import tensorflow_setup

tensorflow_setup.prepare()
tensorflow_setup.import_keras()
tensorflow_setup.give_memory_back()
