"""Search in a pane: case counts when the pattern has a capital; goes around the ends; never holds up a key."""

from __future__ import annotations

import asyncio
import time
from typing import NamedTuple, Protocol

SLICE = 0.01
"""Seconds of searching before keys get their turn."""


class Searched(Protocol):
    """A pane: so many items, each with a text; the cursor is on one."""

    cursor: int

    @property
    def count(self) -> int: ...
    def text_of(self, item: int) -> str: ...


class Hit(NamedTuple):
    """The item found, and whether the search went past an end and began again at the other."""

    item: int
    wrapped: bool


class Search:
    """The last pattern, to be found again."""

    def __init__(self) -> None:
        self.needle = ""

    async def run(self, pane: Searched, forward: bool = True) -> Hit | None:
        """The first item after (or before) the pane's cursor that has the needle; None if none has."""
        start, count = pane.cursor, pane.count
        folded = self.needle == self.needle.lower()
        began = time.monotonic()
        for distance in range(1, count + 1):
            item = (start + (distance if forward else -distance)) % count
            text = pane.text_of(item)
            if self.needle in (text.lower() if folded else text):
                return Hit(item, item <= start if forward else item >= start)
            if distance % 64 == 0 and time.monotonic() - began > SLICE:
                await asyncio.sleep(0)
                began = time.monotonic()
        return None
