"""The story of one byte of a linked module, or of its memory, without the objects that it was made of.

0x40  64        a byte of the file
mem:0x1010      a byte of memory, as it is when the module starts
mem1:0x10       a byte of memory 1, if there are several
code+0x10       a byte of a section, counted from its contents
bump+3          a byte of what has that name
"""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import TYPE_CHECKING, NamedTuple

from wasmscope.explain.alone.lone import LoneModule
from wasmscope.explain.alone.lone_why import find_items, item_at
from wasmscope.explain.alone.module_references import Item
from wasmscope.explain.debug_info.module_lines import line_of_byte, variable_at
from wasmscope.explain.memory_image import Region
from wasmscope.explain.named_bytes import NUMBER, name_and_offset, section_named
from wasmscope.explain.story import HELD, frames_at, structure
from wasmscope.format.frames import Section
from wasmscope.format.linking import SYM_DATA
from wasmscope.format.reloc_section import Reloc
from wasmscope.format.relocs import WIDTHS
from wasmscope.format.types import MEMORY
from wasmscope.link.names import readable

if TYPE_CHECKING:
    from wasmscope.explain.debug_info.scopes import Frame, Variable
    from wasmscope.explain.debug_info.source_line import SourceLine

HINT = "0xOFFSET, mem:ADDRESS, mem1:ADDRESS, SECTION+OFFSET, NAME or NAME+OFFSET"


IN_MEMORY = re.compile(r"mem(\d*)")


class LoneByte(NamedTuple):
    """What is known of a byte. What it is not part of is None."""

    space: str
    """How it was asked for: "file" or "memory"."""
    offset: int | None
    """In the file; None for memory that the file does not fill."""
    value: int | None
    """None: memory begins smaller, or the host decides."""
    section: Section | None
    path: tuple[str, ...]
    """What it is in the structure of the file, from the section down to the field."""
    item: Item | None
    item_offset: int
    address: int | None
    """In memory."""
    region: Region | None
    holds: bytes
    """What the file puts there and after it, a line of a dump; empty where it puts nothing."""
    variable: Variable | None
    """The variable there, by the debug information."""
    symbol: tuple[str, int] | None
    """The data symbol there and how far into it, if --emit-relocs kept the symbol table."""
    relocation: Reloc | None
    """The relocation that patched it, if --emit-relocs kept them."""
    source: SourceLine | None
    frames: tuple[Frame, ...]
    memory: int = 0
    """The number of the memory that `address` is in."""


def lone_byte(lone: LoneModule, text: str) -> LoneByte:
    """The byte that `text` names. Raises LookupError with the reason when there is none."""
    memory, offset = byte_named(lone, text)
    return byte_there(lone, offset, memory)


def address_text(memory: int, address: int) -> str:
    """How a byte of a memory is asked for."""
    return f"mem{memory or ''}:{address:#x}"


def byte_named(lone: LoneModule, text: str) -> tuple[int | None, int]:
    """The byte that `text` names: the number of the memory and its address there, or None and its offset in the file.
    Raises LookupError with the reason when there is none."""
    text = text.strip()
    prefix, colon, rest = text.rpartition(":")
    if colon and (named := IN_MEMORY.fullmatch(prefix)) and re.fullmatch(NUMBER, rest):
        number = int(named[1] or 0)
        if number and number >= len(lone.memories):
            raise LookupError(f"there is no memory {number}: the module has {len(lone.memories):,}")
        return number, int(rest, 0)
    if re.fullmatch(NUMBER, text):
        return None, int(text, 0)
    name, offset = name_and_offset(text)
    section = section_named(lone.module, name)
    if section is not None and section.contents + offset < section.end:
        return None, section.contents + offset
    for item in find_items(lone, name):
        span = span_of(lone, item)
        if span is not None:
            return None, span[0] + offset
    if name == text:
        raise LookupError(f"'{text}' is no place: say {HINT}")
    raise LookupError(f"nothing with bytes is called '{name}'; '{text}' should be {HINT}")


def byte_there(lone: LoneModule, offset: int, memory: int | None = None, lines: bool = True) -> LoneByte:
    """The byte at an offset in the file, or at an address of memory `memory`; without `lines` the debug information is
    not asked. Raises LookupError when the file ends before it."""
    return _of_file(lone, offset, lines) if memory is None else _of_memory(lone, memory, offset, lines)


def span_of(lone: LoneModule, item: Item) -> tuple[int, int] | None:
    """Start and end of the bytes of a function or data segment in the file; None for what has none of its own."""
    module, position = lone.module, item.number - lone.references.first
    if item.space == "function" and 0 <= position < len(module.bodies):
        return module.bodies[position].start, module.bodies[position].end
    if item.space == "data":
        return module.datas[item.number].start, module.datas[item.number].end
    return None


def _of_file(lone: LoneModule, offset: int, lines: bool) -> LoneByte:
    module, size = lone.module, len(lone.module.data)
    if offset >= size:
        raise LookupError(f"{module.file} has no byte {offset:#x}: it is {size:#x} ({size:,}) bytes long")
    item = item_at(lone, offset)
    inside = offset - (span_of(lone, item) or (0, 0))[0] if item is not None else 0
    address, memory = None, 0
    if item is not None and item.space == "data":
        base, memory = lone.segments[item.number].address, lone.segments[item.number].memory
        address = base + inside if base is not None else None
    debugged = lines and address is not None and memory == 0
    section = next((one for one in module.sections if one.start <= offset < one.end), None)
    return LoneByte(
        "file", offset, module.data[offset], section,
        structure(module, offset), item, inside, address, _region(lone, memory, address), _held(lone, item, offset),
        variable_at(module, address or 0) if debugged else None, symbol_at(lone, item, inside),
        _relocation(lone, offset),
        line_of_byte(module, offset) if lines else None, frames_at(module, offset) if lines else (),
        memory,
    )  # fmt: skip


def _of_memory(lone: LoneModule, memory: int, address: int, lines: bool) -> LoneByte:
    region = _region(lone, memory, address)
    area = lone.memory(memory).image.area_of(address) if region is not None else None
    if area is not None and area.address is not None:
        return _of_file(lone, area.start + address - area.address, lines)._replace(space="memory")
    variable = variable_at(lone.module, address) if lines and region is not None and memory == 0 else None
    unknown = region is None or lone.module.num_imported(MEMORY) > memory  # the host may have filled its memory
    return LoneByte(
        "memory", None, None if unknown else 0, None, (), None, 0, address, region, b"", variable, None, None,
        variable.source if variable is not None else None, (), memory,
    )  # fmt: skip


def _held(lone: LoneModule, item: Item | None, offset: int) -> bytes:
    if item is None or item.space != "data":
        return b""
    return lone.module.data[offset : min(offset + HELD, lone.module.datas[item.number].end)]


def symbol_at(lone: LoneModule, item: Item | None, position: int) -> tuple[str, int] | None:
    """The name of the data symbol at byte `position` of a segment, and how far into it that is."""
    if item is None or item.space != "data":
        return None
    known = (one for one in lone.side.symbols if one.kind == SYM_DATA and one.index == item.number and one.defined)
    inside = [one for one in known if one.offset <= position < one.offset + max(one.size, 1)]
    best = max(inside, key=lambda one: one.offset, default=None)
    return None if best is None else (readable(best.name or ""), position - best.offset)


def _region(lone: LoneModule, memory: int, address: int | None) -> Region | None:
    return next(lone.memory(memory).between(address, address + 1), None) if address is not None else None


def _relocation(lone: LoneModule, offset: int) -> Reloc | None:
    """The relocation whose site byte `offset` is in."""
    for relocs in lone.module.relocs:
        if not 0 <= relocs.target < len(lone.module.sections):
            continue
        section = lone.module.sections[relocs.target]
        row = bisect_right(relocs.offsets, offset - section.contents) - 1
        if section.contents <= offset < section.end and row >= 0:
            type, start = relocs.types[row], section.contents + relocs.offsets[row]
            if type < len(WIDTHS) and offset < start + WIDTHS[type]:
                return relocs[row]
    return None
