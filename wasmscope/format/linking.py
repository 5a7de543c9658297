"""The `linking` custom section: symbols, segment names, constructors, COMDAT groups.

    linkingsec ::= version:u32 (must be 2) subsection*
    subsection ::= type:byte size:u32 (5 vec(segment) | 6 vec(init) | 7 vec(comdat) | 8 vec(symbol) | byte^size)
    segment    ::= name alignment:u32 (log2) flags:u32
    init       ::= priority:u32 symbol index:u32
    comdat     ::= name flags:u32 vec(kind:u32 index:u32)
    symbol     ::= kind:byte flags:u32 rest
    rest       ::= index:u32 name? (0 function, 2 global, 4 tag, 5 table; name if defined or EXPLICIT_NAME)
                 | name (segment:u32 offset:u64 size:u64)? (1 data; if defined) | section index:u32 (3 section)
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

from wasmscope.errors import FormatError
from wasmscope.format.leb128 import U32, Codec, String, name_bytes, read_u32, read_uleb, uleb, uleb_tail
from wasmscope.format.types import FUNCTION, GLOBAL, TABLE, TAG
from wasmscope.format.vectors import Contents, Record, Subsection, Vec, Vector, read_subsections, subsection_bytes

VERSION = 2
SEGMENT_INFO, INIT_FUNCS, COMDAT_INFO, SYMBOL_TABLE = 5, 6, 7, 8
SUBSECTION_NAMES = {
    SEGMENT_INFO: "segment info", INIT_FUNCS: "init functions", COMDAT_INFO: "comdat info",
    SYMBOL_TABLE: "symbol table",
}  # fmt: skip

SYM_WEAK, SYM_LOCAL, SYM_HIDDEN, SYM_UNDEFINED, SYM_EXPORTED = 1, 2, 4, 0x10, 0x20
SYM_EXPLICIT_NAME, SYM_NO_STRIP, SYM_TLS, SYM_ABSOLUTE = 0x40, 0x80, 0x100, 0x200
SYM_BINDING_MASK = 3
SYMBOL_FLAG_NAMES = {
    SYM_WEAK: "weak", SYM_LOCAL: "local", SYM_HIDDEN: "hidden", SYM_UNDEFINED: "undefined", SYM_EXPORTED: "exported",
    SYM_EXPLICIT_NAME: "explicit-name", SYM_NO_STRIP: "no-strip", SYM_TLS: "tls", SYM_ABSOLUTE: "absolute",
}  # fmt: skip
SYM_FUNCTION, SYM_DATA, SYM_GLOBAL, SYM_SECTION, SYM_TAG, SYM_TABLE = range(6)
SYMBOL_KINDS = ("function", "data", "global", "section", "tag", "table")
"""Name of each kind of symbol, by number."""
SYMBOL_SPACES = {SYM_FUNCTION: FUNCTION, SYM_GLOBAL: GLOBAL, SYM_TAG: TAG, SYM_TABLE: TABLE}
"""The index space (kind of import) that each kind of symbol counts in; data and sections have none."""
_KIND_LETTERS = "FDGSET"

SEG_STRINGS, SEG_TLS, SEG_RETAIN = 1, 2, 4
SEGMENT_FLAG_NAMES = {SEG_STRINGS: "strings", SEG_TLS: "tls", SEG_RETAIN: "retain"}

COMDAT_DATA, COMDAT_FUNCTION, COMDAT_SECTION = 0, 1, 5
COMDAT_KIND_NAMES = {0: "data", 1: "function", 2: "global", 3: "event", 4: "table", 5: "section"}


class SymbolRecord(NamedTuple):
    """One entry of the symbol table.

    `index` is a function, global, tag or table index (imports counted), a section index, or a segment index; 0 for
    undefined data. `name` is None when it is implied: by the import, or for a section symbol by the section.
    """

    kind: int
    flags: int
    name: str | None
    index: int  # type: ignore[assignment]
    offset: int = 0
    size: int = 0

    @property
    def defined(self) -> bool:
        """Whether this file defines it."""
        return not self.flags & SYM_UNDEFINED

    @property
    def binding(self) -> str:
        """ "global", "weak" or "local"."""
        return ("global", "weak", "local", "local")[self.flags & SYM_BINDING_MASK]

    def __str__(self) -> str:
        local = "local" if self.flags & SYM_BINDING_MASK == SYM_LOCAL else "global"
        visible = "no" if self.flags & SYM_HIDDEN else "yes"
        letter = _KIND_LETTERS[self.kind]
        return f"{letter} binding={local} visible={visible} id={self.index} name={self.name or ''}"


class SegmentInfo(NamedTuple):
    """Name, log2 of the alignment in bytes, and flags of one data segment."""

    name: str
    align: int
    flags: int

    def output_name(self, merge: bool = True) -> str:
        """Name of the output segment that it goes to: `.data.x` goes to `.data`, thread-local data to `.tdata`."""
        if self.flags & SEG_TLS or self.name.startswith((".tdata", ".tbss")):
            return ".tdata"
        if merge:
            for prefix in (".text.", ".data.", ".bss.", ".rodata."):
                if self.name.startswith(prefix):
                    return prefix[:-1]
        return self.name


class InitFunc(NamedTuple):
    """A function (by symbol index) to call before the program starts, those with the lowest priority first."""

    priority: int
    symbol: int


class Comdat(NamedTuple):
    """A group of which the link keeps one copy. `entries` are (kind, index): COMDAT_DATA, _FUNCTION or _SECTION."""

    name: str
    flags: int
    entries: tuple[tuple[int, int], ...]


@dataclass(slots=True)
class Linking:
    """What the section says."""

    version: int = VERSION
    symbols: Vec[SymbolRecord] = field(default_factory=Vec)
    segments: Vec[SegmentInfo] = field(default_factory=Vec)
    init_funcs: Vec[InitFunc] = field(default_factory=Vec)
    comdats: Vec[Comdat] = field(default_factory=Vec)
    unknown: list[tuple[int, bytes]] = field(default_factory=list)
    """Type and contents of the subsections that are none of these."""
    subsections: list[Subsection] = field(default_factory=list, compare=False)
    """Every subsection in the order read."""


class _SymbolTable(Contents[Vec[SymbolRecord]]):
    """vec(symbol)"""

    section = "symbol table"

    def new(self) -> Vec[SymbolRecord]:
        return Vec()

    def fill(self, data: bytes, out: Vec[SymbolRecord], base: int) -> int:
        out.base = base
        count, pos = read_u32(data, 0)
        starts, append, record, length = out.starts, out.append, SymbolRecord, len(data)
        starts.append(pos)
        for _ in range(count):
            kind = data[pos]
            flags = data[pos + 1]
            pos += 2
            if flags > 127:
                flags, pos = uleb_tail(data, pos, flags)
            index, name, offset, size = 0, None, 0, 0
            if kind > 5:
                raise FormatError(f"invalid symbol type: {kind}", offset=starts[-1], expected="0 to 5")
            if kind != 1:
                index = data[pos]
                pos += 1
                if index > 127:
                    index, pos = uleb_tail(data, pos, index)
            if kind == 1 or (kind != 3 and flags & 0x50 != 0x10):  # defined, or undefined with EXPLICIT_NAME
                length_of_name = data[pos]
                pos += 1
                if length_of_name > 127:
                    length_of_name, pos = uleb_tail(data, pos, length_of_name)
                name = str(data[pos : pos + length_of_name], "utf-8", "surrogateescape")
                pos += length_of_name
                if pos > length:
                    raise FormatError("EOF while reading string", offset=starts[-1])
            if kind == 1 and not flags & SYM_UNDEFINED:
                index, pos = read_u32(data, pos)
                offset, pos = read_uleb(data, pos)
                size, pos = read_uleb(data, pos)
            append(record(kind, flags, name, index, offset, size))
            starts.append(pos)
        return pos

    def write(self, value: list[SymbolRecord]) -> bytes:
        parts = [uleb(len(value))]
        for kind, flags, name, index, offset, size in value:
            parts += (bytes((kind,)), uleb(flags))
            if kind != SYM_DATA:
                parts.append(uleb(index))
            if name is not None:
                parts.append(name_bytes(name))
            if kind == SYM_DATA and not flags & SYM_UNDEFINED:
                parts += (uleb(index), uleb(offset), uleb(size))
        return b"".join(parts)


SYMBOLS = _SymbolTable()

# segment ::= name alignment:u32 flags:u32
SEGMENTS: Vector[SegmentInfo] = Vector("segment info", Record(SegmentInfo, String, U32, U32))

# init ::= priority:u32 symbol index:u32
INITS: Vector[InitFunc] = Vector("init functions", Record(InitFunc, U32, U32))


def _read_entries(data: bytes, pos: int) -> tuple[tuple[tuple[int, int], ...], int]:
    count, pos = read_u32(data, pos)
    entries = []
    for _ in range(count):
        kind, pos = read_u32(data, pos)
        index, pos = read_u32(data, pos)
        entries.append((kind, index))
    return tuple(entries), pos


def _entries_bytes(entries: tuple[tuple[int, int], ...]) -> bytes:
    return uleb(len(entries)) + b"".join(uleb(kind) + uleb(index) for kind, index in entries)


# comdat ::= name flags:u32 vec(kind:u32 index:u32)
COMDATS: Vector[Comdat] = Vector("comdat", Record(Comdat, String, U32, Codec(_read_entries, _entries_bytes)))

_PARTS: tuple[tuple[int, str, Contents[Any]], ...] = (
    (SEGMENT_INFO, "segments", SEGMENTS), (INIT_FUNCS, "init_funcs", INITS), (COMDAT_INFO, "comdats", COMDATS),
    (SYMBOL_TABLE, "symbols", SYMBOLS),
)  # fmt: skip
_PART_OF = {type: (attribute, codec) for type, attribute, codec in _PARTS}
# LLVM writes the symbol table before what refers to it, and readers ask for that order.
_WRITE_ORDER = (SYMBOL_TABLE, SEGMENT_INFO, INIT_FUNCS, COMDAT_INFO)


class _LinkingSection(Contents[Linking]):
    """linkingsec"""

    section = "linking"

    def new(self) -> Linking:
        return Linking()

    def fill(self, data: bytes, out: Linking, base: int) -> int:
        out.version, pos = read_u32(data, 0)
        if out.version != VERSION:
            text = f"unexpected metadata version: {out.version} (Expected: {VERSION})"
            raise FormatError(text, offset=0, expected=str(VERSION))
        for part in read_subsections(data, pos, base, out.subsections, "linking"):
            self._part(data, part, out, base)
        return len(data)

    def _part(self, data: bytes, part: Subsection, out: Linking, base: int) -> None:
        contents = data[part.contents - base : part.end - base]
        if part.type not in _PART_OF:
            out.unknown.append((part.type, contents))
            return
        attribute, codec = _PART_OF[part.type]
        vector = codec.new()
        setattr(out, attribute, vector)
        part.decode(codec, contents, vector, base, "linking")

    def write(self, value: Linking) -> bytes:
        parts = [uleb(value.version)]
        for type in _WRITE_ORDER:
            attribute, codec = _PART_OF[type]
            records = getattr(value, attribute)
            if records:
                parts.append(subsection_bytes(type, codec.write(records)))
        parts += [subsection_bytes(type, contents) for type, contents in value.unknown]
        return b"".join(parts)


LINKING = _LinkingSection()
