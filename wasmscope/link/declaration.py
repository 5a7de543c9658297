"""What an object declares: symbols, and the atoms and entities that they stand for.

A declaration is a symbol. What it stands for is a definition (a function body, a segment, a custom section: the atoms;
a global, a table, a tag: entities without bytes), an import, or, for undefined data, nothing. Aliases share one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from wasmscope.format.expr import ConstExpr
from wasmscope.format.linking import (
    SYM_ABSOLUTE,
    SYM_EXPLICIT_NAME,
    SYM_EXPORTED,
    SYM_HIDDEN,
    SYM_LOCAL,
    SYM_NO_STRIP,
    SYM_TLS,
    SYM_UNDEFINED,
    SYM_WEAK,
)
from wasmscope.format.types import FuncType, GlobalType, TableType

if TYPE_CHECKING:
    from wasmscope.link.content import Content


@dataclass(slots=True, eq=False)
class Definition:
    """What a declaration stands for. Compared by identity: it is an item of a chain."""

    kind: str
    """ "function", "data", "global", "section", "tag" or "table"."""
    name: str
    """A segment's or custom section's own name; else the first symbol's."""
    type: FuncType | GlobalType | TableType | None = None
    content: Content | None = None
    """Bytes of an atom; None until they are given."""
    init: ConstExpr | None = None
    """A global's first value."""
    align: int = 0
    """log2 of a segment's alignment in bytes."""
    flags: int = 0
    """A segment's flags (SEG_STRINGS, SEG_TLS, SEG_RETAIN)."""
    comdat: str = ""
    """Name of its COMDAT group."""
    export_name: str | None = None
    debug_name: str = ""
    """A function's name in the object's name section."""
    module: str | None = None
    """The module that it is imported from; None for what is defined here."""
    import_name: str = ""
    users: set[Declaration] = field(default_factory=set)
    """Who stands for it; without any it goes."""

    @property
    def chain(self) -> str:
        """Name of the chain that it goes to."""
        if self.module is not None:
            return "import"
        return {"function": "code", "section": "custom"}.get(self.kind, self.kind)

    def __repr__(self) -> str:
        return f"Definition({self.kind} {self.name})"


@dataclass(slots=True, eq=False)
class Declaration:
    """A symbol of an object that is being built; made by `ObjectBuilder`, compared by identity."""

    kind: str
    name: str
    flags: int
    definition: Definition | None
    wide: bool
    """Whether the object's addresses have 64 bits."""
    symbol: int = -1
    """Its place in the builder's symbol table, reused when it is freed; -1 when it has no symbol (or no longer)."""
    offset: int = 0
    """Data: bytes into its segment, or the address itself of an absolute symbol."""
    size: int | None = None
    """Data: bytes; None for all that is left of the segment."""
    freed: bool = False

    def __repr__(self) -> str:
        return f"Declaration({self.kind} {self.name})"


# --- what is wrong with declarations ------------------------------------------------------------------------------

KEPT_FLAGS = SYM_UNDEFINED | SYM_EXPLICIT_NAME | SYM_ABSOLUTE | SYM_TLS
"""What a symbol is by its declaration: an update does not change it."""
_FLAGS = SYM_WEAK | SYM_LOCAL | SYM_HIDDEN | SYM_EXPORTED | SYM_NO_STRIP
MAX_ALIGN = 31


def alive(declaration: Declaration) -> Declaration:
    """`declaration`. Raises ValueError when it was freed."""
    if declaration.freed:
        raise ValueError(f"{declaration.name} was freed")
    return declaration


def check_flags(declaration: Declaration, flags: int) -> None:
    """Raise ValueError when a symbol like that cannot have these flags."""
    kind, definition = declaration.kind, declaration.definition
    imported = definition is not None and definition.module is not None
    allowed = _FLAGS | (SYM_TLS if kind == "data" else 0)
    if definition is None:
        allowed |= SYM_UNDEFINED | SYM_ABSOLUTE
    elif imported:
        allowed |= SYM_UNDEFINED | SYM_EXPLICIT_NAME
    both = flags & SYM_WEAK and flags & SYM_LOCAL
    if flags & ~allowed or both or (kind == "section" and flags != SYM_LOCAL):
        raise ValueError(f"{declaration.name}: a {kind} cannot have the flags {flags:#x}")
    if imported and flags & SYM_WEAK and kind != "function":
        raise ValueError(f"{declaration.name}: a {kind} that is undefined cannot be weak")


def check_change(declaration: Declaration, type: object = None, init: object = None, align: int | None = None) -> None:
    """Raise ValueError when what a declaration stands for cannot become this."""
    kind, definition, name = declaration.kind, declaration.definition, declaration.name
    if type is not None and (definition is None or not isinstance(type, definition.type.__class__)):
        raise ValueError(f"{name}: a {kind} cannot have the type {type}")
    if init is not None and (kind != "global" or definition is None or definition.module is not None):
        raise ValueError(f"{name}: a {kind} that has no value here was given one")
    if align is not None and (kind != "data" or definition is None or not 0 <= align <= MAX_ALIGN):
        raise ValueError(f"{name}: a {kind} cannot be aligned to 2^{align}")


# --- the symbol table -----------------------------------------------------------------------------------------------


class SymbolPlaces:
    """The symbol table while it is built. A freed place goes to the next symbol, the last one freed first."""

    def __init__(self) -> None:
        self.places: list[Declaration | None] = []
        """None where nobody is."""
        self.by_name: dict[str, Declaration] = {}
        """The symbols that other objects can see."""
        self._free: list[int] = []

    def put(self, made: Declaration) -> None:
        """Give a declaration its place. Raises ValueError when another global or weak symbol has its name."""
        self._publish(made, made.flags)
        if self._free:
            made.symbol = self._free.pop()
            self.places[made.symbol] = made
        else:
            made.symbol = len(self.places)
            self.places.append(made)

    def set_flags(self, declaration: Declaration, flags: int) -> None:
        """Change a symbol's flags. Raises ValueError when it cannot have them, or becomes visible beside its like."""
        check_flags(declaration, flags)
        if declaration.symbol >= 0:
            self._publish(declaration, flags)
        declaration.flags = flags

    def _publish(self, declaration: Declaration, flags: int) -> None:
        """Note who has a name that other objects can see."""
        holder = self.by_name.get(declaration.name)
        if not flags & SYM_LOCAL:
            if holder is not None and holder is not declaration:
                raise ValueError(f"{declaration.name} is declared already")
            self.by_name[declaration.name] = declaration
        elif holder is declaration:
            del self.by_name[declaration.name]

    def take_back(self, declaration: Declaration) -> None:
        """Free a declaration's place."""
        if declaration.symbol >= 0:
            self.places[declaration.symbol] = None
            self._free.append(declaration.symbol)
            if self.by_name.get(declaration.name) is declaration:
                del self.by_name[declaration.name]
        declaration.symbol, declaration.freed = -1, True
