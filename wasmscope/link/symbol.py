"""Symbols: what a name means, to every object that mentions it."""

from __future__ import annotations

from wasmscope.format.linking import (
    SYM_ABSOLUTE,
    SYM_EXPORTED,
    SYM_HIDDEN,
    SYM_LOCAL,
    SYM_NO_STRIP,
    SYM_TLS,
    SYM_WEAK,
)
from wasmscope.format.types import FuncType, GlobalType, TableType
from wasmscope.link.objects import Atom, Entity, ObjectFile


class Symbol:
    """A name, shared by every object that mentions it; or an object's local symbol.

    `state` is "undefined", "lazy" or "defined". What a symbol was earlier is in the events of `Resolution`, which
    name it.
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

    def __repr__(self) -> str:
        return f"Symbol({self.state} {self.kind} {self.name})"


def slot_key(symbol: Symbol) -> Atom | Symbol:
    """What a table slot belongs to: the function itself, so that two names of one function have one address."""
    return symbol.target if isinstance(symbol.target, Atom) else symbol
