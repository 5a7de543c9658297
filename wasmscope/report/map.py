"""The map of a link (`-Map`): where each section, function, data segment and symbol is, in the text of LLD 22.

A line has the address in memory (a global: its number), the offset in the file and the size, in hexadecimal, then a
name: a section's or an output segment's, indented by 8 an atom's, by 16 a symbol's. As the reference shows: symbols
stand under the atom that they name, in the order of the objects' symbol tables; strings that were merged have lost
theirs; a section that is zero and not written has the file offset of the data section.
"""

from __future__ import annotations

from collections.abc import Iterator

from wasmscope.format.section_ids import CODE_ID, CUSTOM_ID, DATA_ID, GLOBAL_ID
from wasmscope.link.addresses import Addresses
from wasmscope.link.model import (
    Atom,
    Emitted,
    Entity,
    Layout,
    Link,
    Numbering,
    OutputSection,
    Resolution,
    Segment,
    Symbol,
)
from wasmscope.link.names import INTERNAL, display
from wasmscope.link.startup import written

TITLES = (
    "CUSTOM", "TYPE", "IMPORT", "FUNCTION", "TABLE", "MEMORY", "GLOBAL", "EXPORT", "START", "ELEM", "CODE", "DATA",
    "DATACOUNT", "TAG",
)  # fmt: skip
"""What LLD calls each section, by id."""
HEADER = "    Addr      Off     Size Out     In      Symbol"


def section_title(section: OutputSection) -> str:
    """A section of the output as LLD names it: `CODE`, `CUSTOM(name)`."""
    return f"{TITLES[section.id]}({section.name})" if section.id == CUSTOM_ID else TITLES[section.id]


def atom_title(atom: Atom | Entity) -> str:
    """An atom or entity as LLD names it: `a.o:(foo)`, `<internal>:(foo)` for one that the linker made."""
    return f"{atom.file.name if atom.file is not None else INTERNAL}:({atom.name})"


def map_text(link: Link) -> str:
    """The map of a link that came to its end; nothing for one that did not."""
    resolution, layout, index, emitted = link.resolve, link.layout, link.index, link.emit
    if resolution is None or layout is None or index is None or emitted is None:
        return ""
    lines = _Map(link, resolution, layout, index, emitted).lines()
    return "".join(f"{line}\n" for line in lines)


class _Map:
    def __init__(self, link: Link, resolution: Resolution, layout: Layout, index: Numbering, emitted: Emitted) -> None:
        self.link = link
        self.layout = layout
        self.index = index
        self.emitted = emitted
        self.addresses = Addresses(layout)
        self.symbols = self._symbols(resolution)

    def _symbols(self, resolution: Resolution) -> dict[Atom, list[Symbol]]:
        """The symbols that stand for each atom, as the objects that define them list them."""
        found: dict[Atom, list[Symbol]] = {}
        for file in resolution.objects:
            for symbol in resolution.bindings[file]:
                if symbol.file is not file or symbol.kind == "section":
                    continue
                target = symbol.target if symbol.defined else self.index.undefined_stubs.get(symbol)
                if isinstance(target, Atom):
                    found.setdefault(target, []).append(symbol)
        return found

    def lines(self) -> Iterator[str]:
        yield HEADER
        for section in self.emitted.sections:
            yield _line(None, section.start, section.end - section.start, section_title(section))
            if section.id == CODE_ID:
                yield from self._code(section)
            elif section.id == DATA_ID:
                yield from self._data(section)
            elif section.id == GLOBAL_ID:
                for entity, number in self.index.globals.items():
                    yield _line(number, 0, 0, f"{'':8}{entity.name}")

    def _code(self, section: OutputSection) -> Iterator[str]:
        for placed in self.index.code:
            offset = section.start + placed.offset
            yield _line(None, offset, placed.size, f"{'':8}{atom_title(placed.item)}")
            for symbol in self.symbols.get(placed.item, ()):
                yield _line(None, offset, placed.size if symbol.defined else 0, self._name(symbol))

    def _data(self, section: OutputSection) -> Iterator[str]:
        heads = self._heads(section)
        for segment in self.layout.segments:
            head, contents = heads.get(segment, (section.start, None))
            yield _line(segment.address, head, segment.size, segment.name)
            for placed in segment.chain:
                atom = placed.item
                offset = contents + placed.offset if contents is not None else 0
                home = self.layout.old_homes.get(atom, segment)
                title = atom_title(atom) if atom.file is not None else f"{INTERNAL}:({home.name})"
                yield _line(segment.address + placed.offset, offset, placed.size, f"{'':8}{title}")
                for symbol in self.symbols.get(atom, ()):
                    address = self.addresses.of(symbol) or 0
                    yield _line(address, offset + symbol.offset, symbol.size, self._name(symbol))

    def _heads(self, section: OutputSection) -> dict[Segment, tuple[int, int]]:
        """Where each written segment's header and contents are, as LLD counts them: from the section's first byte on,
        as if it had no header."""
        slip = section.body - section.start
        heads, at = {}, section.pieces[1].size  # what is before the first segment: their count
        pieces = iter(section.pieces[2:])
        for segment in written(self.layout):
            size = next(pieces).size
            heads[segment] = (section.start + at, section.start + at + size)
            at += size + segment.size
            for _ in range(sum(1 + (placed.pad > 0) for placed in segment.chain)):
                next(pieces)
        assert section.start + at + slip == section.end
        return heads

    def _name(self, symbol: Symbol) -> str:
        return f"{'':16}{display(symbol.name, self.link.options.demangle)}"


def _line(address: int | None, offset: int, size: int, rest: str) -> str:
    where = f"{address:8x}" if address is not None else f"{'-':>8}"
    return f"{where} {offset:8x} {size:8x} {rest}"
