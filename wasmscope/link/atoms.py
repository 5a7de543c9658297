"""Atoms and entities: what a linker moves, and what it only numbers.

What is made here never changes afterwards: which atoms live, and where they go, is in the phases' results.
"""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING

from wasmscope.format.reloc_section import Reloc, Relocs
from wasmscope.format.types import FuncType, GlobalType, TableType

if TYPE_CHECKING:
    from wasmscope.link.objects import ObjectFile


class Atom:
    """The smallest thing that a linker moves: a function body, a data segment, a piece of a custom section.

    `kind` is "function", "data" or "custom"; `start` and `end` are file offsets of its bytes in the object (a
    function's include its size LEB). A linker-made atom has no file and says in `rule` why it exists; its bytes are in
    `Numbering.bodies` (functions) or `Layout.merges` (merged strings).
    """

    __slots__ = (
        "_strings", "align", "base", "comdat", "debug_name", "end", "export_name", "file", "flags", "hi", "index",
        "kind", "lo", "name", "relocs", "rule", "signature", "start",
    )  # fmt: skip

    def __init__(self, kind: str, file: ObjectFile | None, index: int, name: str, start: int = 0, end: int = 0) -> None:
        self.kind = kind
        self.file = file
        self.index = index
        """Function: position among the object's defined functions; data: segment index; custom: section index."""
        self.name = name
        self.start = start
        self.end = end
        self.relocs: Relocs | None = None
        """The relocation columns of the atom's section; the atom's own are rows `lo` to `hi`."""
        self.lo = 0
        self.hi = 0
        self.base = start
        """File offset that the relocations' offsets count from: the contents of the atom's section."""
        self.align = 0
        """log2 of the alignment in bytes; 0 for functions."""
        self.flags = 0
        """Segment flags (SEG_STRINGS, SEG_TLS, SEG_RETAIN)."""
        self.comdat = -1
        """Index of the COMDAT group in its object, or -1."""
        self.signature: FuncType | None = None
        self.export_name: str | None = None
        self.debug_name = ""
        self.rule = ""
        self._strings: tuple[list[int], list[bytes]] | None = None

    @property
    def size(self) -> int:
        return self.end - self.start

    @property
    def data(self) -> bytes:
        """The atom's bytes as they are in the object, before relocation (empty for a linker-made atom)."""
        return bytes(self.file.module.data[self.start : self.end]) if self.file else b""

    @property
    def strings(self) -> tuple[list[int], list[bytes]]:
        """The offset in the atom of each NUL-terminated string of it, and the strings; the last may lack its NUL."""
        if self._strings is None:
            *whole, rest = self.data.split(b"\0")
            texts = [text + b"\0" for text in whole] + [rest] * bool(rest)
            self._strings = [0, *accumulate(map(len, texts[:-1]))] if texts else [], texts
        return self._strings

    def site(self, row: int) -> int:
        """Offset in this atom's bytes of the site that relocation `row` patches."""
        assert self.relocs is not None
        return self.relocs.offsets[row] + self.base - self.start

    def reloc(self, row: int) -> Reloc:
        """Relocation `row` of the atom's section, as a record."""
        assert self.relocs is not None
        return self.relocs[row]

    def __repr__(self) -> str:
        return f"Atom({self.kind} {self.name} of {self.file.name if self.file else '<internal>'})"


class Entity:
    """A global, table or tag: what is defined and numbered, but has no bytes of its own to move.

    `index` is the position among the object's own (imports not counted). `type` is a GlobalType, TableType or FuncType;
    `init` is a global's initialiser. A linker-made one has no file and says in `rule` why it exists.
    """

    __slots__ = ("file", "index", "init", "kind", "name", "rule", "type")

    def __init__(
        self,
        kind: str,
        file: ObjectFile | None,
        index: int,
        name: str,
        type: GlobalType | TableType | FuncType,
        init: object = None,
        rule: str = "",
    ) -> None:
        self.kind = kind
        self.file = file
        self.index = index
        self.name = name
        self.type = type
        self.init = init
        self.rule = rule

    def __repr__(self) -> str:
        return f"Entity({self.kind} {self.name} of {self.file.name if self.file else '<internal>'})"
