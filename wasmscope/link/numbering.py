"""What phase index returns: every number that a relocation can ask for, and the rows that gave them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from wasmscope.errors import Diagnostic
from wasmscope.format.sections import Export
from wasmscope.format.types import FUNCTION, FuncType, Limits
from wasmscope.link.atoms import Atom, Entity
from wasmscope.link.chain import Chain
from wasmscope.link.shrunk import Shrunk
from wasmscope.link.symbol import Symbol, slot_key


class ImportEntry(NamedTuple):
    """An import of the output; `symbol` is None for the memory."""

    module: str
    name: str
    kind: int
    symbol: Symbol | None
    number: int
    """Its number in its kind's index space."""
    rule: str
    got: bool = False
    """The global by which the dynamic linker tells the address of `symbol`."""


class Got(NamedTuple):
    """A global that holds the address or table slot of `symbol`, for position-independent code; it is the module's own,
    as the symbol is."""

    symbol: Symbol
    number: int


class ExportEntry(NamedTuple):
    """An export of the output and why it is there; `symbol` is None for the memory."""

    export: Export
    symbol: Symbol | None
    rule: str


@dataclass(slots=True, eq=False, repr=False)
class Numbering:
    """Every number that a relocation can ask for. Rows: `rows`. The phase fills it; afterwards it stays as it is."""

    type_index: dict[FuncType, int]
    """Function types in number order."""
    slots: dict[Atom | Symbol, int]
    """Table slots in order, by function body or, of an import, by symbol: aliases share one. Ask `slot`."""
    table: Symbol | None
    """`__indirect_function_table`: `Live.table`, or one that only a GOT entry of a function wants."""
    startup: dict[str, Symbol]
    """Functions that set memory up when the module or a thread starts, by name."""
    undefined_stubs: dict[Symbol, Atom]
    """Tolerated undefined functions and the stub that each is called through."""
    rows: list[tuple[str, object, int]]
    """(what, thing, number): "type", "import", "function", "global", "table", "tag", "slot", "got", "export"."""
    diagnostics: list[Diagnostic]
    imports: list[ImportEntry] = field(default_factory=list)
    imported: dict[Symbol, int] = field(default_factory=dict)
    """Numbers of imported functions, globals, tables and tags by symbol (equal imports share one)."""
    imported_counts: list[int] = field(default_factory=lambda: [0] * 5)
    """How many imports of each kind there are: where the numbers of what is defined begin."""
    functions: dict[Atom, int] = field(default_factory=dict)
    """Defined functions in number order."""
    globals: dict[Entity, int] = field(default_factory=dict)
    tables: dict[Entity, int] = field(default_factory=dict)
    tags: dict[Entity, int] = field(default_factory=dict)
    got: dict[Symbol, Got] = field(default_factory=dict)
    got_imports: dict[Symbol, int] = field(default_factory=dict)
    """Numbers of the globals in which the dynamic linker puts the addresses that it knows."""
    data_globals: list[Symbol] = field(default_factory=list)
    """Exported data symbols: each gets an immutable global that holds its address, after all others."""
    table_limits: Limits | None = None
    exports: list[ExportEntry] = field(default_factory=list)
    code: Chain[Atom] = field(default_factory=lambda: Chain("code"))
    """Function bodies in number order; offsets count from the first byte of the code section's contents."""
    bodies: dict[Atom, bytes] = field(default_factory=dict)
    """Bytes (size LEB included) of the functions that the linker made."""
    shrunk: dict[Atom, Shrunk] = field(default_factory=dict)
    """With --compress-relocations: how each object's function is shorter in the output."""
    init_functions: list[tuple[int, Symbol]] = field(default_factory=list)
    """(priority, constructor) in the order called."""
    wrappers: dict[Atom, Symbol] = field(default_factory=dict)
    """Command export wrappers and the function that each wraps."""
    start: int | None = None
    """Number of the function that runs when the module is instantiated."""

    @property
    def types(self) -> list[FuncType]:
        """Function types in number order."""
        return list(self.type_index)

    def add_function(self, atom: Atom) -> None:
        """Give `atom` the next function number."""
        self.functions[atom] = self.imported_counts[FUNCTION] + len(self.functions)
        self.rows.append(("function", atom, self.functions[atom]))

    def slot(self, symbol: Symbol) -> int | None:
        """The table slot of a function, or None when its address is not taken."""
        return self.slots.get(slot_key(symbol))
