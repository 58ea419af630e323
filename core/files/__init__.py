"""Files: bytes and folders on disk, written to stay and read with suspicion."""
