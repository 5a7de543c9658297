"""Whether two numbers of two modules mean the same: the number of a function and of its partner, an address and where
what is there went, a table slot and the one in which the same function is now.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

from wasmscope.explain.comparing.moved_addresses import Addresses
from wasmscope.explain.comparing.pairing import Pairing
from wasmscope.explain.comparing.relocation_values import RelocationValues
from wasmscope.explain.comparing.things import Thing
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
        maps = {**self.pairing.spaces, "type": self.pairing.types}
        if self.a.link is None:  # else the pieces of data are atoms, which have no numbers
            maps["data"] = self.pairing.pieces
        return maps

    @cached_property
    def slots(self) -> dict[int, set[int]]:
        """For each table slot of side a, those of side b that hold the partner of its function."""
        theirs: dict[int, set[int]] = {}
        for slot, function in self.b.table_contents():
            theirs.setdefault(function, set()).add(slot)
        return {
            slot: theirs.get(self.number("function", function), set()) for slot, function in self.a.table_contents()
        }

    @cached_property
    def nothing_moved(self) -> bool:
        """Whether every number and address of side a means the same on side b, so that equal bytes do, too."""
        lists = (*self.pairing.spaces.values(), self.pairing.types)
        still = all(to == list(range(len(to))) for to in lists)
        return still and all(slot in there for slot, there in self.slots.items()) and self.addresses.nothing_moved

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
