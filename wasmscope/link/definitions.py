"""What the sections of definitions hold, from types to elements: each record, and the rule that made it (LLD 22)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from wasmscope.format.defined_types import SUBTYPE
from wasmscope.format.expr import EXPR, ConstExpr, const_expr
from wasmscope.format.leb128 import uleb
from wasmscope.format.sections import Global, Import, export_bytes, global_bytes, import_bytes
from wasmscope.format.types import FUNCREF, I32, I64, LIMITS, MEMORY, TABLE_TYPE, FuncType, GlobalType, TableType
from wasmscope.link.model import Atom, Entity, ImportEntry, Symbol
from wasmscope.link.options import Options
from wasmscope.link.pic import MEMORY_BASE, TABLE_BASE, base_index, based, pointer_type
from wasmscope.link.relocate import Values

Part = tuple[bytes, "Atom | None", str]
"""Bytes of a section, the atom they are, or else the rule that made them."""


class Definitions:
    """The records of a link that is about to be written; `wide`: addresses have 64 bits."""

    def __init__(self, values: Values, wide: bool, options: Options) -> None:
        self.values = values
        self.wide = wide
        self.options = options
        self.resolution, self.layout, self.index = values.resolution, values.layout, values.index
        self.table = values.index.table
        self.extended = "extended-const" in self.layout.features

    def types(self) -> Iterator[Part]:
        """Function types, in number order."""
        for number, type in enumerate(self.index.types):
            yield SUBTYPE.write(type), None, f"type {number}: {type}"

    def imports(self) -> Iterator[Part]:
        """Imports, in order."""
        for entry in self.index.imports:
            one = Import(entry.module, entry.name, entry.kind, self._imported(entry))
            yield import_bytes(one), None, f"import {entry.number}: {entry.rule}"

    def _imported(self, entry: ImportEntry) -> Any:
        """The type of an import: limits, a table's or global's type, or a type index."""
        symbol = entry.symbol
        if entry.kind == MEMORY:
            return self.layout.memory.limits
        if entry.got:
            return pointer_type(self.wide, mutable=True)
        assert symbol is not None
        if symbol is self.table:
            assert self.index.table_limits is not None
            return TableType(FUNCREF, self.index.table_limits)
        return symbol.type if symbol.type is not None else self.index.type_index[symbol.signature or FuncType((), ())]

    def function_types(self) -> Iterator[Part]:
        """The type of each function, in number order."""
        for atom, number in self.index.functions.items():
            type = self.index.type_index[atom.signature or FuncType((), ())]
            yield uleb(type), None, f"function {number} {atom.name} has type {type}"

    def tables(self) -> Iterator[Part]:
        """Tables, in number order; the function table has the limits that phase index gave it."""
        for entity, number in self.index.tables.items():
            type = entity.type
            assert isinstance(type, TableType)
            if self.table is not None and entity is self.table.target and self.index.table_limits is not None:
                type = TableType(type.elem, self.index.table_limits)
            yield TABLE_TYPE.write(type), None, f"table {number} {entity.name}"

    def memory(self) -> list[Part]:
        """The memory, unless it is imported."""
        if self.options.import_memory is not None:
            return []
        return [(LIMITS.write(self.layout.memory.limits), None, f"pages that end at {self.layout.memory.end:#x} need")]

    def tags(self) -> Iterator[Part]:
        """Tags, in number order."""
        for entity, number in self.index.tags.items():
            assert isinstance(entity.type, FuncType)
            yield b"\0" + uleb(self.index.type_index[entity.type]), None, f"tag {number} {entity.name}"

    def globals(self) -> Iterator[Part]:
        """Globals, in number order: the program's and the linker's, GOT entries, addresses of exported data."""
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
        """Exports, in order."""
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
