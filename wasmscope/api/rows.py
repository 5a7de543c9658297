"""What an object holds and what a link did, row by row."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from wasmscope.explain.naming import file_title, target_title, title
from wasmscope.format.relocs import RELOC_TYPES
from wasmscope.link.model import Link


@dataclass(frozen=True, slots=True)
class ObjectSymbol:
    """A symbol of an object's symbol table."""

    index: int
    kind: str
    """ "function", "data", "global", "section", "tag" or "table"."""
    name: str
    binding: str
    """ "global", "weak" or "local"."""
    visibility: str
    """ "default" or "hidden"."""
    state: str
    """ "defined" or "undefined"."""
    flags: list[str]
    item: int | None = None
    """The number of what it stands for, in the index space of its kind."""
    segment: int | None = None
    """Of data: the segment; None when it is undefined or absolute."""
    offset: int | None = None
    """Of data: bytes from the start of the segment; its address when it is absolute."""
    size: int | None = None


@dataclass(frozen=True, slots=True)
class ObjectRelocation:
    """A relocation in an object, or in a module that kept them."""

    section: str
    """The section that is patched."""
    offset: int
    """Bytes from the start of that section's contents."""
    file_offset: int | None
    """Bytes from the start of the file."""
    type: str
    index: int
    """Index of a symbol, or of a type."""
    names: str
    """What that is."""
    addend: int


class Relocation(NamedTuple):
    """A relocation that a link applied."""

    file: str
    """The object, as LLD prints it: `main.o`, `libc.a(puts.o)`."""
    atom: str
    """The function, data segment or custom section whose bytes it patches."""
    offset: int
    """Where, in bytes from the start of the object's file."""
    type: str
    """ "R_WASM_FUNCTION_INDEX_LEB", …"""
    target: str
    """What it names."""
    addend: int
    value: int
    """What it wrote."""


def applied(link: Link) -> Iterator[Relocation]:
    """The relocations that `link` applied, in order; none of one that did not come so far."""
    done = link.relocate
    if done is None:
        return
    for atom in done.atoms:
        file, name = file_title(atom.file), title(atom)
        for row, value in enumerate(done.values.get(atom, ()), atom.lo):
            one = atom.reloc(row)
            place, type = atom.start + atom.site(row), RELOC_TYPES[one.type].name
            yield Relocation(file, name, place, type, target_title(link, atom, row), one.addend, value)
