"""What things are called in sentences: the same words in steps, reasons and panels."""

from __future__ import annotations

from typing import NamedTuple

from wasmscope.format.frames import Section
from wasmscope.format.relocs import RELOC_TYPES, WIDTHS
from wasmscope.format.types import FuncType
from wasmscope.link.model import Atom, CustomSection, Entity, Link, ObjectFile, Segment, Symbol
from wasmscope.link.names import INTERNAL


class FileSection(NamedTuple):
    """Section number `position` (customs counted) of an object."""

    file: ObjectFile
    position: int

    @property
    def section(self) -> Section:
        return self.file.module.sections[self.position]


def names_symbol(number: int) -> bool:
    """Whether the index of a relocation of this type is a symbol's (else a function type's)."""
    return not (0 <= number < len(RELOC_TYPES)) or RELOC_TYPES[number].symbol_kind != "type"


def site_width(atom: Atom, row: int) -> int:
    """How many bytes relocation `row` of `atom` patches."""
    assert atom.relocs is not None
    return WIDTHS[atom.relocs.types[row]]


def type_title(number: int) -> str:
    """A relocation type's name, R_WASM_…; an unknown number says so."""
    return RELOC_TYPES[number].name if 0 <= number < len(RELOC_TYPES) else f"relocation type {number}"


def file_title(file: ObjectFile | None) -> str:
    """The file's name as LLD prints it."""
    return INTERNAL if file is None else file.name


def title(thing: object) -> str:
    """The name of a thing, without where it is from (but of an input's section, with it)."""
    if isinstance(thing, Symbol):
        return thing.name or (title(thing.target) if thing.target is not None else f"an unnamed {thing.kind} symbol")
    if isinstance(thing, Atom):
        return thing.name or thing.debug_name or f"{thing.kind} {thing.index}"
    if isinstance(thing, Entity):
        return thing.name or f"{thing.kind} {thing.index}"
    if isinstance(thing, FileSection):
        return f"{thing.section.name} of {thing.file.name}"
    if isinstance(thing, ObjectFile | Segment | CustomSection):
        return thing.name
    return str(getattr(thing, "name", thing))


def titled(thing: Atom | Entity | Symbol) -> str:
    """`title` and the file: "bump of b.o"."""
    return f"{title(thing)} of {file_title(thing.file)}"


def bound(link: Link, atom: Atom, row: int) -> Symbol | None:
    """The symbol that relocation `row` of `atom` names in `link`; None if it is a type, or the file is not linked."""
    if atom.relocs is None or atom.file is None or link.resolve is None or not names_symbol(atom.relocs.types[row]):
        return None
    symbols = link.resolve.bindings.get(atom.file)
    return symbols[atom.relocs.indices[row]] if symbols is not None else None


def target_title(link: Link, atom: Atom, row: int) -> str:
    """What relocation `row` of `atom` names, in words: a symbol, or a function type."""
    assert atom.relocs is not None
    assert atom.file is not None
    index = atom.relocs.indices[row]
    if names_symbol(atom.relocs.types[row]):
        symbol = bound(link, atom, row)
        return title(symbol) if symbol is not None else f"symbol {index}"
    return f"type {signature_of(atom, row)}"


def signature_of(atom: Atom, row: int) -> FuncType:
    """The function type that relocation `row` of `atom`, a TYPE_INDEX, names."""
    assert atom.relocs is not None
    assert atom.file is not None
    return atom.file.signature(atom.relocs.indices[row])


def count(number: int, noun: str) -> str:
    """ "1 file", "2 files"."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
