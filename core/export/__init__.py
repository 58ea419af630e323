"""Export: the files of runs that can be downloaded, from a Keras script to a report."""
