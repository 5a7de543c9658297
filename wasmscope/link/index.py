"""Phase 5: everything that has a number gets it, and the code chain is made.

Types are interned in order of first use; imports come before what is defined in each index space; defined functions are
the linker's own, then the objects' in order, then command export wrappers. A function's number is its place in the code
chain. The order is LLD 22's (reference: 2.5).
"""

from __future__ import annotations

from wasmscope.errors import Diagnostic
from wasmscope.format.leb128 import uleb
from wasmscope.format.sections import Export
from wasmscope.format.types import FUNCTION, GLOBAL, MEMORY, TABLE, TAG, FuncType, GlobalType, Limits
from wasmscope.link import bodies
from wasmscope.link.chain import Chain
from wasmscope.link.exported import exported
from wasmscope.link.model import (
    NO_INDEX,
    Atom,
    Entity,
    ExportEntry,
    Got,
    ImportEntry,
    Layout,
    Live,
    Numbering,
    Resolution,
    Symbol,
)
from wasmscope.link.names import called, display
from wasmscope.link.options import Options
from wasmscope.link.relocate import Values
from wasmscope.link.scan import Scan
from wasmscope.link.shrunk import Shrunk, not_compressible, numbers, shrink
from wasmscope.link.startup import INIT_MEMORY, startup_bodies, startup_symbols

KINDS = {"function": FUNCTION, "global": GLOBAL, "table": TABLE, "tag": TAG}


def index(resolution: Resolution, live: Live, layout: Layout, options: Options) -> Numbering:
    """Number every type, import, function, global, table, tag, slot and export of the output."""
    return _Index(resolution, live, layout, options).run()


class _Index:
    def __init__(self, resolution: Resolution, live: Live, layout: Layout, options: Options) -> None:
        self.resolution = resolution
        self.live = live
        self.layout = layout
        self.options = options
        self.scan = Scan(resolution, live, layout, options)
        self.startup = startup_symbols(layout, self.scan, options)
        self.rows = self.scan.rows
        self.diagnostics = self.scan.diagnostics
        self.imports: list[ImportEntry] = []
        self.imported: dict[Symbol, int] = {}
        self.counts = {FUNCTION: 0, TABLE: 0, MEMORY: 0, GLOBAL: 0, TAG: 0}
        self.functions: dict[Atom, int] = {}
        self.globals: dict[Entity, int] = {}
        self.tables: dict[Entity, int] = {}
        self.tags: dict[Entity, int] = {}
        self.got: dict[Symbol, Got] = {}
        self.data_globals: list[Symbol] = []
        self.exports: list[ExportEntry] = []
        self.bodies: dict[Atom, bytes] = {}
        self.init_functions: list[tuple[int, Symbol]] = []
        self.wrappers: dict[Atom, Symbol] = {}
        self.wrapped: dict[Symbol, Symbol] = {}

    def run(self) -> Numbering:
        self.number_imports()
        self.number_functions()
        self.number_others()
        self.find_constructors()
        self.make_wrappers()
        self.intern_types()
        self.number_exports()
        self.check_mutable_globals()
        self.make_bodies()
        numbering = self.numbering()
        self.bodies.update(
            startup_bodies(self.startup, numbering, self.layout, self.resolution, self.options)
        )
        if self.options.compress_relocations:
            numbering.shrunk = self.shrink(Values(self.resolution, self.live, self.layout, numbering))
        numbering.code = self.code_chain(numbering.shrunk)
        return numbering

    def numbering(self) -> Numbering:
        start = self.startup.get(INIT_MEMORY)
        return Numbering(
            types=list(self.scan.types),
            type_index=self.scan.types,
            imports=self.imports,
            imported=self.imported,
            functions=self.functions,
            globals=self.globals,
            tables=self.tables,
            tags=self.tags,
            got=self.got,
            data_globals=self.data_globals,
            slots=self.scan.slots,
            table=self.scan.table,
            table_limits=self.table_limits(),
            exports=self.exports,
            code=Chain("code"),
            bodies=self.bodies,
            shrunk={},
            init_functions=self.init_functions,
            wrappers=self.wrappers,
            startup=self.startup,
            start=self.function_index(start) if start is not None else None,
            undefined_stubs=self.scan.undefined_stubs,
            rows=self.rows,
            diagnostics=self.diagnostics,
        )

    # --- imports --------------------------------------------------------------------------------------------

    def number_imports(self) -> None:
        if self.options.import_memory is not None:
            module, name = self.options.import_memory
            self.add_import(ImportEntry(module, name, MEMORY, None, 0, "--import-memory"))
        seen: dict[object, int] = {}
        table = self.live.table
        if table is not None and table.undefined and self.importable(table):
            self.import_symbol(table, seen)
        for symbol in self.resolution.symbols:
            if symbol is not table and symbol.state == "undefined" and self.importable(symbol):
                self.import_symbol(symbol, seen)
        late = self.scan.table
        if late is not None and late is not table and late.undefined:
            self.import_symbol(late, seen)

    def importable(self, symbol: Symbol) -> str:
        """Why an undefined symbol becomes an import; empty when it does not."""
        if symbol is self.scan.table and symbol is not self.live.table:
            return "--import-table"
        if symbol.kind == "data" or not symbol.used or symbol not in self.live.symbols:
            return ""
        if self.options.relocatable:
            return "-r: the final link resolves it"
        if symbol.weak:
            return ""
        if self.options.import_undefined or self.options.unresolved == "import-dynamic":
            return "--import-undefined"
        if symbol.name in self.resolution.allowed_undefined:
            return f"listed in {self.resolution.allowed_undefined[symbol.name]}"
        if symbol.stub_library:
            return f"{symbol.stub_library} says that the host provides it"
        return "the object gives it an import name" if symbol.import_name is not None else ""

    def import_symbol(self, symbol: Symbol, seen: dict[object, int]) -> None:
        """Equal imports (type, module, field) share a number; the first one's symbol stands for them."""
        kind = KINDS[symbol.kind]
        module, name = symbol.import_module or "env", symbol.import_name or symbol.name
        key = (kind, symbol.signature if symbol.type is None else symbol.type, module, name)
        number = seen.get(key)
        if number is None:
            number = seen[key] = self.counts[kind]
            self.add_import(ImportEntry(module, name, kind, symbol, number, self.importable(symbol)))
        self.imported[symbol] = number

    def add_import(self, entry: ImportEntry) -> None:
        self.imports.append(entry)
        self.rows.append(("import", entry, entry.number))
        self.counts[entry.kind] += 1

    # --- what is defined ------------------------------------------------------------------------------------

    def number_functions(self) -> None:
        why = self.live.why
        for atom in self.resolution.synthetic_functions:
            if atom in why:
                self.add_function(atom)
        for atom in self.scan.stubs.values():
            self.add_function(atom)
        for symbol in self.startup.values():
            assert isinstance(symbol.target, Atom)
            self.add_function(symbol.target)
        for file in self.resolution.objects:
            for atom in file.functions:
                if atom in why:
                    self.add_function(atom)

    def add_function(self, atom: Atom) -> None:
        number = self.counts[FUNCTION] + len(self.functions)
        self.functions[atom] = number
        self.rows.append(("function", atom, number))

    def number_others(self) -> None:
        objects, why = self.resolution.objects, self.live.why
        base = self.resolution.linker.get("__tls_base")
        needed = base.target if base is not None and self.options.shared_memory and self.startup else None
        made = [one for one in self.resolution.synthetic_globals if one in why or one is needed]
        self.number(
            "global", self.globals, GLOBAL, made + [one for file in objects for one in file.globals if one in why]
        )
        for symbol in self.scan.got:
            number = self.counts[GLOBAL] + len(self.globals) + len(self.got)
            self.got[symbol] = Got(symbol, number)
            self.rows.append(("got", symbol, number))
        self.number("tag", self.tags, TAG, [one for file in objects for one in file.tags if one in why])
        tables = [one for file in objects for one in file.tables if one in why]
        table = self.scan.table
        if table is not None and isinstance(table.target, Entity):
            tables = [table.target, *tables] if self.resolution.legacy_table else [*tables, table.target]
        self.number("table", self.tables, TABLE, tables)

    def number(self, what: str, numbers: dict[Entity, int], kind: int, entities: list[Entity]) -> None:
        for entity in entities:
            numbers[entity] = self.counts[kind] + len(numbers)
            self.rows.append((what, entity, numbers[entity]))

    def function_index(self, symbol: Symbol) -> int:
        """Number of a function symbol that is live."""
        stub = self.scan.undefined_stubs.get(symbol)
        if stub is not None:
            return self.functions[stub]
        if isinstance(symbol.target, Atom):
            return self.functions[symbol.target]
        return self.imported.get(symbol, NO_INDEX)  # LLD 22 crashes on a constructor that is undefined

    # --- constructors and command exports -------------------------------------------------------------------

    def find_constructors(self) -> None:
        ctors = self.resolution.linker.get("__wasm_call_ctors")
        if not self.options.relocatable and (ctors is None or ctors.target not in self.live.why):
            return
        found = []
        for file in self.resolution.objects:
            for init in file.linking.init_funcs:
                symbol = self.resolution.bindings[file][init.symbol]
                if symbol.target in self.resolution.discarded or not self.live.keeps(symbol):
                    continue
                if symbol.signature is not None and symbol.signature.params:
                    text = f"constructor functions cannot take arguments: {called(symbol, self.options.demangle)}"
                    self.diagnostics.append(Diagnostic("error", text, (), symbol))
                found.append((init.priority, symbol))
        self.init_functions = sorted(found, key=lambda one: one[0])

    def make_wrappers(self) -> None:
        """Command exports: if nobody calls constructors, each exported function gets a wrapper that does."""
        dtors = self.resolution.linker.get("__wasm_call_dtors")
        if not self.resolution.wrappers or not (self.init_functions or dtors):
            return
        for symbol in self.resolution.symbols:
            if symbol.kind == "function" and isinstance(symbol.target, Atom) and exported(symbol, self.options):
                self.make_wrapper(symbol)

    def make_wrapper(self, symbol: Symbol) -> None:
        function = symbol.target
        assert isinstance(function, Atom)
        name = f"{symbol.name}.command_export"
        atom = Atom("function", None, len(self.wrappers), name)
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
        self.wrappers[atom] = symbol
        self.wrapped[symbol] = wrapper
        self.add_function(atom)

    # --- types and exports ----------------------------------------------------------------------------------

    def intern_types(self) -> None:
        for entry in self.imports:
            if entry.symbol is not None and entry.kind in (FUNCTION, TAG):
                self.scan._type(entry.symbol.signature or FuncType((), ()))
        for atom in self.functions:
            self.scan._type(atom.signature or FuncType((), ()))
        for entity in self.tags:
            assert isinstance(entity.type, FuncType)
            self.scan._type(entity.type)

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
        if self.scan.table is not None and self.scan.table is not self.live.table:
            late.append(self.scan.table)
        flag = [self.layout.flag] if self.layout.flag is not None else []
        for symbol in (*self.resolution.symbols, *flag, *late, *self.startup.values(), *self.wrapped.values()):
            why = self.export_rule(symbol)
            if why:
                self.export(symbol, why)

    def export_rule(self, symbol: Symbol) -> str:
        """Why a symbol is exported, given that a wrapper hides what it wraps (but not from --export-all)."""
        if symbol in self.wrapped:
            return "--export-all" if self.options.export_all else ""
        if symbol is self.scan.table or (not symbol.defined and symbol in self.layout.values):
            return self.late_rule(symbol)
        why = exported(symbol, self.options)
        if symbol is self.layout.flag or symbol in self.startup.values():
            return why
        return (
            why
            if self.live.keeps(symbol) or symbol.target in self.wrappers or symbol in self.layout.late_symbols
            else ""
        )

    def late_rule(self, symbol: Symbol) -> str:
        """Why a symbol is exported that LLD defines after marking: the function table, `__start_X`, `__stop_X`."""
        asked = symbol.name in (*self.options.exports, *self.options.exports_if_defined)
        if asked and (symbol is not self.scan.table or symbol is self.live.table):
            return "--export"
        if symbol.defined:
            return exported(symbol, self.options)
        return "--export-all" if self.options.export_all else ""

    def export(self, symbol: Symbol, why: str) -> None:
        target = symbol.target
        if isinstance(target, Atom) and target.kind == "function":
            self.add_export(Export(target.export_name or symbol.name, FUNCTION, self.functions[target]), symbol, why)
        elif isinstance(target, Entity):
            numbers = {"global": self.globals, "table": self.tables, "tag": self.tags}[target.kind]
            made = target.file is None and isinstance(target.type, GlobalType) and target.type.mutable
            explicit = symbol.export or symbol.exported_by_flag
            allowed = self.options.release.exports_own_mutable_globals and "mutable-globals" in self.layout.features
            if made and not allowed and not explicit:
                return
            self.add_export(Export(symbol.name, KINDS[target.kind], numbers[target]), symbol, why)
        elif symbol.kind == "data":
            number = self.counts[GLOBAL] + len(self.globals) + len(self.got) + len(self.data_globals)
            self.data_globals.append(symbol)
            self.rows.append(("global", symbol, number))
            self.add_export(Export(symbol.name, GLOBAL, number), symbol, why)

    def add_export(self, export: Export, symbol: Symbol | None, why: str) -> None:
        entry = ExportEntry(export, symbol, why)
        self.exports.append(entry)
        self.rows.append(("export", entry, export.index))

    def check_mutable_globals(self) -> None:
        options = self.options
        if options.relocatable or not options.check_features or "mutable-globals" in self.layout.features:
            return
        if any(one.severity == "error" for one in (*self.layout.diagnostics, *self.diagnostics)):
            return  # LLD 22 does not come to this check then
        crossing = [("imported", entry.symbol) for entry in self.imports] + [
            ("exported", one.symbol) for one in self.exports
        ]
        constants = self.options.release.checks_constant_exports
        for how, symbol in crossing:
            if symbol is None or symbol.kind != "global" or not isinstance(symbol.type, GlobalType):
                continue
            if symbol.type.mutable or (constants and how == "exported"):
                name = display(symbol.name, self.options.demangle)
                text = f"mutable global {how} but 'mutable-globals' feature not present in inputs: `{name}`. "
                self.diagnostics.append(Diagnostic("error", text + "Use --no-check-features to suppress.", (), symbol))

    def table_limits(self) -> Limits | None:
        """Limits of the function table: room for every slot, and not more unless --growable-table or imported."""
        table = self.scan.table
        if table is None:
            return None
        size = self.layout.table_base + len(self.scan.slots)
        wide = self.layout.memory.limits.flags & 4
        if table.defined and not self.options.growable_table:
            return Limits(wide | 1, size, size, None)
        return Limits(wide, size, None, None)

    # --- code -----------------------------------------------------------------------------------------------

    def make_bodies(self) -> None:
        linker = self.resolution.linker
        ctors, dtors = linker.get("__wasm_call_ctors"), linker.get("__wasm_call_dtors")
        for atom in self.functions:
            if atom.file is not None:
                continue
            if ctors is not None and atom is ctors.target:
                calls = [
                    (self.function_index(one), one.signature or FuncType((), ())) for _, one in self.init_functions
                ]
                self.bodies[atom] = bodies.call_constructors(calls)
            elif atom in self.wrappers:
                assert ctors is not None
                assert isinstance(ctors.target, Atom)
                assert atom.signature is not None
                after = self.function_index(dtors) if dtors is not None else None
                inner = self.function_index(self.wrappers[atom])
                self.bodies[atom] = bodies.command_export(
                    self.functions.get(ctors.target), inner, atom.signature, after
                )
            else:
                self.bodies[atom] = bodies.trap()

    def shrink(self, values: Values) -> dict[Atom, Shrunk]:
        """How the objects' functions get shorter; no number in code depends on where other code is."""
        atoms = [atom for atom in self.functions if atom.file is not None]
        refused = next(filter(None, map(not_compressible, atoms)), "")
        if refused:
            self.diagnostics.append(Diagnostic("error", f"relocation compression not supported for {refused}"))
        return {atom: shrink(atom, numbers(atom, values.of_atom(atom)) if atom.relocs else ()) for atom in atoms}

    def code_chain(self, shrunk: dict[Atom, Shrunk]) -> Chain[Atom]:
        chain: Chain[Atom] = Chain("code", len(uleb(len(self.functions))) if self.functions else 0)
        for atom in self.functions:
            if atom in self.bodies:
                chain.append(atom, len(self.bodies[atom]))
            else:
                chain.append(atom, shrunk[atom].size if atom in shrunk else atom.size)
        return chain
