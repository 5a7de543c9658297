"""Python's garbage collector, which looks at every record again and again while millions of them are made."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_settled = False
"""Whether records are put aside for good; to ask the collector, it would count them one by one."""


@contextmanager
def at_rest() -> Iterator[None]:
    """The collector rests meanwhile, for what makes many records and no garbage.

    What was made counts as old at once (that is what thawing what was just frozen does), so that the collector does
    not begin by looking through all of it: that would hold every thread up. Where records are put aside for good, so
    are these.
    """
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.freeze()
            if not _settled:  # else what was put aside would come back
                gc.unfreeze()
            gc.enable()


def settle() -> None:
    """What there is now stays (a link is millions of records): no collection looks at it again. They are rare from
    now on, too: one frame of a screen makes thousands of records, and nearly all are freed without a collection."""
    global _settled
    _settled = True
    gc.freeze()
    gc.set_threshold(20_000, 10, 10)
