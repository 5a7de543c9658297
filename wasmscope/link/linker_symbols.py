"""The linker's own symbols: what it makes whether or not an object mentions it, what it makes when something does, and
the stubs that stand in for functions which nothing defines.

Which there are, and in what order, is LLD 22's (reference: 2.0 phases 5 to 15).
"""

from __future__ import annotations

from wasmscope.format.linking import SYM_ABSOLUTE, SYM_HIDDEN, SYM_LOCAL, SYM_NO_STRIP, SYM_UNDEFINED
from wasmscope.format.types import FUNCREF, I64, LIMITS_64, FuncType, GlobalType, Limits, TableType
from wasmscope.link.linker_names import (
    CALL_CTORS,
    DATA_END,
    FUNCTION_TABLE,
    HEAP_BASE,
    INIT_TLS,
    STACK_POINTER,
    TLS_BASE,
)
from wasmscope.link.model import Atom, Entity, Symbol
from wasmscope.link.options import Options
from wasmscope.link.pic import MEMORY_BASE, TABLE_BASE, pointer_type
from wasmscope.link.symbol_table import SymbolTable

OPTIONAL_DATA = (
    "__dso_handle", DATA_END, "__stack_low", "__stack_high", "__global_base", HEAP_BASE, "__heap_end",
    MEMORY_BASE, TABLE_BASE, "__wasm_first_page_end",
)  # fmt: skip
"""The linker's data symbols, in the order in which LLD 22 makes them; each exists only if something wants it."""
BASES = (
    (STACK_POINTER, True, "the stack is the program's, which other modules share"),
    (MEMORY_BASE, False, "where the module's data is in memory"),
    (TABLE_BASE, False, "where the module's functions are in the table"),
)
"""Globals that position-independent output imports: name, whether mutable, why."""


class LinkerSymbols:
    """The symbols that the linker has made so far, and the functions and globals behind them.

    `pointer` is the value type of an address: I32 or I64.
    """

    def __init__(self, table: SymbolTable, options: Options, pointer: int) -> None:
        self.table = table
        self.options = options
        self.pointer = pointer
        self.functions: list[Atom] = []
        self.globals: list[Entity] = []
        self.by_name: dict[str, Symbol] = {}

    def make_first(self) -> None:
        """`__wasm_call_ctors` and `__stack_pointer` come first in the table."""
        if self.options.relocatable:
            return
        self._function(CALL_CTORS, FuncType((), ()), SYM_HIDDEN, "calls the constructors")
        if self.options.pic:
            self._mention_bases()
        else:
            visibility = 0 if self.options.release.visible_stack_pointer else SYM_HIDDEN
            self._global(STACK_POINTER, True, visibility, "top of the stack")
        if self.options.shared_memory:
            self._global(TLS_BASE, True, SYM_HIDDEN, "where this thread's own data is")
            self._global("__tls_size", False, SYM_HIDDEN, "bytes of a thread's own data")
            self._global("__tls_align", False, SYM_HIDDEN, "alignment of a thread's own data, in bytes")
            self._function(INIT_TLS, FuncType((self.pointer,), ()), SYM_HIDDEN, "fills a new thread's own data")

    def _function(self, name: str, signature: FuncType, flags: int, rule: str) -> Symbol:
        symbol = self.table.insert(name)
        atom = Atom("function", None, len(self.functions), name)
        atom.signature, atom.rule = signature, rule
        self.functions.append(atom)
        symbol.kind, symbol.state, symbol.flags = "function", "defined", flags
        symbol.target, symbol.signature, symbol.linker = atom, signature, True
        self.by_name[name] = symbol
        self.table.event("linker", symbol, None, -1, rule)
        return symbol

    def _global(self, name: str, mutable: bool, flags: int, rule: str) -> Symbol:
        symbol = self.table.by_name.get(name) or self.table.insert(name)
        entity = Entity("global", None, len(self.globals), name, GlobalType(self.pointer, mutable), rule=rule)
        self.globals.append(entity)
        symbol.kind, symbol.state, symbol.flags, symbol.file = "global", "defined", flags, None
        symbol.target, symbol.type, symbol.linker = entity, GlobalType(self.pointer, mutable), True
        self.by_name[name] = symbol
        self.table.event("linker", symbol, None, -1, rule)
        return symbol

    def _mention_bases(self) -> None:
        """A position-independent module imports its stack pointer and the two places that it counts from."""
        for name, mutable, rule in BASES:
            symbol = self.table.insert(name)
            symbol.kind, symbol.type, symbol.flags = "global", pointer_type(self.pointer == I64, mutable), SYM_UNDEFINED
            symbol.used = True
            self.table.event("mention", symbol, None, -1, rule)

    def allowed_bases(self) -> dict[str, str]:
        """What position-independent output imports, though no option names it."""
        if not self.options.pic:
            return {}
        return dict.fromkeys((name for name, _, _ in BASES), "what position-independent output needs")

    def _optional_names(self) -> tuple[str, ...]:
        """The data symbols that the linker can make: some are about places that position-independent output does not
        know."""
        if self.options.pic:
            return OPTIONAL_DATA[: 1 if self.options.shared else 2] + OPTIONAL_DATA[-1:]
        return OPTIONAL_DATA if self.options.release.first_page_end else OPTIONAL_DATA[:-1]

    def make_optional(self) -> None:
        """Data symbols of the linker that something mentions, or that an export option names."""
        if self.options.relocatable:
            return
        named = {*self.options.exports, *self.options.exports_if_defined}
        for name in self._optional_names():
            symbol = self.table.by_name.get(name)
            if symbol is None and (self.options.export_all or name in named):
                symbol = self.table.insert(name)
            elif symbol is None or symbol.defined:
                continue
            symbol.kind, symbol.state, symbol.flags = "data", "defined", SYM_HIDDEN | SYM_ABSOLUTE
            symbol.file, symbol.record, symbol.target, symbol.linker = None, -1, None, True
            self.by_name[name] = symbol
            self.table.event("optional", symbol, None, -1, "the linker defines it, as something wants it")
        base = self.table.by_name.get(TLS_BASE)
        if base is not None and not base.defined and not self.options.shared_memory:
            self._global(TLS_BASE, False, SYM_HIDDEN, "start of the thread-local data, as there is one thread")

    def make_stub(self, symbol: Symbol, prefix: str, rule: str) -> None:
        """Make `symbol` a function that traps: whoever calls it still validates, and its address is null."""
        signature = symbol.signature or FuncType((), ())
        atom = Atom("function", None, len(self.functions), symbol.name)
        atom.debug_name = prefix + self.table.name(symbol)
        atom.signature, atom.rule = signature, rule
        self.functions.append(atom)
        symbol.debug_name = atom.debug_name
        symbol.kind, symbol.state, symbol.flags = "function", "defined", SYM_LOCAL
        symbol.target, symbol.signature, symbol.stub, symbol.linker = atom, signature, True, True
        self.table.event("stub", symbol, None, -1, rule)
        symbol.file = None

    def make_function_table(self) -> None:
        """`__indirect_function_table`: the linker defines it if something mentions it, unless --import-table."""
        symbol = self.table.by_name.get(FUNCTION_TABLE)
        if symbol is not None and (symbol.kind != "table" or symbol.defined):
            how = "not be defined in input files" if symbol.kind == "table" else "be of type table"
            self.table.diagnose("error", f"reserved symbol must {how}: `{FUNCTION_TABLE}`", symbol)
        elif self.options.import_table:
            if symbol is not None:
                symbol.import_module, symbol.import_name = "env", FUNCTION_TABLE
        elif symbol is not None or self.options.export_table:
            symbol = symbol or self.table.insert(FUNCTION_TABLE)
            type = TableType(FUNCREF, Limits(LIMITS_64 if self.pointer == I64 else 0, 0, None, None))
            symbol.target = Entity("table", None, 0, FUNCTION_TABLE, type, rule="the linker makes the function table")
            symbol.kind, symbol.state, symbol.type, symbol.file, symbol.linker = "table", "defined", type, None, True
            symbol.flags = symbol.flags & SYM_NO_STRIP | (0 if self.options.export_table else SYM_HIDDEN)
            symbol.export = "--export-table" if self.options.export_table else ""
            self.by_name[FUNCTION_TABLE] = symbol
            self.table.event("optional", symbol, None, -1, "the linker makes the function table")
