"""A builder's declarations as the records of an object: the numbers are given out here, and sites become relocations.

Sites are filled with what would be right if the object were the whole program (its own indices, and addresses as if its
segments began at 0), as compilers do; table slots are left 0. A linker overwrites all of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from wasmscope.errors import LinkError
from wasmscope.format import linking
from wasmscope.format.custom import NameMap, Names, ProducerField
from wasmscope.format.expr import const_expr
from wasmscope.format.linking import SYM_ABSOLUTE, SYM_EXPLICIT_NAME, SYM_UNDEFINED, SYMBOL_KINDS, SymbolRecord
from wasmscope.format.module import LINEAR_MEMORY
from wasmscope.format.reloc_section import Reloc, Relocs
from wasmscope.format.relocs import RELOC_TYPES, TABLE_INDEX, RelocType, encode
from wasmscope.format.sections import BODIES, DATAS, DataSegment, Export, Global, Import, Table
from wasmscope.format.types import (
    FUNCTION,
    KIND_NUMBERS,
    LIMITS_64,
    MEMORY,
    FuncType,
    GlobalType,
    Limits,
    TableType,
)
from wasmscope.format.vectors import Vec
from wasmscope.link.chain import Chain
from wasmscope.link.content import Content, Site, reloc_type
from wasmscope.link.declaration import Declaration, Definition
from wasmscope.link.draft import Draft

if TYPE_CHECKING:
    from wasmscope.link.builder import ObjectBuilder

PAGE = 65536
_COMDAT_KINDS = {
    "data": linking.COMDAT_DATA, "function": linking.COMDAT_FUNCTION, "section": linking.COMDAT_SECTION,
}  # fmt: skip
_INDICES = frozenset(
    one.number
    for one in RELOC_TYPES
    if one.symbol_kind not in ("data", "section") and not one.addend and one.number not in TABLE_INDEX
)
"""Relocation types whose value is the number of what they name."""


def drafted(builder: ObjectBuilder) -> Draft:
    """The records of `builder`'s object. Raises LinkError when something in it is missing."""
    return _Drafting(builder).run()


class _Numbers(NamedTuple):
    """The number of every definition in its index space, and of every symbol in the file's table."""

    definitions: dict[Definition, int]
    symbols: dict[Declaration, int]
    addresses: Chain[Definition]


class _Drafting:
    def __init__(self, builder: ObjectBuilder) -> None:
        self.builder = builder
        self.chains = builder.chains
        self.symbols = [one for one in builder.symbols.places if one is not None]
        self.draft = Draft()
        self.numbers = _Numbers(self.number(), {one: n for n, one in enumerate(self.symbols)}, self.addresses())

    def run(self) -> Draft:
        draft, builder = self.draft, self.builder
        self.check_alive()
        draft.types = list(builder.types)
        draft.imports = self.imports()
        self.entities()
        draft.exports = self.exports()
        draft.bodies = [self.bytes_of(one) for one in self.items("code")]
        draft.datas = [(self.segment(one), self.bytes_of(one)) for one in self.items("data")]
        draft.customs = [(one.name, self.bytes_of(one)) for one in self.items("custom")]
        self.number_customs()
        draft.linking = self.linking_section()
        draft.relocs = self.relocs()
        draft.names = self.names()
        draft.producers = [ProducerField(name, tuple(values)) for name, values in builder.producers.items()]
        draft.features = list(builder.features)
        return draft

    def items(self, chain: str) -> list[Definition]:
        return [placed.item for placed in self.chains[chain]]

    # --- numbers --------------------------------------------------------------------------------------------

    def number(self) -> dict[Definition, int]:
        """Imports come first in each index space; segments have one of their own."""
        counts = dict.fromkeys(SYMBOL_KINDS, 0)
        numbers = {}
        for chain in ("import", "code", "data", "global", "table", "tag"):
            for item in self.items(chain):
                numbers[item] = counts[item.kind]
                counts[item.kind] += 1
        return numbers

    def number_customs(self) -> None:
        """A custom section's number counts all sections of the file, so the others must be known."""
        first = len(Draft.sections(self.draft)) - len(self.draft.customs)
        for number, item in enumerate(self.items("custom"), first):
            self.numbers.definitions[item] = number

    def addresses(self) -> Chain[Definition]:
        """The segments in a row from 0: where the object itself would put them."""
        memory: Chain[Definition] = Chain("memory")
        for item in self.items("data"):
            memory.append(item, len(self.content(item)), item.align)
        return memory

    # --- sections -------------------------------------------------------------------------------------------

    def imports(self) -> list[Import]:
        """The memory, which every object has, and what is declared extern."""
        limits = Limits(LIMITS_64 if self.builder.memory64 else 0, -(-self.numbers.addresses.size // PAGE))
        found = [Import("env", LINEAR_MEMORY, MEMORY, limits)]
        for item in self.items("import"):
            desc = self.builder.types[item.type] if isinstance(item.type, FuncType) else item.type
            assert desc is not None
            assert item.module is not None
            found.append(Import(item.module, item.import_name, KIND_NUMBERS[item.kind], desc))
        return found

    def entities(self) -> None:
        draft, types = self.draft, self.builder.types
        for chain, indices in (("code", draft.functions), ("tag", draft.tags)):
            for item in self.items(chain):
                assert isinstance(item.type, FuncType)
                indices.append(types[item.type])
        for item in self.items("table"):
            assert isinstance(item.type, TableType)
            draft.tables.append(Table(item.type))
        for item in self.items("global"):
            assert isinstance(item.type, GlobalType)
            assert item.init is not None
            draft.globals.append(Global(item.type, item.init))

    def exports(self) -> list[Export]:
        numbers = self.numbers.definitions
        named = [(item.export_name, numbers[item]) for item in self.items("code")]
        return [Export(name, FUNCTION, number) for name, number in named if name is not None]

    def names(self) -> Names | None:
        found = {self.numbers.definitions[item]: item.debug_name for item in self.items("code") if item.debug_name}
        return Names(functions=NameMap(found)) if found else None

    def segment(self, item: Definition) -> DataSegment:
        address = self.numbers.addresses[item].offset
        return DataSegment(0, 0, const_expr(address, self.builder.memory64), 0, 0)

    def linking_section(self) -> linking.Linking:
        segments = [linking.SegmentInfo(item.name, item.align, item.flags) for item in self.items("data")]
        inits = [linking.InitFunc(priority, self.numbers.symbols[one]) for priority, one in self.builder.inits]
        symbols = [self.record(one) for one in self.symbols]
        return linking.Linking(2, Vec(symbols), Vec(segments), Vec(inits), Vec(self.comdats()))

    def record(self, one: Declaration) -> SymbolRecord:
        """The entry of the symbol table for a declaration."""
        kind, definition = SYMBOL_KINDS.index(one.kind), one.definition
        if one.kind == "section":
            assert definition is not None
            return SymbolRecord(kind, one.flags, None, self.numbers.definitions[definition])
        if definition is None:
            size = one.size or 0
            return SymbolRecord(kind, one.flags, one.name, 0, *((one.offset, size) if one.flags & SYM_ABSOLUTE else ()))
        index = self.numbers.definitions[definition]
        if one.kind == "data":
            left = len(self.content(definition)) - one.offset
            if left < 0 or (one.size is not None and one.size > left):
                raise LinkError(f"{one.name} lies beyond the end of segment {definition.name}")
            return SymbolRecord(kind, one.flags, one.name, index, one.offset, left if one.size is None else one.size)
        implied = one.flags & (SYM_UNDEFINED | SYM_EXPLICIT_NAME) == SYM_UNDEFINED
        return SymbolRecord(kind, one.flags, None if implied else one.name, index)

    def comdats(self) -> list[linking.Comdat]:
        """The groups in order of first use: functions, segments, custom sections."""
        groups: dict[str, list[tuple[int, int]]] = {}
        for item in (*self.items("code"), *self.items("data"), *self.items("custom")):
            if item.comdat:
                number = self.numbers.definitions[item]
                groups.setdefault(item.comdat, []).append((_COMDAT_KINDS[item.kind], number))
        return [linking.Comdat(name, 0, tuple(entries)) for name, entries in groups.items()]

    # --- sites ----------------------------------------------------------------------------------------------

    def content(self, item: Definition) -> Content:
        if item.content is None:
            raise LinkError(f"{item.name} was declared, but never given {_LACKS.get(item.kind, 'contents')}")
        return item.content

    def bytes_of(self, item: Definition) -> bytes:
        """The contents with every site filled."""
        content = self.content(item)
        if not content.sites:
            return content.data
        data = bytearray(content.data)
        for site in content.sites:
            type = reloc_type(site.type)
            data[site.offset : site.offset + type.width] = encode(type, self.value(site, type))
        return bytes(data)

    def value(self, site: Site, type: RelocType) -> int:
        """What the object itself would put into a site."""
        symbol = site.symbol
        if isinstance(symbol, int):
            return 0
        if isinstance(symbol, FuncType):
            return self.builder.types[symbol]
        definition = symbol.definition
        if type.number in _INDICES:
            numbered = definition is not None and symbol.kind == type.symbol_kind
            return self.numbers.definitions[definition] if numbered and definition is not None else 0
        if definition is None or symbol.kind != "data":
            return site.addend
        return self.numbers.addresses[definition].offset + symbol.offset + site.addend

    def check_alive(self) -> None:
        """Every site must name a symbol that is still there."""
        for item in (*self.items("code"), *self.items("data"), *self.items("custom")):
            for site in self.content(item).sites:
                if isinstance(site.symbol, Declaration) and site.symbol.freed:
                    raise LinkError(f"{item.name} refers to {site.symbol.name}, which was freed")

    def relocs(self) -> list[Relocs]:
        """A relocation section for each section that has sites."""
        bodies, datas = BODIES.new(), DATAS.new()
        BODIES.decode(BODIES.write(self.draft.bodies), bodies)
        DATAS.decode(DATAS.write(self.draft.datas), datas)
        starts = [body.code_start for body in bodies], [data.start for data in datas]
        index = {one.id: number for number, one in enumerate(self.draft.sections()) if one.id}
        found = [
            self.section_relocs(index.get(10, 0), "reloc.CODE", self.items("code"), starts[0]),
            self.section_relocs(index.get(11, 0), "reloc.DATA", self.items("data"), starts[1]),
        ]
        for item in self.items("custom"):
            number = self.numbers.definitions[item]
            found.append(self.section_relocs(number, f"reloc.{item.name}", [item], [0]))
        return [one for one in found if len(one)]

    def section_relocs(self, target: int, name: str, items: list[Definition], starts: list[int]) -> Relocs:
        entries = []
        for item, start in zip(items, starts, strict=True):
            for site in self.content(item).sites:
                type = reloc_type(site.type).number
                entries.append(Reloc(type, start + site.offset, self.index(site), site.addend))
        made = Relocs(target, entries)
        made.section_name = name
        return made

    def index(self, site: Site) -> int:
        if isinstance(site.symbol, int):
            return site.symbol
        if isinstance(site.symbol, FuncType):
            return self.builder.types[site.symbol]
        return self.numbers.symbols[site.symbol]


_LACKS = {"function": "a body", "data": "bytes"}
