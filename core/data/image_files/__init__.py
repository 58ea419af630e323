"""Files of images to train on: read with suspicion, and brought to 28 x 28 greys.

A file may come from a stranger. What reading it takes is known before anything is inflated or
allocated, values are read piece by piece, and nothing is unpickled, executed or written by a name
from the file. Whatever cannot be read is an `InvalidImages` of one sentence.

parts.py         images that are there to be read: an array, a table, pictures
arrays.py        .npy and .npz
idx.py           IDX
tables.py        comma-separated values
pictures.py      PNG, JPEG and WebP, in a zip or several at once
recognition.py   which of these a file is
value_range.py   what stands for black and white
resizing.py      28 x 28 greys
reading.py       all of it, one after another
preparation.py   invert, stretch, hold out
"""
