"""Linear memory as it is right after the module is instantiated, before any code of the program has run.

The engine writes the active data segments; the linker's start function writes the passive ones, clears the .bss of an
imported memory, and leaves the flag by which threads agree at 2. The rest is zeros. Nothing is stored for those: a
memory of 4 GiB costs what is in it. Addresses are in bytes; those of position-independent output count from what
`__memory_base` will be, and words that only code of the program sets (`__wasm_apply_data_relocs`) are as in the file.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from functools import cached_property
from typing import NamedTuple

from wasmscope.explain.naming import title
from wasmscope.explain.steps import steps
from wasmscope.link.addresses import Addresses
from wasmscope.link.chain import Placed
from wasmscope.link.model import Atom, Boundary, Link, Segment, Symbol
from wasmscope.link.startup import passive

FILLED = 2
"""What the flag of a shared memory holds once memory is filled."""


class Region(NamedTuple):
    """Addresses `start` to `end` and what they are for; regions follow each other without gaps."""

    start: int
    end: int
    kind: str
    """"data", "zeros" (.bss), "stack", "flag", "heap" or "gap"."""
    name: str
    rule: str
    """Who makes the bytes what they are."""
    segment: Segment | None = None


class MemoryImage:
    """The memory of `link`, whose layout is known. `size` is in bytes: what the module asks for at first."""

    def __init__(self, link: Link) -> None:
        assert link.layout is not None
        self.link = link
        memory = link.layout.memory
        self.size = max(memory.limits.min * memory.page_size, memory.end)

    @cached_property
    def regions(self) -> list[Region]:
        """Every address from 0 to `size`, in order."""
        found: list[Region] = []
        at = 0
        for one in sorted(self._known(), key=lambda region: region.start):
            if one.start > at:
                found.append(Region(at, one.start, "gap", "gap", "nothing is placed here: zeros"))
            if one.end > at:
                found.append(one)
                at = one.end
        if at < self.size:
            rule = "above all that was laid out, free for the program's allocator: zeros"
            found.append(Region(at, self.size, "heap", "heap", rule))
        return found

    @cached_property
    def _starts(self) -> list[int]:
        return [one.start for one in self.regions]

    def _known(self) -> Iterator[Region]:
        layout, options = self.link.layout, self.link.options
        assert layout is not None
        for segment in layout.segments:
            if segment.size:
                by = "the start function" if passive(segment, layout, options) else "the engine"
                kind = "zeros" if segment.bss else "data"
                rule = f"zeros by {by}" if segment.bss and by != "the engine" else f"copied by {by}"
                rule = "zeros: memory begins so" if segment.bss and by == "the engine" else rule
                yield Region(segment.address, segment.address + segment.size, kind, segment.name, rule, segment)
        known = {one.name: one.address for one in layout.boundaries}
        if "stack low" in known and known.get("stack top", 0) > known["stack low"]:
            yield Region(known["stack low"], known["stack top"], "stack", "stack", "grows down from its end: zeros")
        if self.flag is not None:
            yield Region(self.flag, self.flag + 4, "flag", "initialisation flag", "set to 2 by the start function")

    @property
    def flag(self) -> int | None:
        """The address of `__wasm_init_memory_flag`."""
        layout = self.link.layout
        assert layout is not None
        return layout.values.get(layout.flag) if layout.flag is not None else None

    def region_at(self, address: int) -> Region:
        """The region of `address`. Raises IndexError outside the memory."""
        if not 0 <= address < self.size:
            raise IndexError(f"the memory has no byte {address:#x}: it ends at {self.size:#x}")
        return self.regions[bisect_right(self._starts, address) - 1]

    def between(self, start: int, end: int) -> list[Region]:
        """The regions that touch `start` to `end`."""
        first = max(0, bisect_right(self._starts, start) - 1)
        last = bisect_right(self._starts, end - 1)
        return self.regions[first:last] if start < end else []

    # --- atoms --------------------------------------------------------------------------------------------------

    @cached_property
    def _offsets(self) -> dict[Segment, tuple[list[Placed[Atom]], list[int]]]:
        layout = self.link.layout
        assert layout is not None
        placed = {one: list(one.chain) for one in layout.segments}
        return {one: (atoms, [atom.offset for atom in atoms]) for one, atoms in placed.items()}

    def placed_between(self, segment: Segment, start: int, end: int) -> Iterator[tuple[int, Placed[Atom]]]:
        """(address, place) of the atoms of `segment` that touch the addresses `start` to `end`, in order."""
        atoms, offsets = self._offsets[segment]
        for placed in atoms[max(0, bisect_right(offsets, start - segment.address) - 1) :]:
            address = segment.address + placed.offset
            if address >= end:
                return
            if address + placed.size > start:
                yield address, placed

    def atom_at(self, address: int) -> tuple[Atom, int] | None:
        """The atom whose byte is at `address`, and the byte's offset in it; None where no atom is. In merged strings it
        is the first input atom that the string is from."""
        segment = self.region_at(address).segment
        for start, placed in self.placed_between(segment, address, address + 1) if segment is not None else ():
            places, offset = steps(self.link).places, address - start
            merge = places.merged.get(placed.item)
            if merge is None:
                return placed.item, offset
            string = places.strings_at(merge, offset)[0]
            return string.atom, string.start + offset - string.offset
        return None

    # --- bytes --------------------------------------------------------------------------------------------------

    def read(self, start: int, end: int) -> bytes:
        """The bytes at `start` to `end`, cut at the end of the memory."""
        end = min(end, self.size)
        found = bytearray(max(0, end - start))
        for region in self.between(start, end):
            if region.kind == "data" and region.segment is not None:
                for address, placed in self.placed_between(region.segment, start, end):
                    data = self.final(placed.item)
                    low, high = max(start, address), min(end, address + len(data))
                    found[low - start : high - start] = data[low - address : high - address]
            elif region.kind == "flag":
                word = FILLED.to_bytes(4, "little")
                low, high = max(start, region.start), min(end, region.end)
                found[low - start : high - start] = word[low - region.start : high - region.start]
        return bytes(found)

    def final(self, atom: Atom) -> bytes:
        """The bytes of `atom` as the module has them."""
        link = self.link
        patched = link.relocate.bytes.get(atom) if link.relocate is not None else None
        return patched if patched is not None else steps(link).places.original(atom)

    @cached_property
    def boundaries(self) -> list[Boundary]:
        """The places that layout fixed, by address."""
        layout = self.link.layout
        return sorted(layout.boundaries, key=lambda one: one.address) if layout is not None else []

    # --- the way here -------------------------------------------------------------------------------------------

    def of(self, thing: object) -> tuple[int, int] | None:
        """Where `thing` (an atom, a data symbol, a segment) is: start and end; None if it is not in memory."""
        if isinstance(thing, Segment):
            return thing.address, thing.address + thing.size
        if isinstance(thing, Boundary):
            return thing.address, thing.address
        if isinstance(thing, Symbol):
            return self._of_symbol(thing)
        if not isinstance(thing, Atom):
            return None
        start = self.address_of(thing, 0)
        return (start, start + thing.size) if start is not None else None

    def address_of(self, atom: Atom, offset: int) -> int | None:
        """The address of byte `offset` of `atom`, whose strings may have been merged; None if it is not in memory."""
        assert self.link.layout is not None
        merge = steps(self.link).places.merged.get(atom)
        home = self.link.layout.home.get(atom if merge is None else next(iter(merge.first)))
        if not isinstance(home, Segment):
            return None
        if merge is not None:
            return home.address + home.chain[atom].offset + offset
        return home.address + self._addresses.in_home(atom, offset)

    @cached_property
    def _addresses(self) -> Addresses:
        assert self.link.layout is not None
        return Addresses(self.link.layout)

    def _of_symbol(self, symbol: Symbol) -> tuple[int, int] | None:
        assert self.link.layout is not None
        if symbol.kind != "data" or self._addresses.of(symbol) is None:
            return None
        if isinstance(symbol.target, Atom) and symbol.target not in self.link.layout.home:
            return None
        start = self._addresses.absolute(symbol)
        return start, start + symbol.size


def memory_image(link: Link) -> MemoryImage | None:
    """The memory of `link`; None if it did not come to fix its end, or if it makes no memory (-r)."""
    layout = link.layout
    if layout is None or link.options.relocatable or not any(one.name == "memory end" for one in layout.boundaries):
        return None
    found = steps(link)
    if found.image is None:
        found.image = MemoryImage(link)
    return found.image


def address_title(image: MemoryImage, address: int) -> str:
    """What is at `address`, in words: the symbol or atom and how far into it, else the region."""
    found = image.atom_at(address)
    if found is None:
        region = image.region_at(address)
        return f"{region.name}+{address - region.start:#x}"
    atom, offset = found
    rows = steps(image.link).symbols
    inside = [one for one in rows.symbols_at.get(atom, ()) if one.kind == "data" and one.offset <= offset]
    best = max(inside, key=lambda one: one.offset, default=None)
    if best is None:
        return f"{title(atom)}+{offset:#x}"
    return f"{title(best)}+{offset - best.offset:#x}"
