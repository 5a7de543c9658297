"""Matching data: where each segment of the objects is in the module's memory.

Segments are looked for where they would be if the linker laid them out as wasm-ld does (in the order of the objects,
each aligned, strings merged), then by their contents. What is zero, or wholly written by relocations, has no contents
to be known by: the addresses that matched code has for it say where it is.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from wasmscope.errors import FormatError
from wasmscope.explain.alike import differences, masked
from wasmscope.explain.image import Area
from wasmscope.explain.matching import NOT_IN_FILE, Home, Matching, MergedHome, Unmatched
from wasmscope.explain.naming import titled
from wasmscope.format.linking import SEG_STRINGS, SEG_TLS
from wasmscope.format.relocs import RELOC_TYPES
from wasmscope.link.model import Atom, Merge, Segment
from wasmscope.link.strings import merge_strings

LOCREL = 23
ENOUGH = 0.7
"""Share of a segment's atoms that must be where it is assumed to be."""
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
    matcher.zeros()
    matcher.by_references()
    matcher.by_order(named=False)
    matcher.by_references()
    matcher.say_unmatched()


class _Data:
    def __init__(self, matching: Matching) -> None:
        self.matching = matching
        link = matching.link
        assert link.resolve is not None
        self.layout = link.layout
        kept = link.mark.why if link.mark is not None else None
        self.all = [atom for file in link.resolve.objects for atom in file.segments]
        self.atoms = [atom for atom in self.all if kept is None or atom in kept]
        self.used: dict[int, list[tuple[int, int]]] = defaultdict(list)
        """For each area, file offsets that atoms were found at."""

    # --- as wasm-ld lays it out -----------------------------------------------------------------------------

    def by_layout(self) -> None:
        """Segments as this link made them, wherever the module has them."""
        taken: set[int] = set()
        for segment in self.layout.segments if self.layout is not None else ():
            best: tuple[float, Area | None] = (0, None)
            for area in self.matching.image.areas:
                if area.number not in taken and area.size >= segment.size > 0:
                    if area.name and area.name != segment.name and area.size != segment.size:
                        continue
                    good = self.agreeing(segment, area)
                    if good > best[0]:
                        best = good, area
            if best[1] is not None and best[0] >= ENOUGH:
                taken.add(best[1].number)
                self.place_all(segment, best[1])

    def agreeing(self, segment: Segment, area: Area) -> float:
        """The share of the atoms of `segment` that are where they should be if it began with `area`; only those that
        can be told from others count, unless name or size say that it is the one."""
        alike = area.size == segment.size
        atoms = [one for one in segment.chain if alike or self.telling(one.item)]
        good = sum(self.strays(one.item, area.start + one.offset, area.end) == () for one in atoms)
        return (good + alike / 2) / len(atoms) if atoms else 0

    def telling(self, atom: Atom) -> bool:
        """Whether an atom has contents to be known by."""
        if atom in self.merges:
            return True
        own = masked(atom, atom.data)
        return len(own) - own.count(0) >= TELLING

    def place_all(self, segment: Segment, area: Area) -> None:
        for placed in segment.chain:
            strays = self.strays(placed.item, area.start + placed.offset, area.end)
            if strays is not None:
                self.place(placed.item, area, area.start + placed.offset, "order", strays)

    def strays(self, atom: Atom, start: int, end: int) -> tuple[tuple[int, int], ...] | None:
        """Runs in which the bytes at file offset `start` are not the atom's; None when few of them are."""
        own = self.contents(atom)
        there = self.matching.module.data[start : start + len(own)]
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

    @property
    def merges(self) -> dict[Atom, Merge]:
        """Merges by the atom that they make."""
        if not hasattr(self, "_merges"):
            found = self.layout.merges.values() if self.layout is not None else ()
            self._merges = {merge.atom: merge for merge in found}
        return self._merges

    def place(self, atom: Atom, area: Area, start: int, how: str, strays: tuple[tuple[int, int], ...] = ()) -> None:
        """Say that `atom` (or the strings merged into it) is at file offset `start`, in `area`."""
        merge = self.merges.get(atom)
        address = area.address + start - area.start if area.address is not None else None
        end = start + len(self.contents(atom))
        self.used[area.number].append((start, end))
        if merge is None:
            self.matching.atoms[atom] = Home(area.number, start, start, end, address, how, None, (), strays)
            return
        for one in merge.first:
            self.matching.merged[one] = MergedHome(merge, start, end, address)

    def left(self) -> Iterator[Atom]:
        """Live atoms that have no place yet."""
        return (one for one in self.atoms if one not in self.matching.atoms and one not in self.matching.merged)

    # --- in the order of the objects ------------------------------------------------------------------------

    def by_order(self, named: bool) -> None:
        """Areas that no segment was found in: atoms one after the other, aligned."""
        for area in self.matching.image.areas:
            if not area.size or (named and (area.number in self.used or not area.name)):
                continue
            atoms = [one for one in self.left() if self.belongs(one, area)]
            if atoms:
                self.walk(area, atoms)

    @staticmethod
    def belongs(atom: Atom, area: Area) -> bool:
        """Whether an atom's name, or its kind, lets it be in `area`."""
        if not area.name:
            return True
        if atom.flags & SEG_TLS:
            return area.name.startswith((".tdata", ".tbss"))
        return atom.name == area.name or atom.name.startswith(f"{area.name}.")

    def walk(self, area: Area, atoms: Sequence[Atom]) -> None:
        """Place what fits at the next aligned place; strings also merged."""
        at, base, strings = area.start, area.address or 0, False
        for atom in atoms:
            start = area.start + (-(-(base + at - area.start) >> atom.align << atom.align) - base)
            if atom in self.matching.merged:
                continue
            if not strings and atom.flags & SEG_STRINGS and not atom.align and not self.fits(atom, start, area):
                merge = self.merge([one for one in atoms if one.flags == atom.flags and not one.align and one.size])
                start, atom, strings = at, merge.atom, True
            if self.fits(atom, start, area) and self.free(area, start, atom):
                self.place(atom, area, start, "order")
                at = start + len(self.contents(atom))

    def fits(self, atom: Atom, start: int, area: Area) -> bool:
        return self.strays(atom, start, area.end) == ()

    def merge(self, atoms: Sequence[Atom]) -> Merge:
        made = Atom("data", None, 0, atoms[0].name)
        merge = merge_strings(made, atoms)
        self.merges[made] = merge
        return merge

    # --- by contents ----------------------------------------------------------------------------------------

    def by_contents(self) -> None:
        """Atoms that have contents of their own, wherever they are."""
        for atom in list(self.left()):
            if atom.flags & SEG_STRINGS and not atom.align:
                continue
            places = list(self.occurrences(atom))
            if len(places) == 1:
                self.place(atom, *places[0], "contents")

    def occurrences(self, atom: Atom) -> Iterator[tuple[Area, int]]:
        """Where in the file the atom's bytes are, aligned as it must be, and not yet another's."""
        needle, skip = _needle(atom)
        if len(needle) < min(NEEDLE, atom.size) or not needle.strip(b"\0"):
            return
        data = self.matching.module.data
        for area in self.matching.image.areas:
            at = data.find(needle, area.start, area.end)
            while at >= 0:
                start = at - skip
                if start >= area.start and self.free(area, start, atom) and self.fits(atom, start, area):
                    yield area, start
                at = data.find(needle, at + 1, area.end)

    def free(self, area: Area, start: int, atom: Atom) -> bool:
        if ((area.address or 0) + start - area.start) & ((1 << atom.align) - 1):
            return False
        return all(start + atom.size <= low or high <= start for low, high in self.used[area.number])

    # --- by references --------------------------------------------------------------------------------------

    def votes(self, wanted: set[Atom]) -> dict[Atom, Counter[int]]:
        """For each of the atoms, the addresses that sites say it begins at."""
        matching = self.matching
        resolve = matching.link.resolve
        assert resolve is not None
        found: dict[Atom, Counter[int]] = defaultdict(Counter)
        for atom in list(matching.atoms):
            relocs, file = atom.relocs, atom.file
            if relocs is None or file is None:
                continue
            bindings = resolve.bindings[file]
            for row in range(atom.lo, atom.hi):
                type = RELOC_TYPES[relocs.types[row]]
                if type.symbol_kind != "data" or type.number == LOCREL:
                    continue
                symbol = bindings[relocs.indices[row]]
                if isinstance(symbol.target, Atom) and symbol.target in wanted and symbol.kind == "data":
                    try:
                        value = matching.found(atom, row)
                    except FormatError:
                        continue
                    if value is not None:
                        base = value - relocs.addends[row] - symbol.offset
                        found[symbol.target][base & (1 << type.bits) - 1] += 1
        return found

    def by_references(self) -> None:
        """What is left: where most sites say that it is, if it can be there."""
        wanted = set(self.left())
        for atom, counted in self.votes(wanted).items() if wanted else ():
            for address, _ in counted.most_common():
                if self.possible(atom, address):
                    area = self.matching.image.area_of(address)
                    if area is not None and area.address is not None:
                        self.place(atom, area, area.start + address - area.address, "references")
                    else:
                        self.put(atom, address, "references")
                    break

    def possible(self, atom: Atom, address: int) -> bool:
        if address & ((1 << atom.align) - 1):
            return False
        area = self.matching.image.area_of(address)
        if area is None or area.address is None:
            return not atom.data.strip(b"\0")
        return self.fits(atom, area.start + address - area.address, area)

    # --- zeros ----------------------------------------------------------------------------------------------

    def zeros(self) -> None:
        """Data that is zero and not in the file, if it is laid out as wasm-ld does it: in order, after all else."""
        segment = next((one for one in self.layout.segments if one.bss), None) if self.layout is not None else None
        if segment is None or all(placed.item in self.matching.atoms for placed in segment.chain):
            return
        offsets = {placed.item: placed.offset for placed in segment.chain}
        bases: Counter[int] = Counter()
        votes = self.votes(set(offsets))
        for atom, counted in votes.items():
            for address, times in counted.items():
                bases[address - offsets[atom]] += times
        start = self.zeros_start(segment)
        said = bases.most_common(1)[0] if bases else (start, 0)
        if said[1] < ENOUGH * sum(bases.values()):
            return
        base = said[0]
        if not self.can_be_zero(base, segment.align, segment.size):
            voted = [(atom, base + offsets[atom]) for atom in votes]
            if all(self.can_be_zero(address, atom.align, atom.size) for atom, address in voted):
                return  # others of the segment are not in this module
            base = start
        for atom, offset in offsets.items():
            self.put(atom, base + offset, "order")

    def zeros_start(self, segment: Segment) -> int:
        """Where wasm-ld puts data that the file leaves out: after what it holds, aligned."""
        cleared = self.matching.image.cleared
        if len(cleared) == 1 and cleared[0][1] == segment.size:
            return cleared[0][0]
        return -(-self.matching.image.end >> segment.align << segment.align)

    def can_be_zero(self, address: int, align: int, size: int) -> bool:
        """Whether nothing else is there."""
        if address & ((1 << align) - 1) or address < 0:
            return False
        cleared = self.matching.image.cleared
        if cleared:
            return any(start <= address and address + size <= start + length for start, length in cleared)
        return all(
            one.address is None or address >= one.address + one.size or address + size <= one.address
            for one in self.matching.image.areas
        )

    def put(self, atom: Atom, address: int, how: str) -> None:
        self.matching.atoms[atom] = Home(-1, NOT_IN_FILE, NOT_IN_FILE, NOT_IN_FILE, address, how)

    def say_unmatched(self) -> None:
        for atom in self.left():
            if atom.size:
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
