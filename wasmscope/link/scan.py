"""What the relocations of live atoms ask for: types, table slots, GOT globals, and undefined symbols that nobody
defines.

One walk over every live relocation in LLD's order: objects; in each, functions, data segments and (only without garbage
collection) custom sections; relocations by offset. First use decides every number (LLD 22 `scanRelocations`).
"""

from __future__ import annotations

from wasmscope.errors import Diagnostic
from wasmscope.format.linking import SYM_HIDDEN, SYM_UNDEFINED
from wasmscope.format.relocs import RELOC_TYPES, TABLE_INDEX, TYPE_INDEX
from wasmscope.format.types import FUNCREF, LIMITS_64, FuncType, Limits, TableType
from wasmscope.link.linker_names import FUNCTION_TABLE
from wasmscope.link.model import Atom, Entity, Layout, Live, ObjectFile, Resolution, Segment, Symbol, slot_key
from wasmscope.link.names import called
from wasmscope.link.options import Options
from wasmscope.link.pic import ABSOLUTE, WORDS, dynamic
from wasmscope.link.subjects import Use

GLOBAL_INDEX = frozenset(one.number for one in RELOC_TYPES if "GLOBAL_INDEX" in one.name)
TLS = frozenset(one.number for one in RELOC_TYPES if "TLS" in one.name)
RELATIVE = frozenset(one.number for one in RELOC_TYPES if "_REL_" in one.name)


class Scan:
    """Runs once; the results are its fields, in order of first use."""

    def __init__(self, resolution: Resolution, live: Live, layout: Layout, options: Options) -> None:
        self.resolution = resolution
        self.layout = layout
        self.options = options
        self.types: dict[FuncType, int] = {}
        self.slots: dict[Atom | Symbol, int] = {}
        self.got: dict[Symbol, None] = {}
        self.got_imports: dict[Symbol, None] = {}
        """Symbols whose addresses the dynamic linker tells."""
        self.stubs: dict[FuncType, Atom] = {}
        self.undefined_stubs: dict[Symbol, Atom] = {}
        self.rows: list[tuple[str, object, int]] = []
        self.diagnostics: list[Diagnostic] = []
        why = live.why
        for file in resolution.objects:
            for atoms in (file.functions, file.segments):
                for atom in atoms:
                    if atom.relocs is not None and atom in why:
                        self._atom(file, atom)
            if not options.gc_sections:
                for atom in file.customs:
                    self._atom(file, atom)
        self.table = live.table or self._late_table()
        """The function table of the output."""

    def _late_table(self) -> Symbol | None:
        """The function table when nothing but a GOT entry of a function wants it, which has to hold a slot number."""
        if not any(symbol.kind == "function" for symbol in self.got):
            return None
        made = Symbol(FUNCTION_TABLE, -1)
        wide = LIMITS_64 if self.layout.memory.limits.is64 else 0
        type = made.type = TableType(FUNCREF, Limits(wide, 0, None, None))
        made.kind, made.linker, made.used, made.flags = "table", True, self.options.import_table, SYM_HIDDEN
        if self.options.import_table:
            made.flags |= SYM_UNDEFINED
        else:
            made.target = Entity("table", None, 0, made.name, type, rule="a GOT entry holds the slot of a function")
            made.state = "defined"
        return made

    def _atom(self, file: ObjectFile, atom: Atom) -> None:
        relocs = atom.relocs
        if relocs is None:
            return
        bindings = self.resolution.bindings[file]
        types, indices = relocs.types, relocs.indices
        for row in range(atom.lo, atom.hi):
            kind = types[row]
            if kind == TYPE_INDEX:
                self.type(file.signature(indices[row]))
                continue
            symbol = bindings[indices[row]]
            if kind in TABLE_INDEX:
                if not self._dynamic(symbol):
                    self._slot(symbol)
            elif kind in GLOBAL_INDEX:
                if symbol.kind != "global":
                    self._got(symbol)
            elif kind in TLS:
                self._check_tls(file, atom, row, symbol)
            if kind in ABSOLUTE or kind in WORDS:
                self._runtime(file, atom, row, symbol, kind)
            if symbol.state == "undefined" and symbol not in self.layout.values:
                self._undefined(file, atom, row, symbol, kind)

    def type(self, type: FuncType) -> None:
        """Give a function type its number, if it has none yet."""
        if type not in self.types:
            self.types[type] = len(self.types)
            self.rows.append(("type", type, self.types[type]))

    def _slot(self, symbol: Symbol) -> None:
        key = slot_key(symbol)
        if self.options.pic and symbol.undefined and symbol.hidden and not symbol.called:
            return  # null: nobody else defines it (LLD 22 crashes)
        if symbol.stub or key in self.slots or symbol in self.undefined_stubs:
            return
        if symbol.state == "lazy":  # its own file lost it to another's COMDAT group: null to LLD
            return
        self.slots[key] = self.layout.table_base + len(self.slots)
        self.rows.append(("slot", symbol, self.slots[key]))

    def _dynamic(self, symbol: Symbol) -> bool:
        """Whether only the dynamic linker knows the address of `symbol`; `__start_X` is the linker's own."""
        return dynamic(symbol, self.options) and not (symbol.state == "undefined" and symbol in self.layout.values)

    def _runtime(self, file: ObjectFile, atom: Atom, row: int, symbol: Symbol, kind: int) -> None:
        """A number that is known at run time only: a word of data can be set then, code cannot be changed."""
        undefined = symbol.undefined and symbol not in self.layout.values
        if not (self.options.pic or symbol.shared or (undefined and self.options.unresolved == "import-dynamic")):
            return
        if kind in ABSOLUTE:
            text = f"relocation {RELOC_TYPES[kind].name} cannot be used against symbol `{self.name(symbol)}`"
            self._error(f"{file.name}: {text}; recompile with -fPIC", Use(atom, row, symbol))
        elif self._dynamic(symbol):
            self._got(symbol)

    def _got(self, symbol: Symbol) -> None:
        if self._dynamic(symbol):
            self.got_imports[symbol] = None
        elif symbol not in self.got:
            self.got[symbol] = None
            if symbol.kind == "function":
                self._slot(symbol)

    def _check_tls(self, file: ObjectFile, atom: Atom, row: int, symbol: Symbol) -> None:
        problems = []
        if not (symbol.defined or symbol.shared) and symbol not in self.layout.values:
            problems.append(f"an undefined symbol `{self.name(symbol)}`")
        if self.options.shared_memory and not symbol.tls:
            problems.append(f"non-TLS symbol `{self.name(symbol)}`")
        home = self.layout.home.get(symbol.target) if isinstance(symbol.target, Atom) else None
        if self.options.shared_memory and isinstance(home, Segment) and not home.tls:
            problems.append(f"`{self.name(symbol)}` in non-TLS section: {home.name}")
        for problem in problems:
            text = f"relocation {RELOC_TYPES[atom.reloc(row).type].name} cannot be used against {problem}"
            self._error(f"{file.name}: {text}", Use(atom, row, symbol))

    def _undefined(self, file: ObjectFile, atom: Atom, row: int, symbol: Symbol, kind: int) -> None:
        if self.options.relocatable:
            return
        if kind in RELATIVE:
            name = RELOC_TYPES[kind].name
            text = f"relocation {name} is not supported against an undefined symbol `{self.name(symbol)}`"
            self._error(f"{file.name}: {text}", Use(atom, row, symbol))
        if symbol.weak or self.allowed(symbol):
            return
        options = self.options
        if options.unresolved == "import-dynamic":
            return
        if options.unresolved == "report-all":
            text = f"{file.name}: undefined symbol: {self.name(symbol)}"
            severity = "warning" if options.warn_unresolved else "error"
            self.diagnostics.append(Diagnostic(severity, text, (), Use(atom, row, symbol)))
            if severity == "error":
                return
        if not options.import_undefined and symbol.kind == "function" and symbol not in self.undefined_stubs:
            self.undefined_stubs[symbol] = self._stub(symbol.signature or FuncType((), ()))

    def _stub(self, signature: FuncType) -> Atom:
        """One stub per signature for all undefined functions that options tolerate."""
        if signature not in self.stubs:
            atom = Atom("function", None, len(self.stubs), "undefined_stub")
            atom.debug_name, atom.signature = "undefined_stub", signature
            atom.rule = "stands for undefined functions of its signature"
            self.stubs[signature] = atom
        return self.stubs[signature]

    def allowed(self, symbol: Symbol) -> bool:
        """Whether `symbol` may stay undefined: it names its import, or an option or list permits it."""
        if symbol.stub_library or (symbol.kind != "data" and symbol.import_name is not None):
            return True
        if symbol.kind == "function" and self.options.import_undefined:
            return True
        return symbol.name in self.resolution.allowed_undefined

    def name(self, symbol: Symbol) -> str:
        return called(symbol, self.options.demangle)

    def _error(self, text: str, use: Use) -> None:
        self.diagnostics.append(Diagnostic("error", text, (), use))
