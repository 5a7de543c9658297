"""What mistake of a linker makes a wrong value: the causes that `audit` knows, and how each is told."""

from __future__ import annotations

from collections import Counter
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from wasmscope.errors import FormatError
from wasmscope.explain.matching import Matching
from wasmscope.explain.naming import title, titled
from wasmscope.format.leb128 import read_uleb
from wasmscope.format.linking import SYM_FUNCTION, SYM_UNDEFINED, SYM_WEAK, SYMBOL_KINDS
from wasmscope.format.relocs import RELOC_TYPES, RelocType, decode
from wasmscope.format.types import FUNCTION
from wasmscope.link.mark import TABLE_INDEX, TYPE_INDEX
from wasmscope.link.model import Atom, Symbol
from wasmscope.link.relocate import FUNCTION_INDEX, FUNCTION_OFFSET, SECTION_OFFSET, size_field

if TYPE_CHECKING:
    from wasmscope.explain.expected import Want
    from wasmscope.explain.landmarks import Landmarks


class Cause(NamedTuple):
    """A mistake: what it is in words, how much it says (0 most), and whether it makes a constant difference."""

    words: str
    rank: int
    constant: bool = False


CAUSES = {
    "addend dropped": Cause("the addend is missing", 0),
    "addend counted twice": Cause("the addend was added twice", 0),
    "sleb written unsigned": Cause("the signed number was written as an unsigned one, and reads back as another", 0),
    "number cut short": Cause("the number ends before its site does, and the rest of it is read as code", 0),
    "slot off by one": Cause("the table slot is that of a neighbour", 0, True),
    "stale offset": Cause("the offset is from before code before it became shorter or longer", 0),
    "wrong segment base": Cause("the address counts from another segment", 0, True),
    "relocation owned by two atoms": Cause("a relocation of one atom was applied in another too", 0),
    "comdat loser referenced": Cause("it is the copy of a COMDAT group that lost", 0),
    "weak picked over strong": Cause("it is a weak definition, although there is a strong one", 0),
    "size field not counted": Cause("the code offset leaves out the size fields of functions", 0),
    "type index not renumbered": Cause("the number is the object's own type index", 0),
    "index not renumbered": Cause("the number is the object's own index", 1),
    "not patched": Cause("the bytes are still those of the object", 1),
    "section base not added": Cause("the offset counts from the object's piece, not from the section", 1),
    "tombstone for something live": Cause("the target is marked as dropped, and is in the module", 1),
    "wrong definition": Cause("it is another definition of the same name", 1),
    "constant shift": Cause("all are off by the same amount", 2, True),
    "index off by N": Cause("the number is that of another, the same distance away each time", 2, True),
    "wrong function": Cause("it is another function", 3),
    "wrong datum": Cause("it is the address of something else", 3),
    "wrong value": Cause("the value stands for nothing that the relocation could mean", 4),
    "unreadable": Cause("the bytes are no number", 4),
    "bytes changed": Cause("they differ from the object's, and no relocation patches them", 5),
}
"""Every cause, by its key."""


class Miss(NamedTuple):
    """A relocation whose value is wrong; `expected` and `found` are as read back from its site."""

    atom: Atom
    row: int
    type: RelocType
    symbol: Symbol | None
    addend: int
    expected: int | None
    formula: str
    found: int | None
    raw: bytes
    want: Want

    @property
    def delta(self) -> int | None:
        return None if self.found is None or self.expected is None else self.found - self.expected

    def shown(self, value: int) -> str:
        """A number as this type's are shown: addresses and offsets in hex, indices in decimal."""
        return f"{value:#x}" if self.type.addend else f"{value}"


class Causes:
    """Tells causes apart in the module of `matching`."""

    def __init__(self, matching: Matching, landmarks: Landmarks) -> None:
        self.matching = matching
        self.module = matching.module
        self.image = matching.image
        self.landmarks = landmarks

    def of(self, miss: Miss, shifts: Counter[tuple[int, int]]) -> tuple[str, str]:
        """The cause of a wrong value, and how that shows; `shifts`: how many misses of each type are off by what."""
        tests = (self.reading, self.addend, self.definition, self.offset, self.unpatched, self.neighbour, self.base)
        for test in tests:
            key = test(miss)
            if key:
                return key, CAUSES[key].words
        if miss.delta is not None and shifts[miss.type.number, miss.delta] > 1:
            key = "constant shift" if miss.type.addend else "index off by N"
            times = shifts[miss.type.number, miss.delta]
            return key, f"off by {miss.delta:+}, as are {times - 1} others"
        key = self.plain(miss)
        return key, CAUSES[key].words

    def is_anothers(self, miss: Miss) -> bool:
        """Whether the value of a relocation whose target was not found stands for something else that was."""
        return bool(miss.found is not None and self.definition(miss))

    # --- tests ----------------------------------------------------------------------------------------------

    def reading(self, miss: Miss) -> str:
        """The bytes are no number, or another than the one that was meant."""
        if miss.type.encoding != "le" and min(miss.raw[:-1], default=128) < 128:
            return "number cut short"
        if miss.type.encoding == "sleb" and miss.expected is not None:
            try:
                plain = read_uleb(miss.raw, 0)[0]
            except FormatError:
                return "unreadable"
            if plain == miss.expected & (1 << miss.type.bits) - 1:
                return "sleb written unsigned"
        return "unreadable" if miss.found is None else ""

    def addend(self, miss: Miss) -> str:
        if not miss.addend or miss.delta is None:
            return ""
        if miss.delta == -miss.addend:
            return "addend dropped"
        return "addend counted twice" if miss.delta == miss.addend else ""

    def definition(self, miss: Miss) -> str:
        """The value stands for a definition that lost."""
        chosen = self.chosen(miss)
        if chosen is None or miss.symbol is None:
            return ""
        target, link = miss.symbol.target, self.matching.link
        assert link.resolve is not None
        if chosen is target or chosen.file is None or not isinstance(target, Atom):
            return ""
        flags = self.flags_of(chosen, miss.symbol)
        if flags is None:
            return ""
        if chosen in link.resolve.discarded or (chosen.comdat >= 0 and target.comdat >= 0):
            return "comdat loser referenced" if target in self.matching.atoms else ""
        if flags & 3 == SYM_WEAK and not miss.symbol.weak:
            return "weak picked over strong"
        return "wrong definition"

    def chosen(self, miss: Miss) -> Atom | None:
        """The atom that the found value leads to."""
        if miss.found is None:
            return None
        if miss.type.number in FUNCTION_INDEX:
            return self.matching.functions.get(miss.found)
        if miss.type.number in TABLE_INDEX:
            slot = miss.found + (self.image.first_slot if miss.type.relative else 0)
            return self.matching.functions.get(self.image.slots.get(slot, -1))
        if miss.type.number in FUNCTION_OFFSET:
            section = self.module.section(10)
            at = self.matching.atom_at(section.contents + miss.found) if section is not None else None
            return at[0] if at is not None else None
        if miss.type.symbol_kind == "data":
            found = self.landmarks.atom_of((miss.found - miss.addend) & (1 << miss.type.bits) - 1)
            return found[0] if found is not None else None
        return None

    def flags_of(self, atom: Atom, symbol: Symbol) -> int | None:
        """The flags with which the file of `atom` defines the name of `symbol` as that atom."""
        assert atom.file is not None
        imported = atom.file.imported(FUNCTION)
        for record in atom.file.linking.symbols:
            if record.name == symbol.name and not record.flags & SYM_UNDEFINED and record.kind < 2:
                index = record.index - imported if record.kind == SYM_FUNCTION else record.index
                if index == atom.index and SYMBOL_KINDS[record.kind] == atom.kind:
                    return record.flags
        return None

    def unpatched(self, miss: Miss) -> str:
        """The bytes, or the number, are those of the object."""
        at = miss.atom.start + miss.atom.site(miss.row)
        assert miss.atom.file is not None
        data = miss.atom.file.module.data[at : at + miss.type.width]
        try:
            own = decode(miss.type, data, 0)
        except FormatError:
            return ""
        if own != miss.found:
            return ""
        if miss.type.number == TYPE_INDEX:
            return "type index not renumbered"
        if miss.type.number == SECTION_OFFSET and miss.addend == miss.found:
            return "section base not added"
        return "not patched" if miss.type.addend else "index not renumbered"

    def neighbour(self, miss: Miss) -> str:
        if miss.type.number in TABLE_INDEX and miss.delta in (1, -1):
            return "slot off by one"
        if miss.type.number in FUNCTION_OFFSET or miss.type.addend:
            return "tombstone for something live" if _signed(miss) in (-1, -2) and miss.atom.kind == "custom" else ""
        return ""

    def base(self, miss: Miss) -> str:
        """The address counts from another segment's start, or from none."""
        if miss.type.symbol_kind != "data" or miss.delta is None or miss.expected is None or miss.symbol is None:
            return ""
        target = miss.symbol.target
        home = self.matching.atoms.get(target) if isinstance(target, Atom) else None
        own = self.start_of(home.number) if home is not None else None
        if isinstance(target, Atom) and target in self.matching.merged:
            merged = self.matching.merged[target]
            own = next((one.address for one in self.image.areas if one.start <= merged.start <= one.end), None)
        if own is None:
            return ""
        others = {one.address for one in self.image.areas if one.address not in (None, own)} | {0, self.zeros}
        return "wrong segment base" if any(one is not None and miss.delta == one - own for one in others) else ""

    def start_of(self, number: int) -> int | None:
        """Where data segment `number` begins, or (-1) the zeros that are not in the file."""
        if number < 0:
            return self.zeros
        return self.image.areas[number].address if number < len(self.image.areas) else None

    @cached_property
    def zeros(self) -> int | None:
        """Where memory begins that the file leaves out."""
        return min((one.address for one in self.matching.atoms.values() if one.number < 0 and one.address is not None),
                   default=None)  # fmt: skip

    def offset(self, miss: Miss) -> str:
        """A code offset that leaves something out, or is from before code moved."""
        if miss.type.number not in FUNCTION_OFFSET or miss.delta is None or miss.symbol is None:
            return ""
        target = miss.symbol.target
        home = self.matching.atoms.get(target) if isinstance(target, Atom) else None
        if home is None or not isinstance(target, Atom):
            return ""
        own = home.number - self.module.num_imported(FUNCTION)
        fields = [one.code_start - one.start for one in self.module.bodies[: own + 1]]
        if -miss.delta in (fields[-1], sum(fields), sum(fields[:-1])):
            return "size field not counted"
        longer = self.before_moving[own] - (home.start - self.module.bodies[0].start)
        stale = {longer, longer + size_field(target) - fields[-1]}
        if home.spans is not None and miss.expected is not None:
            section = self.module.section(10)
            assert section is not None
            plain = self.module.bodies[own].code_start - section.contents + miss.addend - miss.expected
            stale |= {plain, plain + longer, plain + longer + size_field(target) - fields[-1]}
        return "stale offset" if miss.delta in stale - {0} else ""

    @cached_property
    def before_moving(self) -> list[int]:
        """Where each function would begin, from the first, if all had the sizes that they have in their objects."""
        at, found, first = 0, [], self.module.num_imported(FUNCTION)
        for number, one in enumerate(self.module.bodies):
            found.append(at)
            atom = self.matching.functions.get(first + number)
            at += atom.size if atom is not None else one.end - one.start
        return found

    def plain(self, miss: Miss) -> str:
        """What there is to say of a value that no mistake is known for."""
        if miss.type.number in FUNCTION_INDEX or miss.type.number in TABLE_INDEX:
            return "wrong function" if self.chosen(miss) is not None else "wrong value"
        if miss.type.symbol_kind == "data":
            return "wrong datum" if self.chosen(miss) is not None else "wrong value"
        return "wrong value"

    # --- strays ---------------------------------------------------------------------------------------------

    def of_stray(self, atom: Atom, start: int, end: int) -> tuple[str, str]:
        """Why bytes outside of every site of `atom` differ: often the site of another atom, at the same offset."""
        home = self.matching.atoms[atom]
        for other, row in self.sites_at(atom.kind).get(start, ()):
            if other is atom or other.relocs is None:
                continue
            type = RELOC_TYPES[other.relocs.types[row]]
            at = home.origin + other.site(row)
            mine = self.module.data[at : at + type.width]
            span = self.matching.site(other, row)
            if span is not None and end - start <= type.width and mine == self.module.data[span[0] : span[1]]:
                key = "relocation owned by two atoms"
                return key, f"they are what relocation {row - other.lo} of {titled(other)} writes there"
        return "bytes changed", CAUSES["bytes changed"].words

    def sites_at(self, kind: str) -> dict[int, list[tuple[Atom, int]]]:
        """Relocations of matched atoms of a kind, by each byte of their sites, counted in their atoms."""
        if kind not in self._sites:
            found: dict[int, list[tuple[Atom, int]]] = {}
            for atom in self.matching.atoms:
                if atom.kind == kind and atom.relocs is not None:
                    for row in range(atom.lo, atom.hi):
                        site = atom.site(row)
                        for at in range(site, site + RELOC_TYPES[atom.relocs.types[row]].width):
                            found.setdefault(at, []).append((atom, row))
            self._sites[kind] = found
        return self._sites[kind]

    @cached_property
    def _sites(self) -> dict[str, dict[int, list[tuple[Atom, int]]]]:
        return {}


def _signed(miss: Miss) -> int:
    assert miss.found is not None
    value = miss.found & (1 << miss.type.bits) - 1
    return value - ((value >> miss.type.bits - 1) << miss.type.bits)


def name_of(miss: Miss) -> str:
    """What the relocation names."""
    return title(miss.symbol) if miss.symbol is not None else miss.formula
