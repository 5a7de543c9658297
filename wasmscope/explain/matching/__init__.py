"""Which parts of a finished module are which atoms of the objects, whoever linked it."""
