"""Matching data: where each segment of the objects is in the module's memory.

Segments are looked for as wasm-ld may have laid them out (`data_chains`), then by their contents. What is zero, or
wholly written by relocations, has no contents to be known by: the addresses that matched code has for it say where it
is.
"""

from __future__ import annotations

from collections.abc import Iterator

from wasmscope.explain.matching.alike import differences, masked
from wasmscope.explain.matching.data_chains import DataChain, Way, aligned, chains, is_string, joined
from wasmscope.explain.matching.data_exchange import exchange_data
from wasmscope.explain.matching.data_references import votes
from wasmscope.explain.matching.image import Area
from wasmscope.explain.matching.match_zeros import match_zeros, put
from wasmscope.explain.matching.matching import Home, Matching, MergedHome, Unmatched
from wasmscope.explain.naming import titled
from wasmscope.format.linking import SEG_TLS
from wasmscope.format.relocs import RELOC_TYPES
from wasmscope.link.model import Atom, Merge

ENOUGH = 0.7
"""Share of a segment's atoms that must be where they are supposed to be."""
NEEDLE = 8
"""Bytes that are enough to look for an atom by."""
TELLING = 2
"""Bytes other than zero that tell an atom from others."""


def match_data(matching: Matching) -> None:
    """Find the data of the objects in the module's memory."""
    matcher = _Data(matching)
    matcher.by_layout()
    matcher.by_order(named=True)
    matcher.by_contents()
    match_zeros(matching, matcher.atoms, matcher.all)
    matcher.by_references()
    matcher.by_order(named=False)
    matcher.by_references()
    exchange_data(matching)
    matcher.say_unmatched()


class _Data:
    def __init__(self, matching: Matching) -> None:
        self.matching = matching
        self.data = matching.module.data
        self.areas = matching.image.areas
        link = matching.link
        assert link.resolve is not None
        self.options = link.options
        kept = link.mark.why if link.mark is not None else None
        self.all = tuple(atom for file in link.resolve.objects for atom in file.segments)
        self.atoms = tuple(atom for atom in self.all if kept is None or atom in kept)
        self.taken = {one.number: bytearray(one.size) for one in self.areas}
        """For each byte of each area, whether an atom was found there."""
        self.merges: dict[Atom, Merge] = {}
        """Merges by the atom that they make."""

    # --- as a linker may have laid it out -------------------------------------------------------------------

    def by_layout(self) -> None:
        """Segments as one of the usual ways makes them, where the module has them."""
        for way in self.ways():
            open_areas = [one for one in self.areas if one.size and self.untouched(one)]
            if not open_areas:
                return
            parts = [one for one in chains(way, self.merges) if one.size]
            if self.options.pic and len(self.areas) == 1:
                parts = [joined(parts, ""), joined([one for one in parts if not one.zeros], "")]
            for one in parts:
                self.settle(one, open_areas)

    def ways(self) -> Iterator[Way]:
        """The ways that data may be laid out, the one that the options ask for first."""
        strings, together = self.options.optimize > 0, self.options.merge_data_segments
        for atoms in (self.atoms, self.all):
            for join in (together, not together):
                for merge in (strings, not strings):
                    yield Way(atoms, join, merge)

    def settle(self, one: DataChain, areas: list[Area]) -> None:
        """Place a chain in the area that it agrees with, if there is one."""
        best: tuple[float, Area | None] = (0, None)
        for area in areas:
            if not self.untouched(area) or area.size < one.size:
                continue
            if area.name and area.name != one.name and area.size != one.size:
                continue
            good = self.agreeing(one, area)
            if good > best[0]:
                best = good, area
        if best[1] is not None and best[0] >= ENOUGH:
            self.place_all(one, best[1])

    def agreeing(self, one: DataChain, area: Area) -> float:
        """The share of a chain's atoms that are where they should be if it began with `area`; only those that can be
        told from others count, unless the sizes are equal."""
        alike = area.size == one.size
        items = [(atom, offset) for atom, offset in one.items if alike or self.telling(atom)]
        good = sum(self.strays(atom, area.start + offset, area.end) == () for atom, offset in items)
        return (good + alike / 2) / len(items) if items else 0

    def telling(self, atom: Atom) -> bool:
        """Whether an atom has contents to be known by."""
        if atom in self.merges:
            return True
        own = masked(atom, atom.data)
        return len(own) - own.count(0) >= TELLING

    def place_all(self, one: DataChain, area: Area) -> None:
        for atom, offset in one.items:
            strays = self.strays(atom, area.start + offset, area.end)
            if strays is not None:
                self.place(atom, area, area.start + offset, "order", strays)

    def strays(self, atom: Atom, start: int, end: int) -> tuple[tuple[int, int], ...] | None:
        """Runs in which the bytes at file offset `start` are not the atom's; None when few of them are."""
        own = self.contents(atom)
        there = self.data[start : start + len(own)]
        if start + len(own) > end:
            return None
        if own == there:
            return ()
        mine, theirs = masked(atom, own), masked(atom, there)
        if mine == theirs:
            return ()
        runs = differences(mine, theirs)
        return tuple(runs) if sum(high - low for low, high in runs) <= max(8, len(own) // 4) else None

    def contents(self, atom: Atom) -> bytes:
        merge = self.merges.get(atom)
        return merge.data if merge is not None else atom.data

    def place(self, atom: Atom, area: Area, start: int, how: str, strays: tuple[tuple[int, int], ...] = ()) -> None:
        """Say that `atom` (or the strings merged into it) is at file offset `start`, in `area`."""
        merge = self.merges.get(atom)
        address = area.address + start - area.start if area.address is not None else None
        end = start + len(self.contents(atom))
        self.taken[area.number][start - area.start : end - area.start] = b"\1" * (end - start)
        if merge is None:
            self.matching.atoms[atom] = Home(area.number, start, start, end, address, how, None, (), strays)
            return
        for one in merge.first:
            self.matching.merged[one] = MergedHome(merge, start, end, address)

    def left(self) -> Iterator[Atom]:
        """Atoms that have no place yet, live ones first."""
        return (one for one in dict.fromkeys((*self.atoms, *self.all)) if not self.placed(one))

    def placed(self, atom: Atom) -> bool:
        return atom in self.matching.atoms or atom in self.matching.merged

    # --- in the order of the objects ------------------------------------------------------------------------

    def by_order(self, named: bool) -> None:
        """Areas that no segment was found in: atoms one after the other, aligned, leaving out what does not fit."""
        for area in self.areas:
            if not area.size or (named and not (area.name and self.untouched(area))):
                continue
            found, end = self.walk(area)
            for atom, start in found:
                if end == area.end or self.telling(atom):
                    self.place(atom, area, start, "order")

    def walk(self, area: Area) -> tuple[list[tuple[Atom, int]], int]:
        """The atoms that fit one after the other, each at its file offset; and where the last of them ends."""
        found, at, base = [], area.start, area.address or 0
        for atom in self.atoms:
            if not self.placed(atom) and self.belongs(atom, area):
                start = area.start + aligned(base + at - area.start, atom.align) - base
                if self.fits(atom, start, area) and self.free(area, start, atom):
                    found.append((atom, start))
                    at = start + atom.size
        return found, at

    @staticmethod
    def belongs(atom: Atom, area: Area) -> bool:
        """Whether an atom's name, or its kind, lets it be in `area`."""
        if not area.name:
            return True
        if atom.flags & SEG_TLS:
            return area.name.startswith((".tdata", ".tbss"))
        return atom.name == area.name or atom.name.startswith(f"{area.name}.")

    def fits(self, atom: Atom, start: int, area: Area) -> bool:
        return self.strays(atom, start, area.end) == ()

    # --- by contents ----------------------------------------------------------------------------------------

    def by_contents(self) -> None:
        """Atoms that have contents of their own, wherever they are."""
        areas = [one for one in self.areas if not self.whole(one)]
        for atom in list(self.left()) if areas else ():
            places = list(self.occurrences(atom, areas))
            if len(places) == 1:
                self.place(atom, *places[0], "contents")

    def occurrences(self, atom: Atom, areas: list[Area]) -> Iterator[tuple[Area, int]]:
        """Where in the file the atom's bytes are, aligned as it must be, and not yet another's."""
        needle, skip = _needle(atom)
        if is_string(atom) or len(needle) < min(NEEDLE, atom.size) or not needle.strip(b"\0"):
            return
        for area in areas:
            at = self.data.find(needle, area.start, area.end)
            while at >= 0:
                start = at - skip
                if start >= area.start and self.free(area, start, atom) and self.fits(atom, start, area):
                    yield area, start
                at = self.data.find(needle, at + 1, area.end)

    def free(self, area: Area, start: int, atom: Atom) -> bool:
        if ((area.address or 0) + start - area.start) & ((1 << atom.align) - 1):
            return False
        return b"\1" not in self.taken[area.number][start - area.start : start - area.start + atom.size]

    def untouched(self, area: Area) -> bool:
        """Whether nothing was found in `area` yet."""
        return b"\1" not in self.taken[area.number]

    def whole(self, area: Area) -> bool:
        """Whether every byte of `area` is an atom's, or zero between them."""
        taken, start = self.taken[area.number], area.start
        at = taken.find(0)
        while at >= 0:
            if self.data[start + at]:
                return False
            at = taken.find(0, at + 1)
        return True

    # --- by references --------------------------------------------------------------------------------------

    def by_references(self) -> None:
        """What is left: where most sites say that it is, if it can be there."""
        wanted = set(self.left())
        for atom, counted in votes(self.matching, wanted).items():
            end = aligned(self.matching.image.end, atom.align)  # zeros are mostly there: it decides between equal votes
            for address in sorted(counted, key=lambda one: (-counted[one], not one, abs(one - end))):
                if self.possible(atom, address):
                    area = self.matching.image.area_of(address)
                    if area is not None and area.address is not None:
                        self.place(atom, area, area.start + address - area.address, "references")
                    else:
                        put(self.matching, atom, address, "references")
                    break

    def possible(self, atom: Atom, address: int) -> bool:
        if address & ((1 << atom.align) - 1):
            return False
        area = self.matching.image.area_of(address)
        if area is None or area.address is None:
            return not atom.data.strip(b"\0")
        start = area.start + address - area.address
        return self.fits(atom, start, area) and self.free(area, start, atom)

    def say_unmatched(self) -> None:
        for atom in self.atoms:
            if atom.size and not self.placed(atom):
                why = f"{titled(atom)}: its contents are nowhere in the module's data, or in several places"
                self.matching.unmatched.append(Unmatched(atom, why))


def _needle(atom: Atom) -> tuple[bytes, int]:
    """The longest run of an atom's bytes that no relocation writes, and where it begins."""
    edges, at = [], 0
    for row in range(atom.lo, atom.hi):
        assert atom.relocs is not None
        edges.append((at, atom.site(row)))
        at = atom.site(row) + RELOC_TYPES[atom.relocs.types[row]].width
    edges.append((at, atom.size))
    start, end = max(edges, key=lambda one: one[1] - one[0])
    return atom.data[start:end], start
