"""Python's garbage collector, which looks at every record again and again while millions of them are made."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def at_rest() -> Iterator[None]:
    """The collector rests meanwhile, for what makes many records and no garbage.

    What was made counts as old at once (that is what thawing what was just frozen does), so that the collector does
    not begin by looking through all of it.
    """
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.freeze()
            gc.unfreeze()
            gc.enable()
