"""Files of images to train on: treated as untrusted, and converted to 28 x 28 greys.

The cost of reading a file is known before anything is inflated or allocated, values are read in
chunks, and nothing is unpickled, executed or written to a path from the file. A file that cannot be
read raises an `InvalidImages` of one sentence.

parts.py         sources of images: an array, a table, pictures
arrays.py        .npy and .npz
idx.py           IDX
tables.py        comma-separated values
pictures.py      PNG, JPEG and WebP, in a zip or several at once
recognition.py   detects which of these a file is
value_range.py   the values of black and white
resizing.py      28 x 28 greys
reading.py       the whole way from files to greys
preparation.py   invert, stretch, hold out
"""
