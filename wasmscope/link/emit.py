"""Phase 7: the file.

Each section is written from the earlier phases' results, with a map from its bytes back to what made them: an atom,
or a linker rule. Sections without contents are left out. Order and contents are LLD 22's (reference: 2.6).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import accumulate
from typing import Any

from wasmscope.format.defined_types import SUBTYPE
from wasmscope.format.expr import EXPR, ConstExpr, const_expr
from wasmscope.format.leb128 import name_bytes, uleb
from wasmscope.format.module_value import HEADER
from wasmscope.format.section_ids import (
    CODE_ID,
    CUSTOM_ID,
    DATA_COUNT_ID,
    DATA_ID,
    ELEMENT_ID,
    EXPORT_ID,
    FUNCTION_ID,
    GLOBAL_ID,
    IMPORT_ID,
    MEMORY_ID,
    SECTION_NAMES,
    START_ID,
    TABLE_ID,
    TAG_ID,
    TYPE_ID,
)
from wasmscope.format.sections import Global, Import, export_bytes, global_bytes, import_bytes
from wasmscope.format.types import FUNCREF, I32, I64, LIMITS, MEMORY, TABLE_TYPE, FuncType, GlobalType, TableType
from wasmscope.link.build_id import BLANK, build_id, id_size
from wasmscope.link.dylink import dylink, needs_dylink
from wasmscope.link.layout import PASSIVE
from wasmscope.link.model import (
    Atom,
    CustomSection,
    Emitted,
    Entity,
    ImportEntry,
    Loaded,
    OutputSection,
    Pieces,
    Relocated,
    Segment,
    Symbol,
)
from wasmscope.link.options import Options
from wasmscope.link.pic import MEMORY_BASE, TABLE_BASE, base_index, based, pointer_type
from wasmscope.link.relocate import Values
from wasmscope.link.startup import written
from wasmscope.link.symtab import RelocatableWriter, keeps_relocations
from wasmscope.link.tool_sections import tool_sections

Part = tuple[bytes, "Atom | None", str]
"""Bytes of a section, the atom they are, or else the rule that made them."""


def emit(loaded: Loaded, values: Values, relocated: Relocated, options: Options) -> Emitted:
    """Write every section; the result is the file and the map of its bytes."""
    return _Emit(loaded, values, relocated, options).run()


class _Emit:
    def __init__(self, loaded: Loaded, values: Values, relocated: Relocated, options: Options) -> None:
        self.wide = loaded.arch == "wasm64"
        self.values = values
        self.resolution, self.live, self.layout = values.resolution, values.live, values.layout
        index = self.index = values.index
        self.relocated = relocated
        self.options = options
        self.table = index.table
        self.extended = "extended-const" in self.layout.features
        self.written = written(self.layout)
        self.sections: list[OutputSection] = []
        self.chunks: list[bytes] = [HEADER]
        self.position = len(HEADER)

    def run(self) -> Emitted:
        index, options = self.index, self.options
        if needs_dylink(self.resolution, options):
            contents = dylink(self.resolution, self.live, self.layout, index, options)
            rule = "what the dynamic linker has to know"
            self.section(CUSTOM_ID, "dylink.0", [_name_part("dylink.0"), (contents, None, rule)])
        self.vector(TYPE_ID, self.types())
        self.vector(IMPORT_ID, (self.import_part(one) for one in index.imports))
        self.vector(FUNCTION_ID, self.function_types())
        self.vector(TABLE_ID, (self.table_part(one, number) for one, number in index.tables.items()))
        self.vector(MEMORY_ID, self.memory())
        self.vector(TAG_ID, self.tags())
        self.vector(GLOBAL_ID, self.globals())
        self.vector(EXPORT_ID, self.exports())
        if index.start is not None:
            rule = f"function {index.start} runs when the module is instantiated"
            self.section(START_ID, "start", [(uleb(index.start), None, rule)])
        self.vector(ELEMENT_ID, self.elements())
        if options.shared_memory and self.written:
            count = (uleb(len(self.written)), None, "how many segments memory.init can name")
            self.section(DATA_COUNT_ID, SECTION_NAMES[DATA_COUNT_ID], [count])
        self.vector(CODE_ID, [(self.function(placed.item), placed.item, "") for placed in index.code])
        self.data()
        indices = {}
        for custom in self.layout.customs:
            indices[custom] = len(self.sections)
            self.section(CUSTOM_ID, custom.name, [_name_part(custom.name), *self.chain(custom)])
        if keeps_relocations(options):
            self.relocatable(indices)
        for name, parts in tool_sections(self.resolution, self.layout, index, options):
            self.section(CUSTOM_ID, name, [_name_part(name), *((data, None, rule) for data, rule in parts)])
        return Emitted(self.sections, self.identified())

    def identified(self) -> bytes:
        """The whole file, with its build id at the end if it shall have one."""
        style = self.options.build_id
        if style == "none":
            return b"".join(self.chunks)
        size = id_size(style)
        parts: list[Part] = [(uleb(size), None, "size of the build id"), (BLANK * size, None, f"--build-id={style}")]
        self.section(CUSTOM_ID, "build_id", [_name_part("build_id"), *parts])
        blank = b"".join(self.chunks)
        return blank[: len(blank) - size] + build_id(style, blank)

    # --- framing --------------------------------------------------------------------------------------------

    def section(self, id: int, name: str, parts: Iterable[Part]) -> None:
        """Write one section: id, size, and `parts` one after the other."""
        data, atoms, rules = zip(*parts, strict=True)
        header = bytes((id,)) + uleb(sum(map(len, data)))
        start, body = self.position, self.position + len(header)
        *starts, end = accumulate(map(len, data), initial=body)
        rule = f"header of the {name} section: id {id} and size"
        pieces = Pieces([start, *starts], end, (None, *atoms), (rule, *rules))
        self.chunks.append(header)
        self.chunks += data
        self.sections.append(OutputSection(id, name, start, body, end, pieces))
        self.position = end

    def vector(self, id: int, parts: Iterable[Part]) -> None:
        """Write a section that is a vector, unless it is empty."""
        parts = list(parts)
        if parts:
            name = SECTION_NAMES[id]
            self.section(id, name, [(uleb(len(parts)), None, f"count of the {name} section"), *parts])

    # --- sections of definitions ----------------------------------------------------------------------------

    def types(self) -> Iterator[Part]:
        for number, type in enumerate(self.index.types):
            yield SUBTYPE.write(type), None, f"type {number}: {type}"

    def import_part(self, entry: ImportEntry) -> Part:
        desc: Any
        symbol = entry.symbol
        if entry.kind == MEMORY:
            desc = self.layout.memory.limits
        elif entry.got:
            desc = pointer_type(self.wide, mutable=True)
        elif symbol is not None and symbol is self.table:
            assert self.index.table_limits is not None
            desc = TableType(FUNCREF, self.index.table_limits)
        else:
            assert symbol is not None
            desc = (
                symbol.type if symbol.type is not None else self.index.type_index[symbol.signature or FuncType((), ())]
            )
        rule = f"import {entry.number}: {entry.rule}"
        return import_bytes(Import(entry.module, entry.name, entry.kind, desc)), None, rule

    def function_types(self) -> Iterator[Part]:
        for atom, number in self.index.functions.items():
            type = self.index.type_index[atom.signature or FuncType((), ())]
            yield uleb(type), None, f"function {number} {atom.name} has type {type}"

    def table_part(self, entity: Entity, number: int) -> Part:
        assert isinstance(entity.type, TableType)
        type = entity.type
        if self.table is not None and entity is self.table.target and self.index.table_limits is not None:
            type = TableType(type.elem, self.index.table_limits)
        return TABLE_TYPE.write(type), None, f"table {number} {entity.name}"

    def memory(self) -> list[Part]:
        if self.options.import_memory is not None:
            return []
        return [(LIMITS.write(self.layout.memory.limits), None, f"pages that end at {self.layout.memory.end:#x} need")]

    def tags(self) -> Iterator[Part]:
        for entity, number in self.index.tags.items():
            assert isinstance(entity.type, FuncType)
            yield b"\0" + uleb(self.index.type_index[entity.type]), None, f"tag {number} {entity.name}"

    def globals(self) -> Iterator[Part]:
        constant = GlobalType(I64 if self.wide else I32, False)
        for entity, number in self.index.globals.items():
            assert isinstance(entity.type, GlobalType)
            init: Any = entity.init
            if entity.file is None:
                init = const_expr(self.layout.values[self.resolution.linker[entity.name]], self.wide)
            yield global_bytes(Global(entity.type, init)), None, f"global {number} {entity.name}"
        addresses = self.values.addresses
        for symbol, got in self.index.got.items():
            rule = f"global {got.number}: GOT entry that holds the address of {symbol.name}"
            yield global_bytes(self.got_entry(symbol)), None, rule
        for symbol in self.index.data_globals:
            value = addresses.of(symbol) or 0
            rule = f"global that exports the address of {symbol.name}"
            yield global_bytes(Global(constant, const_expr(value, self.wide))), None, rule

    def exports(self) -> Iterator[Part]:
        for export, _, why in self.index.exports:
            yield export_bytes(export), None, f"export: {why}"

    def got_entry(self, symbol: Symbol) -> Global:
        """The global that holds the address of `symbol`, which is of the module itself."""
        addresses, shared, options = self.values.addresses, self.options.shared_memory, self.options
        stub, base = symbol.stub or symbol in self.index.undefined_stubs, ""
        stub = stub or (symbol.kind == "function" and self.index.slot(symbol) is None)
        if symbol.kind == "function":  # a stub has no address, even where its slot was given before it became one
            value = 0 if stub else self.index.slot(symbol) or 0
            base = "" if stub else TABLE_BASE
        else:  # with threads, where it is in a thread's own block: the start of each thread adds its base
            value = (addresses.of(symbol) or 0) if shared else addresses.absolute(symbol)
            base = "" if symbol.tls or addresses.of(symbol) is None else MEMORY_BASE
        if options.pic and base and self.extended:
            return Global(pointer_type(self.wide, mutable=False), self.based(base, value))
        set_at_start = (shared and symbol.tls) or (options.pic and not self.extended and not symbol.tls)
        return Global(pointer_type(self.wide, not stub and set_at_start), const_expr(value, self.wide))

    def based(self, base: str, offset: int) -> ConstExpr:
        """What is `offset` past where the imported global `base` says."""
        return based(base_index(self.resolution, self.index.imported, base), offset, self.wide)

    def elements(self) -> list[Part]:
        """One active segment that fills the function table; the vector's count is that of segments."""
        slots = self.index.slots
        if not slots or self.table is None:
            return []
        target = self.table.target
        number = self.index.tables.get(target) if isinstance(target, Entity) else self.index.imported.get(self.table)
        if number is None:  # nothing live uses the table; LLD 22 writes a module that is not valid, or crashes
            return []
        flags = uleb(2) + uleb(number) if number else uleb(0)
        start = self.based(TABLE_BASE, 0) if self.options.pic else const_expr(self.layout.table_base, self.wide)
        offset = EXPR.write(start)
        head = flags + offset + (b"\0" if number else b"") + uleb(len(slots))
        functions = (thing for what, thing, _ in self.index.rows if what == "slot" and isinstance(thing, Symbol))
        items = b"".join(uleb(self.values.function_index(one)) for one in functions)
        return [(head + items, None, f"functions whose address is taken, from slot {self.layout.table_base}")]

    # --- code and data --------------------------------------------------------------------------------------

    def function(self, atom: Atom) -> bytes:
        return self.index.bodies[atom] if atom in self.index.bodies else self.final(atom)

    def final(self, atom: Atom) -> bytes:
        """An atom's final bytes."""
        patched = self.relocated.bytes.get(atom)
        if patched is not None:
            return patched
        return atom.data if atom.file is not None else self.merged[atom]

    @property
    def merged(self) -> dict[Atom, bytes]:
        return {merge.atom: merge.data for merge in self.layout.merges.values()}

    def chain(self, home: Segment | CustomSection) -> Iterator[Part]:
        """The atoms of a chain and the padding between them."""
        for placed in home.chain:
            if placed.pad:
                yield bytes(placed.pad), None, f"padding before {placed.item.name}"
            yield self.final(placed.item), placed.item, placed.item.rule

    def data(self) -> None:
        parts: list[Part] = []
        for segment in self.written:
            address = const_expr(segment.address, self.wide)
            if self.options.pic:
                address = self.based(MEMORY_BASE, segment.address)
            offset = b"" if segment.flags & PASSIVE else EXPR.write(address)
            rule = f"segment {segment.name} at {segment.address:#x}, {segment.size} bytes"
            parts.append((uleb(segment.flags) + offset + uleb(segment.size), None, rule))
            parts += self.chain(segment)
        if parts:
            self.section(DATA_ID, "data", [(uleb(len(self.written)), None, "count of the data section"), *parts])

    # --- what another link needs ------------------------------------------------------------------------------

    def relocatable(self, indices: dict[CustomSection, int]) -> None:
        """The linking section and the relocations; `indices`: of the custom sections."""
        writer = RelocatableWriter(self.resolution, self.live, self.layout, self.index, self.values, self.options)
        rule = "symbols, segments, init functions and COMDATs of the output"
        self.section(CUSTOM_ID, "linking", [_name_part("linking"), (writer.linking(indices), None, rule)])
        customs = {number: custom.name for custom, number in indices.items()}
        for number, section in enumerate(list(self.sections)):
            if section.id not in (CODE_ID, DATA_ID) and number not in customs:
                continue
            shift = section.body + (len(name_bytes(section.name)) if number in customs else 0)
            atoms = [(piece.atom, piece.start - shift) for piece in section.pieces if piece.atom is not None]
            contents = writer.relocations(number, atoms, number in customs)
            if contents:
                name = "reloc." + (section.name if number in customs else section.name.upper())
                self.section(CUSTOM_ID, name, [_name_part(name), (contents, None, "relocations of the inputs, moved")])


def _name_part(name: str) -> Part:
    return name_bytes(name), None, f"name of the {name} section"
