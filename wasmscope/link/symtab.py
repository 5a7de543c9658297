"""The `linking` and `reloc.*` sections of the output: for -r, and beside a normal file with --emit-relocs.

The output's symbol table holds the global symbols that some object mentions, in table order, then each object's local
ones, then a section symbol for each custom section (LLD 22; reference: 2.11). Relocations are those of the input,
moved; their values are written in place as in any link.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from wasmscope.format.leb128 import sleb, uleb
from wasmscope.format.linking import (
    LINKING,
    SYM_ABSOLUTE,
    SYM_EXPLICIT_NAME,
    SYM_EXPORTED,
    SYM_HIDDEN,
    SYM_LOCAL,
    SYM_NO_STRIP,
    SYMBOL_KINDS,
    Comdat,
    InitFunc,
    Linking,
    SegmentInfo,
    SymbolRecord,
)
from wasmscope.format.relocs import HAS_ADDEND, TYPE_INDEX
from wasmscope.format.vectors import Vec
from wasmscope.link.addresses import Addresses
from wasmscope.link.model import NO_INDEX, Atom, CustomSection, Layout, Live, Numbering, Resolution, Segment, Symbol
from wasmscope.link.objects import COMDAT_DATA, COMDAT_FUNCTION
from wasmscope.link.options import Options
from wasmscope.link.relocate import Values

SECTION_KIND = SYMBOL_KINDS.index("section")
SECTION_OFFSET = 9


def keeps_relocations(options: Options) -> bool:
    """Whether the output has a symbol table and relocations."""
    return options.relocatable or options.emit_relocs


class OutputSymbols:
    """The output's symbol table: what is in it, and the index of each symbol and custom section."""

    def __init__(
        self, resolution: Resolution, live: Live, layout: Layout, table: Symbol | None, values: Values
    ) -> None:
        self.entries: list[Symbol | CustomSection] = []
        self.index: dict[Symbol | CustomSection, int] = {}
        for symbol in (*resolution.symbols, *layout.late_symbols):
            if symbol.used and not symbol.shared and values.kept(symbol):
                self._add(symbol)
        if table is not None and table is not live.table and table.used:
            self._add(table)
        for file in resolution.objects:
            for symbol in resolution.bindings[file]:
                if symbol.local and symbol.kind != "section" and live.keeps(symbol):
                    self._add(symbol)  # a stub is listed again, as in LLD (quirk Q14)
        for custom in layout.customs:
            self._add(custom)

    def _add(self, entry: Symbol | CustomSection) -> None:
        self.index[entry] = len(self.entries)
        self.entries.append(entry)


class RelocatableWriter:
    """Writes the contents of the `linking` section and of each `reloc.*` section."""

    def __init__(
        self, resolution: Resolution, live: Live, layout: Layout, index: Numbering, values: Values, options: Options
    ) -> None:
        self.resolution = resolution
        self.live = live
        self.layout = layout
        self.index = index
        self.values = values
        self.options = options
        self.symbols = OutputSymbols(resolution, live, layout, index.table, values)

    # --- linking ----------------------------------------------------------------------------------------------

    def linking(self, sections: dict[CustomSection, int]) -> bytes:
        """The contents of the linking section; `sections`: the index of each custom section in the file."""
        records = [self._record(entry, sections) for entry in self.symbols.entries]
        segments = [SegmentInfo(one.name, one.align, 0) for one in self.layout.segments]  # flags are lost: quirk Q6
        init = self.index.init_functions  # a stub for another signature has no symbol
        inits = [InitFunc(priority, self.symbols.index.get(symbol, NO_INDEX)) for priority, symbol in init]
        return LINKING.write(Linking(2, Vec(records), Vec(segments), Vec(inits), Vec(self._comdats())))

    def _record(self, entry: Symbol | CustomSection, sections: dict[CustomSection, int]) -> SymbolRecord:
        if isinstance(entry, CustomSection):
            return SymbolRecord(SECTION_KIND, SYM_LOCAL, None, sections[entry])
        flags = entry.flags  # a weak mention of what stayed in its archive has lost that it is undefined, as in LLD
        if not entry.defined and entry in self.layout.values:
            flags = SYM_HIDDEN | SYM_ABSOLUTE
        if entry.linker:  # what a mention said of the function table is lost when the linker defines it
            flags &= ~SYM_NO_STRIP
        if entry in self.index.wrappers.values():  # its wrapper is what the module shows
            flags = flags & ~SYM_EXPORTED | SYM_HIDDEN
        named = entry.defined or flags & SYM_EXPLICIT_NAME
        kind = SYMBOL_KINDS.index(entry.kind)
        if entry.kind == "data":
            return self._data(entry, kind, flags)
        name = entry.debug_name if entry.stub else entry.name
        return SymbolRecord(kind, flags, name if named else None, self._number(entry))

    def _number(self, symbol: Symbol) -> int:
        if symbol.kind == "function":
            if isinstance(symbol.target, Atom):  # also where calls go to an import of that name
                return self.index.functions.get(symbol.target, NO_INDEX)
            return self.values.function_index(symbol)
        numbers = {"global": self.index.globals, "tag": self.index.tags, "table": self.index.tables}[symbol.kind]
        return self.values.entity_index(symbol, numbers)

    def _data(self, symbol: Symbol, kind: int, flags: int) -> SymbolRecord:
        atom = symbol.target
        home = self.layout.home.get(atom) if isinstance(atom, Atom) else None
        if not isinstance(home, Segment) or not isinstance(atom, Atom):
            address = self.values.addresses.of(symbol) or 0
            return SymbolRecord(kind, flags, symbol.name, 0, address, symbol.size)
        offset = Addresses(self.layout).in_home(atom, symbol.offset)
        home = self.layout.old_homes.get(atom, home)
        return SymbolRecord(kind, flags, symbol.name, home.index, offset, symbol.size)

    def _comdats(self) -> list[Comdat]:
        found: dict[str, list[tuple[int, int]]] = {}
        for atom, number in self.index.functions.items():
            if atom.comdat >= 0 and atom.file is not None:
                found.setdefault(atom.file.comdats[atom.comdat], []).append((COMDAT_FUNCTION, number))
        for segment in self.layout.segments:
            first = segment.chain.first
            if first is not None and first.item.comdat >= 0 and first.item.file is not None:
                name = first.item.file.comdats[first.item.comdat]
                found.setdefault(name, []).append((COMDAT_DATA, segment.index))
        return [Comdat(name, 0, tuple(entries)) for name, entries in sorted(found.items())]

    # --- reloc.* ------------------------------------------------------------------------------------------------

    def relocations(self, section: int, atoms: Iterable[tuple[Atom, int]], custom: bool) -> bytes:
        """The contents of a `reloc.*` section for the output section number `section`; empty when it has none.

        `atoms` gives each atom of the section and its offset in the section's contents. Relocations to what is dead are
        left out; the count of code and data still has them, as in LLD (quirk Q4).
        """
        entries = []
        count = 0
        for atom, offset in atoms:
            found = list(self._moved(atom, offset))
            entries += found
            count += len(found) if custom else atom.hi - atom.lo
        return uleb(section) + uleb(count) + b"".join(entries) if count else b""

    def _moved(self, atom: Atom, offset: int) -> Iterator[bytes]:
        if atom.relocs is None or atom.file is None:
            return
        bindings = self.resolution.bindings[atom.file]
        dead_too = self.options.release.keeps_dead_relocations
        for row in range(atom.lo, atom.hi):
            reloc = atom.reloc(row)
            addend = reloc.addend
            if reloc.type == TYPE_INDEX:
                target = self.index.type_index[atom.file.signature(reloc.index)]
            else:
                symbol = bindings[reloc.index]
                if symbol.kind == "section" and isinstance(symbol.target, Atom):
                    if self.options.gc_sections and not dead_too:  # to LLD it is not live then, though it is kept
                        continue
                    target = self._section(symbol.target)
                    addend = self.values.addresses.section_offset(symbol, addend)
                elif self.values.kept(symbol):
                    target = self.symbols.index.get(symbol, NO_INDEX)
                elif dead_too:
                    target = NO_INDEX
                else:
                    continue
            entry = uleb(reloc.type) + uleb(offset + atom.site(row)) + uleb(target)
            yield entry + sleb(addend) if HAS_ADDEND[reloc.type] else entry

    def _section(self, atom: Atom) -> int:
        home = self.layout.home.get(atom)
        return self.symbols.index[home] if isinstance(home, CustomSection) else 0
