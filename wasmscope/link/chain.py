"""Chains: the atoms of one output section or segment in order, each with `prev` and `next`.

A chain owns its links: a thing does not know which chains it is in, so the same atom can stand in the chains of two
links (with other options, say) at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Generic, TypeVar

T = TypeVar("T")


class Placed(Generic[T]):
    """A thing's place in a chain: its neighbours, its offset from the chain's start and the padding before it, in
    bytes."""

    __slots__ = ("item", "next", "number", "offset", "pad", "prev", "size")

    def __init__(self, item: T, offset: int, size: int, pad: int, number: int) -> None:
        self.item = item
        self.offset = offset
        self.size = size
        self.pad = pad
        self.number = number
        """How many were appended before it."""
        self.prev: Placed[T] | None = None
        self.next: Placed[T] | None = None

    @property
    def end(self) -> int:
        return self.offset + self.size

    def __repr__(self) -> str:
        return f"Placed({self.item!r} at {self.offset:#x}, {self.size} bytes)"


class Chain(Generic[T]):
    """A doubly linked list with look-up by item. `size` is the offset just past the last item, in bytes."""

    __slots__ = ("first", "last", "name", "places", "size", "start")

    def __init__(self, name: str, start: int = 0) -> None:
        self.name = name
        self.start = start
        """Offset of the first item: a section's leading count, for instance."""
        self.size = start
        self.first: Placed[T] | None = None
        self.last: Placed[T] | None = None
        self.places: dict[T, Placed[T]] = {}

    def __del__(self) -> None:
        """Neighbours hold each other, which only the collector would free, and it does not look at links."""
        for placed in self:
            placed.prev = None

    def append(self, item: T, size: int, align: int = 0) -> Placed[T]:
        """Put `item` of `size` bytes at the end, aligned to `1 << align` bytes from the chain's start."""
        offset = (self.size + (1 << align) - 1) >> align << align
        placed = Placed(item, offset, size, offset - self.size, len(self.places))
        if self.last is None:
            self.first = placed
        else:
            self.last.next = placed
            placed.prev = self.last
        self.last = placed
        self.places[item] = placed
        self.size = offset + size
        return placed

    def unplug(self, item: T) -> Placed[T]:
        """Take `item` out and join its neighbours; offsets of the others stay. Raises KeyError if it is not here."""
        placed = self.places.pop(item)
        before, after = placed.prev, placed.next
        if before is None:
            self.first = after
        else:
            before.next = after
        if after is None:
            self.last = before
        else:
            after.prev = before
        placed.prev = placed.next = None
        return placed

    def __iter__(self) -> Iterator[Placed[T]]:
        placed = self.first
        while placed is not None:
            yield placed
            placed = placed.next

    def __len__(self) -> int:
        return len(self.places)

    def __contains__(self, item: object) -> bool:
        return item in self.places

    def __getitem__(self, item: T) -> Placed[T]:
        return self.places[item]
