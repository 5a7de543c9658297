"""Relocations of two objects, or of modules that kept theirs: do they name the same things at the same sites?"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Hashable
from functools import cached_property
from operator import le

from wasmscope.explain.comparing.alignment import same_keys
from wasmscope.explain.comparing.moved_addresses import Addresses
from wasmscope.explain.comparing.pairing import Pairing
from wasmscope.explain.comparing.partners import PRIVATE
from wasmscope.explain.comparing.things import Side, Thing
from wasmscope.format.frames import Section
from wasmscope.format.linking import (
    SYM_ABSOLUTE,
    SYM_BINDING_MASK,
    SYM_DATA,
    SYM_LOCAL,
    SYM_SECTION,
    SYM_UNDEFINED,
    SymbolRecord,
)
from wasmscope.format.reloc_section import Relocs
from wasmscope.format.relocs import RELOC_TYPES


class Relocations:
    """The relocations of sides a and b, and which symbol of a is which of b."""

    def __init__(self, pairing: Pairing, addresses: Addresses) -> None:
        self.pairing = pairing
        self.addresses = addresses
        self.a, self.b = pairing.a, pairing.b

    # --- symbols --------------------------------------------------------------------------------------------------

    @cached_property
    def symbols(self) -> list[int]:
        """For each symbol of side a, the number of the same one of side b, or -1."""
        ours = (self._key(self.a, record, self.place(record)) for record in self.a.symbols)
        return same_keys(ours, (self._key(self.b, record, place_of(self.b, record)) for record in self.b.symbols))

    def _key(self, side: Side, record: SymbolRecord, place: int | None) -> Hashable:
        """What tells a symbol: its name; of data that the compiler named by counting, its place on side b."""
        name = side.module.symbol_name(record)
        if place is not None and PRIVATE in name:
            return record.kind, place
        local = record.flags & SYM_BINDING_MASK == SYM_LOCAL and record.kind != SYM_SECTION
        return record.kind, name, local

    def place(self, record: SymbolRecord) -> int | None:
        """The address on side b of a data symbol of side a; None if it has none there."""
        place = place_of(self.a, record)
        if place is None:
            return None
        there = self.addresses.find(place)
        if there is not None:
            return there
        other = self.pairing.pieces[record.index]
        return self.b.pieces[other].address + record.offset if other >= 0 else None

    # --- relocations ----------------------------------------------------------------------------------------------

    def same(self, section: str, one: Thing, other: Thing) -> bool:
        """Whether the bytes of two things of a section have the same relocations at the same places."""
        places, keys = self.of(self.a, section, one.start, one.end)
        other_places, other_keys = self.of(self.b, section, other.start, other.end)
        return places == other_places and [self.there(key) for key in keys] == other_keys

    def there(self, key: tuple[int, int, int]) -> tuple[int, int, int]:
        """(type, index, addend) of side a as side b would say it."""
        type, index, addend = key
        to = self.pairing.types if RELOC_TYPES[type].symbol_kind == "type" else self.symbols
        return type, to[index] if index < len(to) else -1, addend

    def of(self, side: Side, section: str, start: int, end: int) -> tuple[list[int], list[tuple[int, int, int]]]:
        """Of the relocations between two file offsets: where they are, from `start`; and type, index and addend."""
        found = self._found(side).get(section)
        if found is None:
            return [], []
        base, relocs = found
        low, high = bisect_left(relocs.offsets, start - base), bisect_left(relocs.offsets, end - base)
        places = [offset + base - start for offset in relocs.offsets[low:high]]
        columns = relocs.types[low:high], relocs.indices[low:high], relocs.addends[low:high]
        return places, list(zip(*columns, strict=True))

    def _found(self, side: Side) -> dict[str, tuple[int, Relocs]]:
        return self._ours if side is self.a else self._theirs

    @cached_property
    def _ours(self) -> dict[str, tuple[int, Relocs]]:
        return by_section(self.a)

    @cached_property
    def _theirs(self) -> dict[str, tuple[int, Relocs]]:
        return by_section(self.b)


def by_section(side: Side) -> dict[str, tuple[int, Relocs]]:
    """For each section that has relocations, by name: the file offset of its contents, and they, in order."""
    found: dict[str, tuple[int, Relocs]] = {}
    sections: list[Section] = side.module.sections
    for relocs in side.module.relocs:
        if relocs.target < len(sections):
            target = sections[relocs.target]
            found.setdefault(target.name, (target.contents, _in_order(relocs)))
    return found


def _in_order(relocs: Relocs) -> Relocs:
    """By offset, as compilers write them."""
    if all(map(le, relocs.offsets, relocs.offsets[1:])):
        return relocs
    return Relocs(relocs.target, sorted(relocs, key=lambda one: one.offset))


def place_of(side: Side, record: SymbolRecord) -> int | None:
    """The address of a symbol that is defined in a data segment."""
    if record.kind != SYM_DATA or record.flags & (SYM_UNDEFINED | SYM_ABSOLUTE) or record.index >= len(side.pieces):
        return None
    piece = side.pieces[record.index]
    return piece.address + record.offset if piece.address >= 0 else None
