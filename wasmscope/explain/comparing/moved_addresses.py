"""Where the addresses of one module are in another: with the data that is there."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from functools import cached_property
from operator import eq

from wasmscope.explain.comparing.alignment import Region, ends_in_common, same_blocks, same_regions
from wasmscope.explain.comparing.linked_blocks import linked_blocks
from wasmscope.explain.comparing.pairing import Pairing
from wasmscope.explain.comparing.things import Side, Thing

ALIGNMENT = 16
"""Bytes: what is after the data moves with its end, but for padding."""


Block = tuple[int, int, int]
"""Where a run of bytes starts and ends on side a, and where it starts on side b."""


class Addresses:
    """Where the addresses of side a are on side b: with the piece of data that is there, or the part of it that is the
    same.

    Past the data, where only zeros are, a linked module does not say what is where. There a pair of addresses is
    a guess that holds if every other pair agrees: one partner each.
    """

    def __init__(self, pairing: Pairing) -> None:
        self.pairing = pairing
        self.a, self.b = pairing.a, pairing.b
        self._guesses: dict[int, set[int]] = {}
        self._back: dict[int, set[int]] = {}

    def compare(self, one: int, other: int) -> str:
        """ "" or "moved" when what is at `one` is at `other` now, "changed" when it is elsewhere, or "unknown"."""
        there = self.find(one)
        if there is None:
            return "unknown"
        return "changed" if there != other else "" if one == other else "moved"

    @property
    def nothing_moved(self) -> bool:
        """Whether all that is known to be on both sides is where it was."""
        return all(start == there for start, _, there in self._blocks[1])

    def find(self, address: int) -> int | None:
        """Where what is at `address` of side a is on side b; None when that is not known. What a piece ends with is
        in it."""
        starts, blocks = self._blocks
        position = bisect_right(starts, address) - 1
        if position < 0:
            return None
        start, end, to = blocks[position]
        return to + address - start if address <= end else None

    @cached_property
    def _blocks(self) -> tuple[list[int], list[Block]]:
        """Everything whose place is known on both sides, in addresses; and where each of them starts."""
        links = self.pairing.links
        found = sorted(linked_blocks(links) if links is not None else self._module_blocks())
        return [start for start, _, _ in found], found

    def _module_blocks(self) -> list[Block]:
        """What is the same in pieces that are paired; and of the rest, what is the same wherever it is."""
        found: list[Block] = []
        for one, other in zip(self.a.pieces, self.pairing.pieces, strict=True):
            if other >= 0 and one.address >= 0 and self.b.pieces[other].address >= 0:
                there = self.b.pieces[other]
                found += (
                    (one.address + start, one.address + end, there.address + to)
                    for start, end, to in self.blocks(one, there)
                )
        ours = _rest(self.a, [(start, end) for start, end, _ in found])
        theirs = _rest(self.b, [(to, to + end - start) for start, end, to in found])
        return found + same_regions(ours, theirs)

    def blocks(self, one: Thing, other: Thing) -> list[Block]:
        """(start, end, start on side b): the runs of bytes of one piece that correspond to runs of the other, those
        that are the same and those of one size between two such; offsets in the pieces, by start."""
        a, b = self.a.data[one.start : one.end], self.b.data[other.start : other.end]
        if one.size == other.size and (one.of is not None or not a or a == b):
            return [(0, one.size, 0)]  # an atom, or the same bytes: nothing moved in it
        return _blocks(a, b)

    # --- past the data --------------------------------------------------------------------------------------------

    def guess(self, one: int, other: int) -> bool:
        """Note that `other` may be `one`, if both are past the data; whether they are."""
        ends = self._ends
        if one < ends[0] or other < ends[1]:
            return False
        self._guesses.setdefault(one, set()).add(other)
        self._back.setdefault(other, set()).add(one)
        return True

    def settled(self, one: int, other: int) -> bool:
        """Whether all pairs seen agree that `one` is `other`, and it may have gone so far."""
        agreed = self._guesses.get(one) == {other} and self._back.get(other) == {one}
        return agreed and (self._is_usual(other - one) or self._is_between(one, other - one))

    def _is_usual(self, distance: int) -> bool:
        """Whether something past the data may have gone so far: as other things there did, or with the data's end."""
        ends = self._ends
        with_the_end = ends[0] != ends[1] and abs(distance - ends[1] + ends[0]) < ALIGNMENT
        return not distance or with_the_end or self._distances[distance] > 1

    def _is_between(self, one: int, distance: int) -> bool:
        """Whether what is around `one` went less far on one side of it, and farther on the other: what grew or came
        in between moves what is behind it."""
        places, distances = self._usual
        position = bisect_left(places, one)
        if not 0 < position < len(places):
            return False
        low, high = sorted((distances[position - 1], distances[position]))
        return low < distance < high

    @cached_property
    def _usual(self) -> tuple[list[int], list[int]]:
        """The addresses past the data that certainly moved, and how far."""
        sure = [(one, min(others) - one) for one, others in self._guesses.items() if len(others) == 1]
        found = sorted((one, distance) for one, distance in sure if self._is_usual(distance))
        return [one for one, _ in found], [distance for _, distance in found]

    def moved_alike(self, one: int, other: int) -> bool:
        """Whether all that is known to have moved past the data moved as far as from `one` to `other`."""
        ends = self._ends
        return one >= ends[0] and other >= ends[1] and set(self._distances) == {other - one}

    def may_be(self, one: int, other: int) -> bool:
        """Whether two places past the data, which nothing else in the module names, may be one."""
        ends = self._ends
        return one >= ends[0] and other >= ends[1] and self._is_usual(other - one)

    @cached_property
    def _distances(self) -> Counter[int]:
        """How many addresses past the data went how far; asked when all code was compared."""
        return Counter(min(others) - one for one, others in self._guesses.items() if len(others) == 1)

    def guessed(self, one: int) -> int | None:
        """The address that `one`, past the data, became, if all pairs seen agree."""
        others = self._guesses.get(one, ())
        return next((other for other in others if self.settled(one, other)), None)

    @cached_property
    def _ends(self) -> tuple[int, int]:
        ends = [max((one.address + one.size for one in side.pieces), default=0) for side in (self.a, self.b)]
        return ends[0], ends[1]


def _blocks(a: bytes, b: bytes) -> list[Block]:
    """`same_blocks`, each with the equal bytes around it, and with what is of one size between two of them.

    If as much is the same where it was, nothing moved.
    """
    same = same_blocks(a, b)
    if len(a) == len(b) and sum(map(eq, a, b)) >= sum(end - start for start, end, _ in same):
        return [(0, len(a), 0)]
    found = [(0, 0, 0)]
    for start, end, there in [*same, (len(a), len(a), len(b))]:
        first, last, to = found[-1]
        gap, other = start - last, there - (to + last - first)
        if gap == other:
            found[-1] = (first, end, to)
            continue
        head, tail = ends_in_common(a[last:start], b[there - other : there]) if other > 0 else (0, 0)
        found[-1] = (first, last + head, to)
        found.append((start - tail, end, there - tail))
    return [one for one in found if one[1] > one[0]]


def _rest(side: Side, taken: list[tuple[int, int]]) -> list[Region]:
    """The data of a side that is in none of the ranges of addresses `taken`."""
    taken.sort()
    starts = [start for start, _ in taken]
    found: list[Region] = []
    for piece in side.pieces:
        if piece.address < 0 or piece.start < 0:
            continue
        here, stop = piece.address, piece.address + piece.end - piece.start
        for start, end in taken[bisect_left(starts, here) :]:
            if start >= stop:
                break
            found.append((here, side.data[piece.start + here - piece.address : piece.start + start - piece.address]))
            here = max(here, end)
        found.append((here, side.data[piece.start + here - piece.address : piece.end]))
    return [(start, data) for start, data in found if data]
