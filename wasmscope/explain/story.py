"""The whole story of one byte: of the output, of memory, or of an input; whichever is asked for leads to the others."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from wasmscope.explain.debug_info.module_lines import code_base, frames_of, line_of_byte
from wasmscope.explain.memory_image import Region, memory_image
from wasmscope.explain.named_bytes import Asked
from wasmscope.explain.naming import count
from wasmscope.explain.origin import Origin, atom_at, destination, origin, relocation_over
from wasmscope.explain.reasons.why import why_dead
from wasmscope.explain.roles import read_role
from wasmscope.explain.steps import Steps, steps
from wasmscope.explain.symbols import Mention
from wasmscope.format.frames import Section
from wasmscope.format.module import Module
from wasmscope.format.section_ids import CODE_ID
from wasmscope.format.tree import node_at, tree
from wasmscope.link.model import Atom, Link, ObjectFile, Symbol

if TYPE_CHECKING:
    from wasmscope.explain.debug_info.scopes import Frame
    from wasmscope.explain.debug_info.source_line import SourceLine


HELD = 16
"""So many bytes of memory are told."""
UNWRITTEN = "zero when the program starts, without being in the file"


class MemoryByte(NamedTuple):
    """A byte of memory, as it is when the program starts."""

    address: int
    region: Region | None
    """None: memory begins smaller than that."""
    atom: Atom | None
    """What is placed there."""
    position: int
    """Which of its bytes it is."""
    value: int | None
    output_offset: int | None
    """Where in the output file its value is; None for zeros that are not written."""
    holds: bytes = b""
    """It and what follows it, a line of a dump."""


class InputByte(NamedTuple):
    """A byte of an input."""

    file: ObjectFile
    offset: int
    section: Section | None
    path: tuple[str, ...]
    """What it is in the structure of the file, from the section down to the field."""
    atom: Atom | None
    symbol: Symbol | None
    """The symbol that it is part of, the nearest before it."""
    symbol_offset: int
    relocation: Mention | None
    """The relocation whose site it is in."""
    source: SourceLine | None
    frames: tuple[Frame, ...]
    """Of code: the calls that were inlined there and the function, innermost first."""


class Story(NamedTuple):
    """What is known of a byte. What has no place in the output, in memory or in an input has None or nothing there."""

    asked: Asked
    output: Origin | None
    memory: MemoryByte | None
    inputs: tuple[InputByte, ...]
    """Several for a merged string."""
    fate: str
    """What the linker made of it, in a sentence."""


def story(link: Link, place: Asked) -> Story:
    """The story of a byte. Raises LookupError, with the reason, when there is no such byte."""
    if place.space == "output":
        return _of_output(link, place)
    return _of_memory(link, place) if place.space == "memory" else _of_input(link, place)


def memory_at(link: Link, address: int) -> MemoryByte:
    """What is at `address` of memory. Raises LookupError if the link did not come to lay memory out."""
    image = memory_image(link)
    if image is None:
        raise LookupError("-r lays no memory out" if link.options.relocatable else "the link laid no memory out")
    if address >= image.size:
        return MemoryByte(address, None, None, 0, None, None)
    region, holds = image.region_at(address), image.read(address, address + HELD)
    found = image.atom_at(address)
    if found is None:
        return MemoryByte(address, region, None, 0, holds[0], None, holds)
    atom, position = found
    offset = destination(link, atom.file, atom.start + position) if atom.file is not None else None
    return MemoryByte(address, region, *found, holds[0], offset, holds)


def _memory_of(link: Link, atom: Atom | None, position: int) -> MemoryByte | None:
    """The byte of memory that byte `position` of an atom became; None if it is not in memory."""
    image = memory_image(link)
    address = image.address_of(atom, position) if image is not None and atom is not None else None
    return memory_at(link, address) if address is not None else None


def _of_output(link: Link, place: Asked) -> Story:
    if link.emit is None:
        raise LookupError("the link failed, so there is no output")
    size = len(link.emit.data)
    if place.offset >= size:
        raise LookupError(f"the output has no byte {place.offset:#x}: it is {size:#x} ({size:,}) bytes long")
    made = origin(link, place.offset)
    memory = _memory_of(link, made.piece.atom, place.offset - made.piece.start) if made.piece is not None else None
    inputs = tuple(input_byte(link, file, offset) for file, offset in made.inputs)
    return Story(place, made, memory, inputs, made.rule)


def _of_memory(link: Link, place: Asked) -> Story:
    memory = memory_at(link, place.offset)
    if memory.output_offset is not None:
        told = _of_output(link, Asked("output", memory.output_offset))
        return told._replace(asked=place, memory=memory)
    if memory.region is None:
        image = memory_image(link)
        size = image.size if image is not None else 0
        fate = f"past the end of memory, which begins with {count(size, 'byte')}: an access traps until it grows"
        return Story(place, None, memory, (), fate)
    atom = memory.atom
    if atom is not None and atom.file is not None:
        return Story(place, None, memory, (input_byte(link, atom.file, atom.start + memory.position),), UNWRITTEN)
    padding = "padding in " if memory.region.segment is not None else ""
    return Story(place, None, memory, (), f"{padding}{memory.region.name}: {memory.region.rule}")


def _of_input(link: Link, place: Asked) -> Story:
    file = place.file
    assert file is not None
    if place.offset >= len(file.module.data):
        size = len(file.module.data)
        raise LookupError(f"{file.name} has no byte {place.offset:#x}: it is {size:#x} ({size:,}) bytes long")
    one = input_byte(link, file, place.offset)
    goes = destination(link, file, place.offset)
    if goes is not None:
        told = _of_output(link, Asked("output", goes))
        others = [other for other in told.inputs if (other.file, other.offset) != (file, place.offset)]
        return told._replace(asked=place, inputs=(one, *others))
    memory = _memory_of(link, one.atom, place.offset - one.atom.start) if one.atom is not None else None
    return Story(place, None, memory, (one,), _fate(link, one, memory))


def _fate(link: Link, one: InputByte, memory: MemoryByte | None) -> str:
    if memory is not None:
        return UNWRITTEN
    if one.section is None:
        return "the header of the file: the output gets its own"
    if link.resolve is not None and one.file not in link.resolve.bindings:
        return "not in the output: nothing asked for a symbol of this file, so it did not join the link"
    if one.atom is not None and one.atom.kind != "custom":
        dead = why_dead(link, one.atom)
        if dead is not None:
            return f"not in the output: {dead.reason}"
        return "not in the output" if link.emit is not None else "the link failed before it was written"
    role = read_role(one.section.id, one.section.name)
    if role.startswith("a custom section"):
        return "not in the output: the section is stripped, or another copy of it was kept"
    return f"not copied: {role}"


def input_byte(link: Link, file: ObjectFile, offset: int) -> InputByte:
    """What byte `offset` of an input is, by itself."""
    module, atom = file.module, atom_at(file, offset)
    section = next((one for one in module.sections if one.start <= offset < one.end), None)
    symbol = symbol_over(steps(link), atom, offset - atom.start) if atom is not None else None
    row = relocation_over(atom, offset - atom.start) if atom is not None else None
    start = atom.start + (symbol.offset if symbol is not None and symbol.kind == "data" else 0) if atom else 0
    return InputByte(
        file, offset, section, structure(module, offset), atom, symbol, offset - start if symbol is not None else 0,
        Mention(atom, row) if atom is not None and row is not None else None,
        line_of_byte(module, offset), frames_at(module, offset),
    )  # fmt: skip


def structure(module: Module, offset: int) -> tuple[str, ...]:
    """What byte `offset` of a file is, from its section down to the field that it is in."""
    return tuple(f"{node.label} {node.value}".rstrip() for node in node_at(tree(module), offset)[1:])


def frames_at(module: Module, offset: int) -> tuple[Frame, ...]:
    """The calls inlined at byte `offset` of the file, if it is code, innermost first."""
    return tuple(frames_of(module, offset - code_base(module))) if is_code(module, offset) else ()


def is_code(module: Module, offset: int) -> bool:
    """Whether byte `offset` of the file is in the code section's contents."""
    section = module.section(CODE_ID)
    return section is not None and section.contents <= offset < section.end


def symbol_over(found: Steps, atom: Atom, position: int) -> Symbol | None:
    """The symbol that byte `position` of `atom` is part of: of data, the nearest that starts before it."""
    known = found.symbols.symbols_at.get(atom, [])
    if atom.kind != "data":
        return known[0] if known else None
    before = [one for one in known if one.offset <= position < one.offset + max(one.size, 1)]
    return max(before, key=lambda one: (one.offset, not one.local), default=None)
