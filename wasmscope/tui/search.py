"""Search in a view of items: case counts only when the pattern has a capital; wraps around; never takes long."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple


class Hit(NamedTuple):
    """Where a search ended: the item found or -1, and whether it went past the end and began again."""

    item: int
    wrapped: bool


def find(count: int, text: Callable[[int], str], needle: str, start: int, forward: bool = True) -> Hit:
    """The first item after (or before) `start` whose text has `needle`, going around the ends."""
    step = 1 if forward else -1
    folded = needle == needle.lower()
    for distance in range(1, count + 1):
        item = (start + step * distance) % count
        read = text(item)
        if needle in (read.lower() if folded else read):
            return Hit(item, (item <= start) if forward else (item >= start))
    return Hit(-1, False)
