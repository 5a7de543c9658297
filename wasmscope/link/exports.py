"""Exports: what the host sees, and the wrappers that run constructors around it (LLD 22; reference: 2.6, 2.7)."""

from __future__ import annotations

from wasmscope.errors import Diagnostic
from wasmscope.format.sections import Export
from wasmscope.format.types import FUNCTION, GLOBAL, KIND_NUMBERS, MEMORY, GlobalType
from wasmscope.link.exported import exported
from wasmscope.link.linker_names import CALL_DTORS
from wasmscope.link.load import stops
from wasmscope.link.model import Atom, Entity, ExportEntry, Layout, Live, Numbering, Resolution, Symbol
from wasmscope.link.names import display
from wasmscope.link.options import Options
from wasmscope.link.subjects import Feature


def only_by_name(target: object, layout: Layout, options: Options) -> bool:
    """Whether `target` is a global that is exported only to who names it: the linker's own, mutable, where that feature
    is not in use."""
    if not isinstance(target, Entity) or target.file is not None:
        return False
    allowed = options.release.exports_own_mutable_globals and "mutable-globals" in layout.features
    return isinstance(target.type, GlobalType) and target.type.mutable and not allowed


class Exports:
    """The exports of `it`, in two steps: wrappers are functions, so they come before types are interned."""

    def __init__(self, it: Numbering, resolution: Resolution, live: Live, layout: Layout, options: Options) -> None:
        self.it = it
        self.resolution = resolution
        self.live = live
        self.layout = layout
        self.options = options
        self.wrapped: dict[Symbol, Symbol] = {}

    def make_wrappers(self) -> None:
        """Command exports: if nobody calls constructors, each exported function gets a wrapper that does."""
        dtors = self.resolution.linker.get(CALL_DTORS)
        if not self.resolution.wrappers or not (self.it.init_functions or dtors):
            return
        for symbol in (*self.resolution.symbols, *self.it.startup.values()):
            if symbol.kind == "function" and isinstance(symbol.target, Atom) and exported(symbol, self.options):
                self.make_wrapper(symbol)

    def make_wrapper(self, symbol: Symbol) -> None:
        function = symbol.target
        assert isinstance(function, Atom)
        name = f"{symbol.name}.command_export"
        atom = Atom("function", None, len(self.it.wrappers), name)
        atom.signature, atom.rule = symbol.signature, f"command export: runs constructors around {symbol.name}"
        atom.export_name = function.export_name or symbol.name
        wrapper = Symbol(name, -1)
        wrapper.state, wrapper.flags, wrapper.target, wrapper.signature = (
            "defined",
            symbol.flags,
            atom,
            symbol.signature,
        )
        wrapper.export, wrapper.linker = symbol.export or "command export", True
        self.it.wrappers[atom] = symbol
        self.wrapped[symbol] = wrapper
        self.it.add_function(atom)

    def number_exports(self) -> None:
        options = self.options
        if options.relocatable:
            return
        memory = options.export_memory
        if memory is None and options.import_memory is None:
            memory = "memory"
        if memory is not None:
            self.add_export(Export(memory, MEMORY, 0), None, "the memory is exported unless it is imported")
        late = [symbol for symbol in self.layout.late_symbols if symbol.export or options.export_all]
        if self.it.table is not None and self.it.table is not self.live.table:
            late.append(self.it.table)
        flag = [self.layout.flag] if self.layout.flag is not None else []
        for symbol in (*self.resolution.symbols, *flag, *late, *self.it.startup.values(), *self.wrapped.values()):
            why = self.export_rule(symbol)
            if why:
                self.export(symbol, why)

    def export_rule(self, symbol: Symbol) -> str:
        """Why a symbol is exported, given that a wrapper hides what it wraps (but not from --export-all)."""
        if symbol in self.wrapped:
            return "--export-all" if self.options.export_all else ""
        if symbol is self.it.table or (symbol.state != "defined" and symbol in self.layout.values):
            return self.late_rule(symbol)
        why = exported(symbol, self.options) or (self.dynamic_rule(symbol) if self.options.pic else "")
        if not why or self.live.keeps(symbol) or symbol is self.layout.flag:
            return why
        made = symbol.target in self.it.wrappers or symbol in (*self.it.startup.values(), *self.layout.late_symbols)
        return why if made else ""

    def dynamic_rule(self, symbol: Symbol) -> str:
        """Why the dynamic linker, of a module that it places, needs an export that nobody asks for; or empty."""
        if not symbol.defined or symbol.local:
            return ""
        if self.options.shared and symbol.weak and not symbol.hidden:
            return "it is weak, and may be the one that all modules are to use"
        return "the dynamic linker tells its address" if symbol in self.it.got_imports else ""

    def late_rule(self, symbol: Symbol) -> str:
        """Why a symbol is exported that LLD defines after marking: the function table, `__start_X`, `__stop_X`."""
        asked = symbol.name in (*self.options.exports, *self.options.exports_if_defined)
        if asked and (symbol is not self.it.table or symbol is self.live.table):
            return "--export"
        if symbol.defined:
            return exported(symbol, self.options)
        return "--export-all" if self.options.export_all else ""

    def export(self, symbol: Symbol, why: str) -> None:
        target = symbol.target
        if isinstance(target, Atom) and target.kind == "function":
            self.add_export(Export(target.export_name or symbol.name, FUNCTION, self.it.functions[target]), symbol, why)
        elif isinstance(target, Entity):
            numbers = {"global": self.it.globals, "table": self.it.tables, "tag": self.it.tags}[target.kind]
            explicit = symbol.export or symbol.exported_by_flag
            if only_by_name(target, self.layout, self.options) and not explicit:
                return
            self.add_export(Export(symbol.name, KIND_NUMBERS[target.kind], numbers[target]), symbol, why)
        elif symbol.kind == "data":
            number = (
                self.it.imported_counts[GLOBAL] + len(self.it.globals) + len(self.it.got) + len(self.it.data_globals)
            )
            self.it.data_globals.append(symbol)
            self.it.rows.append(("global", symbol, number))
            self.add_export(Export(symbol.name, GLOBAL, number), symbol, why)

    def add_export(self, export: Export, symbol: Symbol | None, why: str) -> None:
        entry = ExportEntry(export, symbol, why)
        self.it.exports.append(entry)
        self.it.rows.append(("export", entry, export.index))

    def check_mutable_globals(self) -> None:
        options = self.options
        if options.relocatable or not options.check_features or "mutable-globals" in self.layout.features:
            return
        if stops((*self.layout.diagnostics, *self.it.diagnostics), options):
            return  # LLD 22 does not come to this check then
        crossing = [("imported", entry.symbol) for entry in self.it.imports] + [
            ("exported", one.symbol) for one in self.it.exports
        ]
        constants = self.options.release.checks_constant_exports
        for how, symbol in crossing:
            if symbol is None or symbol.kind != "global" or not isinstance(symbol.type, GlobalType):
                continue
            if symbol.type.mutable or (constants and how == "exported"):
                name = display(symbol.name, self.options.demangle)
                text = f"mutable global {how} but 'mutable-globals' feature not present in inputs: `{name}`. "
                text += "Use --no-check-features to suppress."
                self.it.diagnostics.append(Diagnostic("error", text, (), Feature("mutable-globals", symbol)))
