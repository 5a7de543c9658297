"""The frame of a wasm file: its header, and where each section is.

    module  ::= 00 61 73 6d version:u32le section*
    section ::= id:byte size:u32 byte^size            custom (id 0) ::= name byte*
"""

from __future__ import annotations

from wasmscope.errors import FormatError
from wasmscope.format.leb128 import EXTENDS_PAST_END, uleb_tail
from wasmscope.format.module_value import HEADER, MAGIC
from wasmscope.format.section_ids import CUSTOM_ID, SECTION_NAMES

Fault = tuple["Section", FormatError]
"""A section, and what is wrong with its id, size or name."""


class Section:
    """One section. `index` counts every section of the file from 0; the other numbers are file offsets.

    `start` is where its id is; `body` is after id and size; `contents` the same, or after the name of a custom section.
    `error` is what went wrong while it was read, if anything did.
    """

    __slots__ = ("body", "contents", "end", "error", "id", "index", "name", "start")

    def __init__(self, index: int, id: int, name: str, start: int, body: int, contents: int, end: int) -> None:
        self.index = index
        self.id = id
        self.name = name
        self.start = start
        self.body = body
        self.contents = contents
        self.end = end
        self.error: FormatError | None = None

    def __repr__(self) -> str:
        return f"Section({self.index}, {self.name!r}, {self.start:#x}..{self.end:#x})"


COMPONENT = b"\1\0"
"""The layer, in the upper half of the version, of a component; a module's is 0."""


def header_error(data: bytes, file: str) -> FormatError:
    """What is wrong with the magic and version of a file that does not begin with those of a module."""
    if data[:4] != MAGIC:
        return FormatError("invalid magic number", file, offset=0, expected="00 61 73 6d (\\0asm)")
    if len(data) < 8:
        return FormatError("missing version number", file, offset=4, expected="01 00 00 00")
    if data[6:8] == COMPONENT:
        expected = "1: this is a component, and only the core modules inside it can be read, each by itself"
    else:
        expected = "1"
    version = int.from_bytes(data[4:8], "little")
    return FormatError(f"invalid version number: {version}", file, offset=4, expected=expected)


def frames(data: bytes) -> tuple[list[Section], list[Fault]]:
    """The sections of a file that has a module's header, and what is wrong with their frames, in the order of the
    file. A section that is damaged keeps as much as the file has; errors know their offset, not their file."""
    found: list[Section] = []
    faults: list[Fault] = []
    pos, end = len(HEADER), len(data)
    try:
        while pos < end:
            start = pos
            id = data[pos]
            size = data[pos + 1]
            pos += 2
            if size > 127:
                size, pos = uleb_tail(data, pos, size)
            body = contents = pos
            pos += size
            if id == CUSTOM_ID and size and pos <= end:
                size = data[body]
                contents = body + 1
                if size > 127:
                    size, contents = uleb_tail(data, contents, size)
                name = str(data[contents : contents + size], "utf-8", "surrogateescape")
                contents += size
            else:
                name = SECTION_NAMES[id] if id < 14 else f"id {id}"
            section = Section(len(found), id, name, start, body, contents, pos)
            found.append(section)
            if contents > pos or pos > end or id > 13:
                faults.append((section, _damage(section, end)))
    except (IndexError, FormatError) as error:
        section = _cut_off(data, start, len(found))
        found.append(section)
        if not isinstance(error, FormatError):
            error = FormatError(EXTENDS_PAST_END, offset=start + 1)
        faults.append((section, error))
    return found, faults


def _damage(section: Section, end: int) -> FormatError:
    """What is wrong with the frame of `section`, which then keeps as much of it as the file of `end` bytes has."""
    left = end - section.body
    if section.end - section.body > left:
        section.end = end
        return FormatError("section too large", offset=section.start, expected=f"at most {left} bytes")
    if section.contents > section.end:
        section.name, section.contents = "", section.end
        return FormatError("EOF while reading string", offset=section.body, expected="a name inside the section")
    return FormatError(f"invalid section type: {section.id}", offset=section.start, expected="0 to 13")


def _cut_off(data: bytes, start: int, index: int) -> Section:
    """The file ends inside the id and size of a section, or of a name: its last bytes as a section."""
    id, end = data[start], len(data)
    return Section(index, id, SECTION_NAMES[id] if id < 14 else f"id {id}", start, end, end, end)
