"""The bytes that a reader can ask for, and what each of the words for one means.

0x40  64             a byte of the output file
mem:0x1010           a byte of memory, as it is when the program starts
main.o:0x40          a byte of an input file
code+0x10            a byte of a section of the output: offset from its contents, as relocations and DWARF count
main.o:code+0x10     the same of an input
bump+3  bump         a byte of an atom, by its name or a symbol's, in the object that defines it; the first
"""

from __future__ import annotations

import re
from typing import NamedTuple

from wasmscope.explain.find import Found, find, find_exactly
from wasmscope.explain.naming import title
from wasmscope.explain.steps import steps
from wasmscope.format.frames import Section
from wasmscope.format.module import Module
from wasmscope.link.model import Atom, Link, ObjectFile, Symbol

NUMBER = r"0[xX][0-9a-fA-F]+|[0-9]+"
HINT = "0xOFFSET, mem:ADDRESS, FILE:OFFSET, SECTION+OFFSET, FILE:SECTION+OFFSET, SYMBOL or SYMBOL+OFFSET"


class Asked(NamedTuple):
    """The byte that was asked for. space: "output", "memory" or "input" (of `file`)."""

    space: str
    offset: int
    file: ObjectFile | None = None


def asked(link: Link, text: str) -> Asked:
    """The byte that `text` names. Raises LookupError with the reason when there is none."""
    text = text.strip()
    if re.fullmatch(NUMBER, text):
        return Asked("output", int(text, 0))
    prefix, colon, rest = text.rpartition(":")
    if colon and prefix == "mem" and re.fullmatch(NUMBER, rest):
        return Asked("memory", int(rest, 0))
    files = steps(link).symbols.files_named
    file = files[prefix][0] if colon and prefix in files else None
    if file is not None and re.fullmatch(NUMBER, rest):
        return Asked("input", int(rest, 0), file)
    name, offset = name_and_offset(rest if file is not None else text)
    if file is not None:
        section = section_named(file.module, name)
        if section is not None:
            return Asked("input", section.contents + offset, file)
    return _named(link, text, name, offset, file)


def name_and_offset(text: str) -> tuple[str, int]:
    """The parts of "NAME+OFFSET"; a name alone is its first byte."""
    match = re.fullmatch(rf"(.+)\+({NUMBER})", text)
    return (match[1], int(match[2], 0)) if match is not None else (text, 0)


def section_named(module: Module, name: str) -> Section | None:
    """The first section of that name."""
    return next((one for one in module.sections if one.name == name), None)


def _named(link: Link, text: str, name: str, offset: int, file: ObjectFile | None) -> Asked:
    """A place by the name of an output section, or of an atom or symbol."""
    for section in link.emit.sections if link.emit is not None and file is None else ():
        start = section_contents(link, section.id, section.body) + offset if section.name == name else section.end
        if start < section.end:
            return Asked("output", start)
    wanted, alone = f"{file.name}:{name}" if file is not None else name, text.endswith(name)
    meant = find_exactly(link, wanted) if alone else find(link, wanted)
    for one in meant:
        found = _in_atom(one, name, offset)
        if found is not None:
            return found
    if alone:
        raise LookupError(f"{name} has no bytes" if meant else f"'{text}' is no place: say {HINT}")
    raise LookupError(f"nothing is called '{name}'; '{text}' should be {HINT}")


def _in_atom(found: Found, name: str, offset: int) -> Asked | None:
    thing, position = found.thing, offset
    if isinstance(thing, Symbol):
        if name not in (thing.name, title(thing)) and found.kind != "symbol":
            return None
        position += thing.offset if thing.kind == "data" else 0
        thing = thing.target
    if isinstance(thing, Atom) and thing.file is not None:
        return Asked("input", thing.start + position, thing.file)
    return None


def section_contents(link: Link, id: int, body: int) -> int:
    """Where the contents of an output section begin: after its header and, of a custom one, its name."""
    if id:
        return body
    from wasmscope.format.leb128 import read_u32

    assert link.emit is not None
    size, name = read_u32(link.emit.data, body)
    return name + size
