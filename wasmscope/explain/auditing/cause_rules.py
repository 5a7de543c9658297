"""How each cause of a wrong value is told: by what the value is, by what it stands for, and by what others are wrong.

The rules are asked in order; the first that knows the value names the cause.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from functools import cached_property

from wasmscope.errors import FormatError
from wasmscope.explain.auditing.audit_causes import CAUSES, Miss
from wasmscope.explain.auditing.landmarks import Landmarks
from wasmscope.explain.auditing.offset_rules import OffsetRules
from wasmscope.explain.matching.matching import Matching
from wasmscope.format.leb128 import read_uleb
from wasmscope.format.linking import SYM_DATA, SYM_FUNCTION, SYM_UNDEFINED, SYM_WEAK, SYMBOL_KINDS
from wasmscope.format.relocs import TABLE_INDEX, TYPE_INDEX, decode
from wasmscope.format.section_ids import CODE_ID
from wasmscope.format.types import FUNCTION, KIND_NUMBERS
from wasmscope.link.model import Atom, Symbol
from wasmscope.link.relocate import FUNCTION_INDEX, FUNCTION_OFFSET, RELATIVE_SLOT, SECTION_OFFSET, size_field
from wasmscope.link.scan import GLOBAL_INDEX


class Causes:
    """Names the causes of `misses`, all the wrong values in the module of `matching`.

    right: for each region (`Landmarks.region`) how many relocations against it are right.
    """

    def __init__(self, matching: Matching, landmarks: Landmarks, misses: Iterable[Miss], right: Counter[str]) -> None:
        self.matching = matching
        self.module = matching.module
        self.image = matching.image
        self.landmarks = landmarks
        self.misses = list(misses)
        self.right = right
        self.offsets = OffsetRules(matching)

    def of(self, miss: Miss) -> tuple[str, str]:
        """The cause of a wrong value, and how that shows."""
        rules: tuple[Callable[[Miss], str], ...] = (
            self.reading, self.dead, self.held, self.addend, self.definition, self.offsets.cause, self.own,
            self.moved_site, self.unpatched, self.made, self.table, self.imports, self.base, self.zeros_of_a_loser,
            self.neighbour,
        )  # fmt: skip
        key = next(filter(None, (rule(miss) for rule in rules)), "") or self.constant(miss) or self.plain(miss)
        words = CAUSES[key].words
        return key, f"{words} ({miss.delta:+})" if CAUSES[key].constant and miss.delta is not None else words

    # --- the value ------------------------------------------------------------------------------------------

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

    def dead(self, miss: Miss) -> str:
        """Debug information of what was dropped, that names a place; or of what is there, that names none."""
        if miss.want.dead:
            return "dropped code given a place"
        nowhere = miss.type.addend and miss.atom.kind == "custom" and miss.signed in (-1, -2)
        return "tombstone for something live" if nowhere else ""

    def held(self, miss: Miss) -> str:
        """A global that was to hold an address."""
        kind = miss.symbol.kind if miss.symbol is not None else ""
        got = miss.type.number in GLOBAL_INDEX and kind in ("data", "function")
        return "GOT global wrong" if got and miss.expected is None else ""

    def addend(self, miss: Miss) -> str:
        """The addend, or the symbol's own offset, was left out or counted twice."""
        if miss.delta is None or not miss.type.addend:
            return ""
        if miss.addend:
            if miss.delta == -miss.addend:
                return "addend dropped"
            if miss.delta == miss.addend:
                return "addend counted twice"
        inside = miss.symbol.offset if miss.symbol is not None and isinstance(miss.symbol.target, Atom) else 0
        return "symbol offset dropped" if inside and miss.delta in (-inside, -inside - miss.addend) else ""

    def own(self, miss: Miss) -> str:
        """The number is a type's in the object."""
        return "type index not renumbered" if miss.type.number == TYPE_INDEX and self.is_own(miss) else ""

    def is_own(self, miss: Miss) -> bool:
        """Whether the number is the one in the object."""
        at = miss.atom.start + miss.atom.site(miss.row)
        assert miss.atom.file is not None
        try:
            return decode(miss.type, miss.atom.file.module.data[at : at + miss.type.width], 0) == miss.found
        except FormatError:
            return False

    def moved_site(self, miss: Miss) -> str:
        """The right value was written where the site was before the numbers before it became shorter."""
        return "stale offset" if self.stale_site(miss) is not None else ""

    def stale_site(self, miss: Miss) -> tuple[int, int] | None:
        """Where in the module's file that is."""
        home = self.matching.atoms[miss.atom]
        if not home.spans or not home.strays or miss.expected is None:
            return None
        start, end = home.spans[miss.row - miss.atom.lo]
        body = next(one for one in self.module.bodies if one.start == home.start)
        for origin in (home.start, body.code_start - size_field(miss.atom)):
            at = origin + miss.atom.site(miss.row)
            raw = self.module.data[at : at + max(end - start, 1)]
            try:
                if at != start and decode(miss.type, raw, 0) == miss.expected:
                    return at, at + len(raw)
            except FormatError:
                continue
        return None

    def unpatched(self, miss: Miss) -> str:
        """The bytes, or the number, are those of the object."""
        if not self.is_own(miss):
            return ""
        if miss.type.number == SECTION_OFFSET and miss.addend == miss.found:
            return "section base not added"
        return "not patched" if miss.type.addend else "index not renumbered"

    # --- what it stands for -----------------------------------------------------------------------------------

    def definition(self, miss: Miss) -> str:
        """The value stands for a definition that lost."""
        chosen = self.chosen(miss)
        return self.lost(chosen, miss.symbol) if chosen is not None and miss.symbol is not None else ""

    def lost(self, chosen: Atom, symbol: Symbol) -> str:
        """How `chosen` lost to what `symbol` stands for; "" when it is no definition of it."""
        target = symbol.target
        if chosen is target or chosen.file is None or not isinstance(target, Atom):
            return ""
        flags = self.flags_of(chosen, symbol)
        if flags is None:
            return ""
        resolve = self.matching.link.resolve
        assert resolve is not None
        if chosen in resolve.discarded or (chosen.comdat >= 0 and target.comdat >= 0):
            return "comdat loser referenced" if target in self.matching.atoms else ""
        return "weak picked over strong" if flags & 3 == SYM_WEAK and not symbol.weak else "wrong definition"

    def zeros_of_a_loser(self, miss: Miss) -> str:
        """The address is where nothing is known to be, and the file of the relocation has a copy of its target that
        lost: zeros, which the module does not hold."""
        resolve, file = self.matching.link.resolve, miss.atom.file
        assert resolve is not None
        assert file is not None
        if miss.type.symbol_kind != "data" or miss.found is None or miss.atom.relocs is None:
            return ""
        record = file.linking.symbols[miss.atom.relocs.indices[miss.row]]
        defined = record.kind == SYM_DATA and not record.flags & SYM_UNDEFINED and record.index < len(file.segments)
        nothing = self.image.area_of(miss.found & (1 << miss.type.bits) - 1) is None
        lost = defined and nothing and file.segments[record.index] in resolve.discarded
        return "comdat loser referenced" if lost else ""

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
            section = self.module.section(CODE_ID)
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
            kind = record.kind in (SYM_FUNCTION, SYM_DATA)
            if kind and record.name == symbol.name and not record.flags & SYM_UNDEFINED:
                index = record.index - imported if record.kind == SYM_FUNCTION else record.index
                if index == atom.index and SYMBOL_KINDS[record.kind] == atom.kind:
                    return record.flags
        return None

    def made(self, miss: Miss) -> str:
        """The value of a symbol that the linker defines."""
        symbol = miss.symbol
        own = symbol is not None and symbol.kind == "data" and symbol.linker
        return "linker symbol wrong" if own and miss.expected is not None else ""

    def plain(self, miss: Miss) -> str:
        """What there is to say of a value that no mistake is known for."""
        number = miss.type.number
        if self.chosen(miss) is None or number in FUNCTION_OFFSET:
            return "wrong value"
        return "wrong datum" if miss.type.symbol_kind == "data" else "wrong function"

    # --- together with others -----------------------------------------------------------------------------------

    def table(self, miss: Miss) -> str:
        """Slots that count from elsewhere, or are given in another order than the table's."""
        if miss.type.number not in TABLE_INDEX:
            return ""
        if miss.type.number in RELATIVE_SLOT and miss.delta and miss.delta == self.image.first_slot:
            return "table base counted twice"
        return "table filled in another order" if self.permuted else ""

    @cached_property
    def permuted(self) -> bool:
        """Whether the slots that are wrong are those of one another."""
        given: dict[int, set[int | None]] = defaultdict(set)
        for miss in self.misses:
            if miss.type.number in TABLE_INDEX and miss.expected is not None:
                given[miss.expected].add(miss.found)
        found = {one for ones in given.values() for one in ones}
        return len(given) > 1 and all(len(ones) == 1 for ones in given.values()) and found == set(given)

    def imports(self, miss: Miss) -> str:
        """Numbers that leave the imports out."""
        space = KIND_NUMBERS.get(miss.type.symbol_kind) if miss.type.number not in TABLE_INDEX else None
        if space is None or not miss.delta or miss.type.addend:
            return ""
        return "imports not counted" if miss.delta == -self.module.num_imported(space) else ""

    def base(self, miss: Miss) -> str:
        """The address counts from another segment's start, or from none; or all against its segment are off alike."""
        if miss.type.symbol_kind != "data" or miss.delta is None:
            return ""
        region = self.landmarks.region(miss.symbol)
        alike = self.shifts[region, miss.delta]
        if alike > 1 and not self.right[region] and alike == self.wrong[region]:
            return "wrong segment base"
        own = self.landmarks.region_start(miss.symbol)
        if own is None:
            return ""
        others = {0, self.landmarks.zeros, *(one.address for one in self.image.areas)} - {own}
        return "wrong segment base" if miss.delta in {one - own for one in others if one is not None} else ""

    @cached_property
    def shifts(self) -> Counter[tuple[str, int]]:
        """How many values against each region are off by what."""
        return Counter(
            (self.landmarks.region(one.symbol), one.delta)
            for one in self.misses
            if one.type.symbol_kind == "data" and one.delta is not None
        )

    @cached_property
    def wrong(self) -> Counter[str]:
        """How many values against each region are wrong."""
        return Counter(self.landmarks.region(one.symbol) for one in self.misses if one.type.symbol_kind == "data")

    def neighbour(self, miss: Miss) -> str:
        return "slot off by one" if miss.type.number in TABLE_INDEX and miss.delta in (1, -1) else ""

    def constant(self, miss: Miss) -> str:
        """Several values of one type that are off by the same amount."""
        if miss.delta is None or self.alike[miss.type.number, miss.delta] < 2:
            return ""
        return "constant shift" if miss.type.addend else "index off by N"

    @cached_property
    def alike(self) -> Counter[tuple[int, int]]:
        """How many values of each type are off by what."""
        return Counter((one.type.number, one.delta) for one in self.misses if one.delta is not None)
