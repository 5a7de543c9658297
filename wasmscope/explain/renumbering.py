"""Whether two numbers of two modules mean the same: the number of a function and of its partner, an address and where
what is there went, a table slot and the one in which the same function is now.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable
from functools import cached_property

from wasmscope.explain.alignment import ends_in_common, same_blocks
from wasmscope.explain.linked_blocks import linked_blocks
from wasmscope.explain.pairing import Pairing
from wasmscope.explain.relocation_values import RelocationValues
from wasmscope.explain.things import Thing
from wasmscope.format.immediates import Immediate
from wasmscope.format.leb128 import read_uleb
from wasmscope.format.skeletons import CONSTANTS, numbers
from wasmscope.format.types import RefType

CALL = b"\x10"
PADDED = (5, 10)
"""Bytes of a number at its full width: a compiler writes it so where a relocation patches it."""

Verdict = tuple[str, tuple[str, ...]]
"""("", "moved", "changed" or "guess"; what is different, in words)."""
SAME: Verdict = ("", ())
MOVED: Verdict = ("moved", ("holds numbers of things that moved",))
REWRITTEN: Verdict = ("moved", ("its numbers are written in other widths",))


def is_padded(arg: Immediate) -> bool:
    """Whether a number is at its full width, and could be shorter."""
    width = arg.end - arg.start
    return width in PADDED and arg.value.bit_length() + (arg.kind != "offset") <= 7 * (width - 1)


ALIGNMENT = 16
"""Bytes: what is after the data moves with its end, but for padding."""


def unsigned(value: int) -> int:
    """An address or slot as it is in the code, where it may be negative."""
    return value & 0xFFFFFFFF if -1 << 31 <= value < 0 else value & (1 << 64) - 1


class Renumbering:
    """What the numbers of side `a` became on side `b`, by `pairing`."""

    def __init__(self, pairing: Pairing) -> None:
        self.pairing = pairing
        self.a, self.b = pairing.a, pairing.b
        self.by_relocations = self.a.is_object and self.b.is_object
        """Relocations say what constants stand for; whoever compares must compare those, too."""
        self.addresses = Addresses(pairing)
        self.values = RelocationValues(pairing.links) if pairing.links is not None else None
        """What the relocations of two links wrote: they know better than the bytes."""
        self._sites: dict[tuple[bytes, bytes], str] = {}

    def by_links(self, one: Thing, other: Thing) -> Verdict | None:
        """What two atoms of two links are to each other, as their relocations say; None if their own bytes differ, or
        this is no link."""
        known = self.values.have_one_meaning(one.of, other.of) if self.values is not None else None
        if known is None:
            return None
        if not known:
            return "changed", ("relocations",)
        same = self.a.data[one.start : one.end] == self.b.data[other.start : other.end]
        return SAME if same else MOVED

    # --- numbers of index spaces ----------------------------------------------------------------------------------

    def number(self, space: str, one: int) -> int:
        """What number `one` of side a's `space` is on side b; -1 if nothing."""
        to = self._maps.get(space)
        return one if to is None else to[one] if 0 <= one < len(to) else -1

    @cached_property
    def _maps(self) -> dict[str, list[int]]:
        segments = [] if self.a.link is not None else self.pairing.pieces
        maps = {**self.pairing.spaces, "type": self.pairing.types}
        return maps if self.a.link is not None else {**maps, "data": segments}

    @cached_property
    def slots(self) -> dict[int, set[int]]:
        """For each table slot of side a, those of side b that hold the partner of its function."""
        theirs: dict[int, set[int]] = {}
        for slot, function in self.b.table_contents():
            theirs.setdefault(function, set()).add(slot)
        return {
            slot: theirs.get(self.number("function", function), set()) for slot, function in self.a.table_contents()
        }

    # --- sites of code --------------------------------------------------------------------------------------------

    def sites(self, pairs: Iterable[tuple[bytes, bytes]]) -> dict[tuple[bytes, bytes], str]:
        """What the instructions with numbers of two bodies are to each other, two by two.

        "" when they mean the same, "moved" when they do with other numbers, "changed", or "guess" when they are
        addresses past the data that may be of one variable: `settle` tells.
        """
        known = self._sites
        found = {}
        for pair in pairs:
            verdict = known.get(pair)
            if verdict is None:
                verdict = known[pair] = self._compare(*pair)
            found[pair] = verdict
        return found

    def _compare(self, one: bytes, other: bytes) -> str:
        if not one or not other:
            return "" if one == other else "changed"
        if one[:1] == other[:1] == CALL:  # most of all sites
            same = self.number("function", read_uleb(one, 1)[0]) == read_uleb(other, 1)[0]
            return "changed" if not same else "" if one == other else "moved"
        name, args = numbers(one)
        other_name, other_args = numbers(other)
        if name != other_name or len(args) != len(other_args) or name == "?":
            return "" if one == other else "changed"
        found = {self.immediate(left, right) for left, right in zip(args, other_args, strict=True)}
        for verdict in ("changed", "guess"):
            if verdict in found:
                return verdict
        return "" if one == other else "moved"

    def immediate(self, one: Immediate, other: Immediate) -> str:
        """What two numbers, types or constants are to each other, as for `sites`."""
        if one.kind != other.kind:
            return "changed"
        if one.kind in CONSTANTS:
            return self.constant(one.value, other.value, is_padded(one) and is_padded(other))
        return "" if self.expected(one) == other.value else "changed"

    def constant(self, one: int, other: int, padded: bool) -> str:
        """The same for two constants; `padded`: both are where a relocation patched them, so they are no mere numbers.
        """
        if padded and self.by_relocations:
            return ""
        if one == other and not padded:
            return ""
        one, other = unsigned(one), unsigned(other)
        if other in self.slots.get(one, ()):
            return "" if one == other else "moved"
        verdict = self.addresses.compare(one, other)
        if verdict != "unknown":
            return verdict
        slot_is_known = one in self.slots
        if padded and not slot_is_known and self.addresses.guess(one, other):
            return "guess"
        return "" if one == other and not slot_is_known else "changed"

    def word(self, one: int, other: int) -> bool:
        """Whether two different words of data are an address or slot that moved; asked when all code was compared."""
        if self.constant(one, other, False) == "moved":
            return True
        return self.addresses.settled(one, other) or self.addresses.moved_alike(one, other)

    def settle(self, one: bytes, other: bytes) -> str:
        """What a pair of sites that was a guess is after all, now that all of them have been seen."""
        if self._sites[one, other] != "guess":
            return self._sites[one, other]
        _, args = numbers(one)
        _, other_args = numbers(other)
        agreed = all(
            self.addresses.settled(unsigned(left.value), unsigned(right.value))
            for left, right in zip(args, other_args, strict=True)
            if left.kind in CONSTANTS and self.immediate(left, right) == "guess"
        )
        return "changed" if not agreed else "" if one == other else "moved"

    def expected(self, arg: Immediate) -> object:
        """What an immediate of side a should be on side b, if it means the same."""
        value = arg.value
        if arg.kind in CONSTANTS:
            return self._expected_constant(value) if arg.end - arg.start > 1 else value
        if arg.kind == "heap" and value >= 0:
            return self.number("type", value)
        if arg.kind == "reftype" and value.heap >= 0:
            return RefType(value.nullable, self.number("type", value.heap))
        return self.number(arg.kind, value) if isinstance(value, int) else value

    def _expected_constant(self, value: int) -> int:
        one = unsigned(value)
        there = self.addresses.find(one)
        if there is None and one in self.slots:
            there = min(self.slots[one], default=-1)
        elif there is None:
            there = self.addresses.guessed(one)
        return value if there is None or there == one else there


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
    def _blocks(self) -> tuple[list[int], list[tuple[int, int, int]]]:
        """(start, end, where it starts on side b) of everything whose place is known on both sides, by start."""
        links = self.pairing.links
        found: list[tuple[int, int, int]] = list(linked_blocks(links)) if links is not None else []
        if links is not None:
            found.sort()
            return [start for start, _, _ in found], found
        for one, other in zip(self.a.pieces, self.pairing.pieces, strict=True):
            if other >= 0 and one.address >= 0 and self.b.pieces[other].address >= 0:
                there = self.b.pieces[other]
                found += (
                    (one.address + start, one.address + end, there.address + to)
                    for start, end, to in self.blocks(one, there)
                )
        found.sort()
        return [start for start, _, _ in found], found

    def blocks(self, one: Thing, other: Thing) -> list[tuple[int, int, int]]:
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
        return agreed and self._is_usual(other - one)

    def _is_usual(self, distance: int) -> bool:
        """Whether something past the data may have gone so far: as other things there did, or with the data's end."""
        ends = self._ends
        with_the_end = ends[0] != ends[1] and abs(distance - ends[1] + ends[0]) < ALIGNMENT
        return not distance or with_the_end or self._distances[distance] > 1

    def moved_alike(self, one: int, other: int) -> bool:
        """Whether all that is known to have moved past the data moved as far as from `one` to `other`."""
        ends = self._ends
        return one >= ends[0] and other >= ends[1] and set(self._distances) == {other - one}

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


def _blocks(a: bytes, b: bytes) -> list[tuple[int, int, int]]:
    """`same_blocks`, each with the equal bytes around it, and with what is of one size between two of them."""
    found = [(0, 0, 0)]
    for start, end, there in [*same_blocks(a, b), (len(a), len(a), len(b))]:
        first, last, to = found[-1]
        gap, other = start - last, there - (to + last - first)
        if gap == other:
            found[-1] = (first, end, to)
            continue
        head, tail = ends_in_common(a[last:start], b[there - other : there]) if other > 0 else (0, 0)
        found[-1] = (first, last + head, to)
        found.append((start - tail, end, there - tail))
    return [one for one in found if one[1] > one[0]]

