"""The rows of a module that is looked at alone (see `lone`), and what names of globals and custom sections mean.

Offsets are bytes from the start of the file, addresses bytes of linear memory. `origin` is "module.name" of an import,
"" for what the module has itself; `exports` are the names that the host uses.
"""

from __future__ import annotations

from typing import NamedTuple

from wasmscope.link.names import readable

ROLES = {
    "__stack_pointer": "the stack pointer: functions lower it for their frames",
    "__memory_base": "where the module's data begins, as the dynamic linker tells",
    "__table_base": "where the module's slots begin, as the dynamic linker tells",
    "__tls_base": "where this thread's own data is",
    "__tls_size": "how large a thread's own data is",
    "__tls_align": "how a thread's own data is aligned",
    "__heap_base": "the address from which on memory is free for an allocator",
    "__heap_end": "the address at which memory ends at first",
    "__data_end": "the address after the last data",
    "__global_base": "the address of the first data",
    "__dso_handle": "an address that stands for this module",
    "GOT.data.internal.__memory_base": "where the module's data begins, as nothing moves it",
    "GOT.data.internal.__table_base": "where the module's slots begin, as nothing moves them",
}
"""What a global is for, by the names that LLD gives."""
HELD = {"GOT.data.internal.": "the address of", "GOT.func.internal.": "the table slot of"}
"""What globals hold that LLD makes for position-independent code in a static link, by how their names begin."""


def held(name: str) -> str:
    """What a global of that name holds for position-independent code; "" for others."""
    texts = (f"holds {what} {name.removeprefix(begun)}" for begun, what in HELD.items() if name.startswith(begun))
    return next(texts, "")


class Function(NamedTuple):
    """A function. `start` and `end` are its body's, size field included; -1 when it is imported."""

    number: int
    name: str
    signature: str
    origin: str
    """"module.name" of an import; "" for one with a body."""
    exports: tuple[str, ...]
    slots: tuple[int, ...]
    starts: bool
    """It runs when the module is instantiated."""
    start: int
    end: int

    @property
    def title(self) -> str:
        """Its name demangled, or its number."""
        return readable(self.name) if self.name else f"function {self.number}"

    @property
    def size(self) -> int:
        return max(self.end - self.start, 0)


class Global(NamedTuple):
    """A global. `value` is what it holds at first; None when it is imported, or no number."""

    number: int
    name: str
    type: str
    origin: str
    exports: tuple[str, ...]
    init: str
    value: int | None
    role: str
    """What it is for, as far as its name or the code says."""


class Table(NamedTuple):
    """A table; `filled` slots of it hold a function at first."""

    number: int
    name: str
    type: str
    origin: str
    exports: tuple[str, ...]
    filled: int


class Memory(NamedTuple):
    """A memory; `type` is its limits in pages."""

    number: int
    name: str
    type: str
    origin: str
    exports: tuple[str, ...]


class Tag(NamedTuple):
    """An exception tag; `type` is the signature of what it carries."""

    number: int
    name: str
    type: str
    origin: str
    exports: tuple[str, ...]


class Slot(NamedTuple):
    """A slot of the table of function pointers, and the function that it holds at first."""

    number: int
    function: int
    title: str


class Segment(NamedTuple):
    """A data segment. `address` is None for one that code copies to where nobody can say."""

    number: int
    name: str
    passive: bool
    address: int | None
    start: int
    end: int
    memory: int
    """The number of the memory that `address` is in."""
    base: str
    """"module.name" of the imported global that `address` counts from; "" for one that counts from 0."""


class Export(NamedTuple):
    """An export. kind: "function", "table", "memory", "global" or "tag"."""

    name: str
    kind: str
    number: int
    title: str


class Import(NamedTuple):
    """An import, and its number in the index space of its kind."""

    module: str
    name: str
    kind: str
    number: int
    type: str


class Custom(NamedTuple):
    """A custom section, and what it is for."""

    name: str
    start: int
    end: int
    purpose: str


class UnitRow(NamedTuple):
    """A compilation unit of the debug information; `size`: bytes of its code, `dropped`: ranges that are tombstones,
    `dangling`: ranges where there is no function."""

    name: str
    directory: str
    producer: str
    version: int
    size: int
    dropped: int
    dangling: int


def purpose(name: str) -> str:
    """What a custom section of a linked module is for."""
    if name.startswith(".debug_"):
        return "debug information (DWARF)"
    if name.startswith("reloc."):
        return f"the relocations of {name[len('reloc.') :]}, kept by --emit-relocs"
    return _PURPOSES.get(name, "")


_PURPOSES = {
    "name": "names for people",
    "producers": "which tools made it",
    "target_features": "what the code needs of the engine",
    "build_id": "a number for this very file",
    "dylink.0": "what a dynamic linker must know",
    "linking": "symbols, kept by --emit-relocs",
    "sourceMappingURL": "where the source map is",
    "external_debug_info": "where the debug information is",
}
