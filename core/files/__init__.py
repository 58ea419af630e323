"""Files: durable, atomic writes and validated reads."""
