"""Symbols: what a name means, to every object that mentions it."""

from __future__ import annotations

from wasmscope.format.linking import (
    SEG_TLS,
    SYM_ABSOLUTE,
    SYM_EXPLICIT_NAME,
    SYM_EXPORTED,
    SYM_HIDDEN,
    SYM_LOCAL,
    SYM_NO_STRIP,
    SYM_TLS,
    SYM_UNDEFINED,
    SYM_WEAK,
    SYMBOL_KINDS,
    SymbolRecord,
)
from wasmscope.format.types import FUNCTION, GLOBAL, TABLE, TAG, FuncType, GlobalType, TableType
from wasmscope.link.atoms import Atom, Entity
from wasmscope.link.objects import ObjectFile


class Symbol:
    """A name, shared by every object that mentions it; or an object's local symbol.

    `state` is "undefined", "lazy", "defined" or "shared" (a shared library defines it). What a symbol was earlier is in
    the events of `Resolution`, which name it.
    """

    __slots__ = (
        "called", "debug_name", "export", "file", "flags", "import_module", "import_name", "kind", "linker", "name",
        "number", "offset", "record", "signature", "size", "state", "stub", "stub_library", "target", "type", "used",
    )  # fmt: skip

    def __init__(self, name: str, number: int) -> None:
        self.name = name
        self.number = number
        """Position in the global symbol table; -1 for a local symbol or a signature variant."""
        self.kind = "function"
        """"function", "data", "global", "section", "tag" or "table"."""
        self.state = "undefined"
        self.flags = 0
        self.file: ObjectFile | None = None
        """Who defines it, or who mentioned it first; None when the linker made it."""
        self.record = -1
        """Its index in that file's symbol table."""
        self.target: Atom | Entity | None = None
        self.offset = 0
        """Data: offset in its segment, or its address when absolute."""
        self.size = 0
        self.signature: FuncType | None = None
        self.type: GlobalType | TableType | None = None
        self.import_module: str | None = None
        self.import_name: str | None = None
        self.called = False
        """Undefined function: some object calls it directly, so its signature counts."""
        self.used = False
        """Mentioned by an object (or by an option that acts as one)."""
        self.export = ""
        """Why it is exported by force: "--export", "--entry", …; empty when it is not."""
        self.stub = False
        """A function that stands for nothing: it traps when called and has table slot 0."""
        self.stub_library = ""
        """The stub library that says that the host provides it, so that it may stay undefined and is imported."""
        self.linker = False
        """Made by the linker."""
        self.debug_name = ""

    @property
    def defined(self) -> bool:
        return self.state == "defined"

    @property
    def undefined(self) -> bool:
        return self.state == "undefined"

    @property
    def shared(self) -> bool:
        return self.state == "shared"

    @property
    def weak(self) -> bool:
        return self.flags & 3 == SYM_WEAK

    @property
    def local(self) -> bool:
        return self.flags & 3 == SYM_LOCAL

    @property
    def hidden(self) -> bool:
        return self.flags & SYM_HIDDEN != 0

    @property
    def no_strip(self) -> bool:
        return self.flags & SYM_NO_STRIP != 0

    @property
    def tls(self) -> bool:
        return self.flags & SYM_TLS != 0

    @property
    def absolute(self) -> bool:
        return self.flags & SYM_ABSOLUTE != 0

    @property
    def exported_by_flag(self) -> bool:
        return self.flags & SYM_EXPORTED != 0

    @property
    def standing(self) -> str:
        """Its state in the words of `Event.state`."""
        state = "stub" if self.stub and self.state != "lazy" else self.state
        return f"weak {state}" if self.flags & 3 == SYM_WEAK and state != "lazy" else state

    def become_lazy(self, file: ObjectFile, index: int, flags: int) -> None:
        """`file`, which has not joined, could define it: by its record `index`."""
        self.state, self.file, self.record, self.flags = "lazy", file, index, flags
        self.signature = self.import_module = self.import_name = None

    def become_defined(self, file: ObjectFile, index: int, record: SymbolRecord, target: Atom | Entity | None) -> None:
        """`file` defines it by `record`, number `index`, as `target`."""
        self.kind = SYMBOL_KINDS[record.kind]
        self.state, self.file, self.record, self.flags = "defined", file, index, record.flags
        self.target, self.offset, self.size = target, record.offset, record.size
        self.import_module = self.import_name = None
        self.called = self.stub = False
        if isinstance(target, Atom):
            if target.kind == "function":
                self.signature = target.signature
            elif target.flags & SEG_TLS:  # which older objects do not repeat on the symbol
                self.flags |= SYM_TLS
        elif isinstance(target, Entity):
            self._take_type(target.type)

    def become_undefined(self, file: ObjectFile, index: int, record: SymbolRecord, called: bool) -> None:
        """`file` mentions it by `record`, number `index`; `called`: its code calls it directly."""
        self.kind = SYMBOL_KINDS[record.kind]
        self.state, self.file, self.record, self.flags = "undefined", file, index, record.flags | SYM_UNDEFINED
        self.target, self.called = None, called
        self.import_module = self.import_name = None
        if record.flags & SYM_UNDEFINED and record.kind != 1:
            found = file.import_of(record)
            self.import_module = found.module
            if record.flags & SYM_EXPLICIT_NAME:
                self.import_name = found.name
        self._take_type(declared_type(file, record))

    def _take_type(self, type: FuncType | GlobalType | TableType | None) -> None:
        if isinstance(type, FuncType):
            self.signature = type
        elif type is not None:
            self.type = type

    def __repr__(self) -> str:
        return f"Symbol({self.state} {self.kind} {self.name})"


def slot_key(symbol: Symbol) -> Atom | Symbol:
    """What a table slot belongs to: the function itself, so that two names of one function have one address."""
    return symbol.target if isinstance(symbol.target, Atom) else symbol


def declared_type(file: ObjectFile, record: SymbolRecord) -> FuncType | GlobalType | TableType | None:
    """The type that a symbol record says it has: its import's, or, for a COMDAT loser, its definition's."""
    if record.kind in (1, 3):
        return None
    if not record.flags & SYM_UNDEFINED:
        if record.kind == 0:
            return file.functions[record.index - file.imported(FUNCTION)].signature
        own = {2: (file.globals, GLOBAL), 4: (file.tags, TAG), 5: (file.tables, TABLE)}[record.kind]
        found: FuncType | GlobalType | TableType = own[0][record.index - file.imported(own[1])].type
        return found
    desc = file.import_of(record).desc
    if isinstance(desc, int):
        return file.signature(desc)
    assert isinstance(desc, (GlobalType, TableType))
    return desc
