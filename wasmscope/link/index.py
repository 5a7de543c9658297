"""Phase 5: everything that has a number gets it, and the code chain is made.

Types are interned in order of first use; imports come before what is defined in each index space; defined functions are
the linker's own, then the objects' in order, then command export wrappers. A function's number is its place in the code
chain. The order is LLD 22's (reference: 2.5).
"""

from __future__ import annotations

from wasmscope.errors import Diagnostic
from wasmscope.format.leb128 import uleb
from wasmscope.format.types import FUNCTION, GLOBAL, LIMITS_64, LIMITS_HAS_MAX, TABLE, TAG, FuncType, Limits
from wasmscope.link import bodies
from wasmscope.link.chain import Chain
from wasmscope.link.exports import Exports
from wasmscope.link.imports import number_imports
from wasmscope.link.linker_names import CALL_CTORS, CALL_DTORS, TLS_BASE
from wasmscope.link.mark import constructors
from wasmscope.link.model import (
    NO_INDEX,
    Atom,
    Entity,
    Got,
    Layout,
    Live,
    Numbering,
    Resolution,
    Symbol,
)
from wasmscope.link.names import called
from wasmscope.link.options import Options
from wasmscope.link.relocate import Values
from wasmscope.link.scan import Scan
from wasmscope.link.shrunk import Shrunk, not_compressible, numbers, shrink
from wasmscope.link.startup import (
    APPLY_GLOBALS,
    INIT_MEMORY,
    START,
    refused,
    runtime_sites,
    startup_bodies,
    startup_symbols,
    thread_sites,
)


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
        self.it = Numbering(
            type_index=self.scan.types,
            slots=self.scan.slots,
            table=self.scan.table,
            startup=startup_symbols(layout, self.scan, options),
            undefined_stubs=self.scan.undefined_stubs,
            rows=self.scan.rows,
            diagnostics=self.scan.diagnostics,
        )

    def run(self) -> Numbering:
        it = self.it
        number_imports(it, self.resolution, self.live, self.scan, self.options)
        if self.options.pic:
            it.diagnostics += refused(runtime_sites(self.layout, self.scan, self.options))
        self.number_functions()
        self.number_others()
        self.find_constructors()
        it.diagnostics += refused(thread_sites(self.layout, self.scan, self.options))
        exports = Exports(it, self.resolution, self.live, self.layout, self.options)
        exports.make_wrappers()
        self.intern_types()
        exports.number_exports()
        exports.check_mutable_globals()
        it.table_limits = self.table_limits()
        start = it.startup.get(START) or it.startup.get(INIT_MEMORY) or it.startup.get(APPLY_GLOBALS)
        it.start = self.function_index(start) if start is not None else None
        self.make_bodies()
        values = Values(self.resolution, self.live, self.layout, it)
        it.bodies.update(startup_bodies(it.startup, it, self.layout, self.scan, values, self.options))
        if self.options.compress_relocations:
            it.shrunk = self.shrink(values)
        it.code = self.code_chain()
        return it

    # --- what is defined ------------------------------------------------------------------------------------

    def number_functions(self) -> None:
        why = self.live.why
        for atom in self.resolution.synthetic_functions:
            if atom in why:
                self.it.add_function(atom)
        for atom in self.scan.stubs.values():
            self.it.add_function(atom)
        for symbol in self.it.startup.values():
            assert isinstance(symbol.target, Atom)
            self.it.add_function(symbol.target)
        for file in self.resolution.objects:
            for atom in file.functions:
                if atom in why:
                    self.it.add_function(atom)

    def number_others(self) -> None:
        objects, why = self.resolution.objects, self.live.why
        base = self.resolution.linker.get(TLS_BASE)
        needed = base.target if base is not None and self.options.shared_memory and self.it.startup else None
        made = [one for one in self.resolution.synthetic_globals if one in why or one is needed]
        self.number(
            "global", self.it.globals, GLOBAL, made + [one for file in objects for one in file.globals if one in why]
        )
        for symbol in self.scan.got:
            number = self.it.imported_counts[GLOBAL] + len(self.it.globals) + len(self.it.got)
            self.it.got[symbol] = Got(symbol, number)
            self.it.rows.append(("got", symbol, number))
        self.number("tag", self.it.tags, TAG, [one for file in objects for one in file.tags if one in why])
        tables = [one for file in objects for one in file.tables if one in why]
        table = self.scan.table
        if table is not None and isinstance(table.target, Entity):
            tables = [table.target, *tables] if self.resolution.legacy_table else [*tables, table.target]
        self.number("table", self.it.tables, TABLE, tables)

    def number(self, what: str, numbers: dict[Entity, int], kind: int, entities: list[Entity]) -> None:
        for entity in entities:
            numbers[entity] = self.it.imported_counts[kind] + len(numbers)
            self.it.rows.append((what, entity, numbers[entity]))

    def function_index(self, symbol: Symbol) -> int:
        """Number of a function symbol that is live."""
        stub = self.scan.undefined_stubs.get(symbol)
        if stub is not None:
            return self.it.functions[stub]
        if isinstance(symbol.target, Atom) and symbol not in self.it.imported:
            return self.it.functions[symbol.target]
        return self.it.imported.get(symbol, NO_INDEX)  # LLD 22 crashes on a constructor that is undefined

    # --- constructors and command exports -------------------------------------------------------------------

    def find_constructors(self) -> None:
        ctors = self.resolution.linker.get(CALL_CTORS)
        if not self.options.relocatable and (ctors is None or ctors.target not in self.live.why):
            return
        found = []
        for file in self.resolution.objects:
            for priority, symbol in constructors(self.resolution, file):
                if not self.live.keeps(symbol):
                    continue
                if symbol.signature is not None and symbol.signature.params:
                    text = f"constructor functions cannot take arguments: {called(symbol, self.options.demangle)}"
                    self.it.diagnostics.append(Diagnostic("error", text, (), symbol))
                found.append((priority, symbol))
        self.it.init_functions = sorted(found, key=lambda one: one[0])

    # --- types and the function table ----------------------------------------------------------------------

    def intern_types(self) -> None:
        for entry in self.it.imports:
            if entry.symbol is not None and entry.kind in (FUNCTION, TAG):
                self.scan.type(entry.symbol.signature or FuncType((), ()))
        for atom in self.it.functions:
            self.scan.type(atom.signature or FuncType((), ()))
        for entity in self.it.tags:
            assert isinstance(entity.type, FuncType)
            self.scan.type(entity.type)

    def table_limits(self) -> Limits | None:
        """Limits of the function table: room for every slot, and not more unless --growable-table or imported."""
        table = self.scan.table
        if table is None:
            return None
        size = self.layout.table_base + len(self.scan.slots)
        wide = LIMITS_64 if self.layout.memory.limits.is64 else 0
        if table.defined and not self.options.growable_table:
            return Limits(wide | LIMITS_HAS_MAX, size, size, None)
        return Limits(wide, size, None, None)

    # --- code -----------------------------------------------------------------------------------------------

    def make_bodies(self) -> None:
        linker = self.resolution.linker
        ctors, dtors = linker.get(CALL_CTORS), linker.get(CALL_DTORS)
        for atom in self.it.functions:
            if atom.file is not None:
                continue
            if ctors is not None and atom is ctors.target:
                calls = [
                    (self.function_index(one), one.signature or FuncType((), ())) for _, one in self.it.init_functions
                ]
                self.it.bodies[atom] = bodies.call_constructors(calls)
            elif atom in self.it.wrappers:
                assert ctors is not None
                assert isinstance(ctors.target, Atom)
                assert atom.signature is not None
                after = self.function_index(dtors) if dtors is not None else None
                inner = self.function_index(self.it.wrappers[atom])
                self.it.bodies[atom] = bodies.command_export(
                    self.it.functions.get(ctors.target), inner, atom.signature, after
                )
            else:
                self.it.bodies[atom] = bodies.trap()

    def shrink(self, values: Values) -> dict[Atom, Shrunk]:
        """How the objects' functions get shorter; no number in code depends on where other code is."""
        atoms = [atom for atom in self.it.functions if atom.file is not None]
        refused = next(filter(None, map(not_compressible, atoms)), "")
        if refused:
            self.it.diagnostics.append(Diagnostic("error", f"relocation compression not supported for {refused}"))
        return {atom: shrink(atom, numbers(atom, values.of_atom(atom)) if atom.relocs else ()) for atom in atoms}

    def code_chain(self) -> Chain[Atom]:
        it = self.it
        chain: Chain[Atom] = Chain("code", len(uleb(len(it.functions))) if it.functions else 0)
        for atom in it.functions:
            if atom in it.bodies:
                chain.append(atom, len(it.bodies[atom]))
            else:
                chain.append(atom, it.shrunk[atom].size if atom in it.shrunk else atom.size)
        return chain
