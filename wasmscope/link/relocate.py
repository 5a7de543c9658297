"""Phase 6: every site gets its value.

`Values.of` is the only place where a relocation's value is computed; `explain` asks it too. A value is what LLD 22
would write (reference: 1.3), which checks no range; `explain.checking.value_checks` says what does not fit.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from wasmscope.format.reloc_section import columns_pay
from wasmscope.format.relocs import RELOC_TYPES, TABLE_INDEX, TYPE_INDEX, encode
from wasmscope.link.addresses import Addresses
from wasmscope.link.model import (
    NO_INDEX,
    Atom,
    Entity,
    Layout,
    Live,
    Numbering,
    ObjectFile,
    Relocated,
    Resolution,
    Segment,
    Symbol,
)
from wasmscope.link.options import Options
from wasmscope.link.scan import GLOBAL_INDEX
from wasmscope.link.shrunk import Shrunk, numbers, write
from wasmscope.link.strings import outside

LOCREL = 23
SECTION_OFFSET, TAG_INDEX, TABLE_NUMBER = 9, 10, 20
FUNCTION_INDEX = frozenset((0, 26))
FUNCTION_OFFSET = frozenset((8, 22))
FIRST_BULK = 30_000
"""Links of this many relocations are patched by columns, though NumPy has to be loaded for it."""
RELATIVE_SLOT = frozenset((12, 24))

Context = tuple[ObjectFile | None, bool, int | None]
"""An object, whether the site is in a custom section, and that section's tombstone."""


def relocate(values: Values, options: Options) -> Relocated:
    """Patch every relocation of the output's code, data and custom sections."""
    index = values.index
    result = Relocated(atoms=[], first=[0], values={}, bytes={})
    placed = list(_placed(values.layout, index))
    known = _by_columns(values, [atom for atom in placed if atom.hi > atom.lo and atom not in index.shrunk])
    if values.addresses.outside:  # an error: it is about the first one, in the order of the file
        values, known = Values(values.resolution, values.live, values.layout, index), {}
    for atom in placed:
        if atom in index.shrunk and atom.lo == atom.hi:  # no number in it, but its size field may have been padded
            result.bytes[atom] = write(atom, index.shrunk[atom], ())
        elif atom.hi > atom.lo:
            found, patched = known.get(atom) or _apply(values, atom, index.shrunk.get(atom))
            result.atoms.append(atom)
            result.values[atom] = found
            result.bytes[atom] = patched
            result.first.append(result.first[-1] + len(found))
    for symbol in (*index.data_globals, *index.got, *_listed(values.resolution, values.live, options)):
        values.addresses.of(symbol)
    result.diagnostics += [outside(atom) for atom in values.addresses.outside][:1]  # the first stops LLD at once
    return result


def _listed(resolution: Resolution, live: Live, options: Options) -> Iterator[Symbol]:
    """Data symbols whose places the output's symbol table will tell, if it has one."""
    if options.relocatable or options.emit_relocs:
        for bindings in resolution.bindings.values():
            yield from (symbol for symbol in bindings if symbol.kind == "data" and live.keeps(symbol))


def _placed(layout: Layout, index: Numbering) -> Iterator[Atom]:
    """Every atom of the output, in file order."""
    for chain in (index.code, *(one.chain for one in layout.segments), *(one.chain for one in layout.customs)):
        for placed in chain:
            yield placed.item


def _by_columns(values: Values, atoms: list[Atom]) -> dict[Atom, tuple[list[int], bytes]]:
    """What `_apply` gives for each of `atoms`, if they have so many relocations that NumPy pays."""
    if not columns_pay(sum(atom.hi - atom.lo for atom in atoms), FIRST_BULK):
        return {}
    from wasmscope.link import bulk

    return bulk.relocated(values, atoms)


def _apply(values: Values, atom: Atom, shrunk: Shrunk | None) -> tuple[list[int], bytes]:
    """The values of an atom's relocations, and its bytes with them at their sites."""
    if shrunk is not None:
        found = values.of_atom(atom)
        return found, write(atom, shrunk, numbers(atom, found))
    found = values.of_atom(atom)
    return found, patch(atom, found)


@cache
def tombstone(section: str) -> int | None:
    """What a custom section holds where it names something dead, so that no address range comes to life again.

    None: the section has no such value, and the addend alone is written (LLD 22).
    """
    if section in (".debug_ranges", ".debug_loc"):
        return -2
    return -1 if section.startswith((".debug_", "llvm.func_attr.")) else None


def patch(atom: Atom, values: list[int]) -> bytes:
    """The atom's bytes with each relocation's value at its site."""
    assert atom.relocs is not None
    out = bytearray(atom.data)
    types, offsets, shift = atom.relocs.types, atom.relocs.offsets, atom.base - atom.start
    sites: dict[int, bytes] = {}
    for row, value in enumerate(values, atom.lo):
        kind = types[row]
        key = value << 8 | kind  # many sites of a section hold the same value
        new = sites.get(key)
        if new is None:
            new = sites[key] = encode(RELOC_TYPES[kind], value)
        site = offsets[row] + shift
        out[site : site + len(new)] = new
    return bytes(out)


class Values:
    """The value of any relocation, from the results of the earlier phases; what several ask for is worked out once."""

    def __init__(self, resolution: Resolution, live: Live, layout: Layout, index: Numbering) -> None:
        self.resolution = resolution
        self.live = live
        self.layout = layout
        self.index = index
        self._bases: dict[Context, dict[int, tuple[int, int] | None]] = {}
        self.addresses = Addresses(layout)

    @staticmethod
    def context(atom: Atom) -> Context:
        """What the base of a relocation depends on, besides its type and index."""
        custom = atom.kind == "custom"
        return atom.file, custom, tombstone(atom.name) if custom else None

    def bindings(self, atom: Atom) -> list[Symbol]:
        """What each index of the symbol table of the atom's object means."""
        assert atom.file is not None
        return self.resolution.bindings[atom.file]

    def of_atom(self, atom: Atom) -> list[int]:
        """The values of all of an atom's relocations, in order."""
        relocs = atom.relocs
        assert relocs is not None
        types, indices, addends = relocs.types, relocs.indices, relocs.addends
        known = self._bases.setdefault(self.context(atom), {})
        values = []
        for row in range(atom.lo, atom.hi):
            kind = types[row]
            key = indices[row] << 8 | kind
            if key not in known:
                known[key] = self.linear(atom, kind, indices[row])
            line = known[key]
            values.append(line[0] + line[1] * addends[row] if line is not None else self.of(atom, row))
        return values

    def linear(self, atom: Atom, kind: int, which: int) -> tuple[int, int] | None:
        """`base`, for any type whose values are a base and perhaps the addend: None if they are not."""
        if kind == SECTION_OFFSET:
            target, layout = self.bindings(atom)[which].target, self.layout
            if not isinstance(target, Atom) or target.name in layout.merged_customs or target in layout.merges:
                return None
            return self.addresses.start(target) if target in layout.home else 0, 1
        return self.base(atom, kind, which) if kind != LOCREL else None

    def of(self, atom: Atom, row: int) -> int:
        """The value of relocation `row` of `atom`, before it is cut to the width of its site."""
        relocs = atom.relocs
        assert relocs is not None
        kind, which, addend = relocs.types[row], relocs.indices[row], relocs.addends[row]
        if kind == SECTION_OFFSET:
            assert atom.file is not None
            return self.addresses.section_offset(self.resolution.bindings[atom.file][which], addend)
        base, times = self.base(atom, kind, which)
        if kind == LOCREL and times:
            home = self.layout.home[atom]
            assert isinstance(home, Segment)
            base -= home.address + home.chain[atom].offset + atom.site(row)
        return base + times * addend

    def base(self, atom: Atom, kind: int, which: int) -> tuple[int, int]:
        """What a relocation of type `kind` to index `which` adds to its addend; whether (1, 0) the addend counts."""
        assert atom.file is not None
        if kind == TYPE_INDEX:
            return self.index.type_index.get(atom.file.signature(which), 0), 0
        symbol = self.resolution.bindings[atom.file][which]
        if atom.kind == "custom" and not self.kept(symbol):
            return self._dead(atom)
        if kind in FUNCTION_INDEX:
            return self.function_index(symbol), 0
        if kind in TABLE_INDEX:
            slot = self.index.slot(symbol)
            return (0 if slot is None else slot - (self.layout.table_base if kind in RELATIVE_SLOT else 0)), 0
        if kind in GLOBAL_INDEX:
            return self.global_index(symbol), 0
        if kind in FUNCTION_OFFSET:
            placed = self.index.code.places.get(symbol.target) if isinstance(symbol.target, Atom) else None
            return (placed.offset + size_field(placed.item), 1) if placed is not None else self._dead(atom)
        if kind == TAG_INDEX:
            return self.entity_index(symbol, self.index.tags), 0
        if kind == TABLE_NUMBER:
            return self.entity_index(symbol, self.index.tables), 0
        address = self.addresses.of(symbol)
        if address is None:  # at 0; in LLD the addend counts if its own file lost it to another's COMDAT group
            return 0, symbol.state == "lazy" and not symbol.weak
        return address, 1

    def kept(self, symbol: Symbol) -> bool:
        """Whether a custom section may name `symbol`: it is live, or LLD defined it after marking (`__start_X`)."""
        if self.live.keeps(symbol) or (not symbol.defined and symbol in self.layout.values):
            return True
        return symbol.target in self.index.globals  # `__tls_base`, which only a startup function wants

    @staticmethod
    def _dead(atom: Atom) -> tuple[int, int]:
        """What a custom section holds for something that is not in the output."""
        dead = tombstone(atom.name)
        return (0, 1) if dead is None else (dead, 0)

    def function_index(self, symbol: Symbol) -> int:
        """Number of a function: an import's, a stub's, or a defined one's."""
        stub = self.index.undefined_stubs.get(symbol)
        target = stub if stub is not None else symbol.target
        if stub is None and symbol in self.index.imported:  # also a weak one of the module's own
            return self.index.imported[symbol]
        if isinstance(target, Atom):
            return self.index.functions.get(target, NO_INDEX)
        if symbol.state == "lazy":  # its own file lost it to another's COMDAT group; LLD writes 0
            return 0
        return self.index.imported.get(symbol, NO_INDEX)

    def global_index(self, symbol: Symbol) -> int:
        """Number of a global; of the internal GOT global for the address of a function or datum."""
        if symbol.kind == "global":
            return self.entity_index(symbol, self.index.globals)
        if symbol in self.index.got_imports:
            return self.index.got_imports[symbol]
        got = self.index.got.get(symbol)
        return got.number if got is not None else NO_INDEX

    def entity_index(self, symbol: Symbol, numbers: dict[Entity, int]) -> int:
        """Number of a global, table or tag."""
        if isinstance(symbol.target, Entity):
            return numbers.get(symbol.target, NO_INDEX)
        return self.index.imported.get(symbol, NO_INDEX)


def size_field(atom: Atom) -> int:
    """Bytes of the size LEB at the start of an object's function; 0 for a linker-made one, whose size LLD does not
    skip."""
    if atom.file is None:
        return 0
    data, end = atom.file.module.data, atom.start
    while data[end] & 128:
        end += 1
    return end + 1 - atom.start
