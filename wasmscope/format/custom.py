"""The custom sections that tools know: name, producers, target_features, dylink.0, build_id.

    namesec     ::= subsection*      subsection ::= id:byte size:u32 (name | namemap | indirectnamemap)
    namemap     ::= vec(index:u32 name)               indirectnamemap ::= vec(index:u32 namemap)
    producers   ::= vec(field:name vec(name version:name))
    features    ::= vec(prefix:byte name)             prefix ::= 0x2b + used | 0x2d - disallowed
    dylink.0    ::= subsection*      1 memory info, 2 needed, 3 export info, 4 import info, 5 runtime path
    build_id    ::= vec(byte)
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from wasmscope.errors import FormatError
from wasmscope.format.leb128 import U32, Codec, String, name_bytes, read_byte, read_name, read_u32, uleb, uleb_tail
from wasmscope.format.vectors import Contents, Record, Subsection, Vec, Vector, read_subsections, subsection_bytes

# --- name -----------------------------------------------------------------------------------------------------


class NameMap(dict[int, str]):
    """Names by index, in the order read. The first name of an index stays."""

    __slots__ = ("base", "starts")

    def __init__(self, names: dict[int, str] | Iterable[tuple[int, str]] = ()) -> None:
        super().__init__(names)
        self.base = 0
        """File offset that `starts` count from."""
        self.starts: list[int] = []
        """Where each entry begins, and after them where the last one ends; empty when the map was not read."""


class _NameMap(Contents[NameMap]):
    """namemap"""

    section = "name"

    def new(self) -> NameMap:
        return NameMap()

    def fill(self, data: bytes, out: NameMap, base: int) -> int:
        out.base = base
        return self.fill_at(data, 0, out)

    def fill_at(self, data: bytes, pos: int, out: NameMap) -> int:
        """Read a map that begins at `pos`, perhaps in the middle of others."""
        count, pos = read_u32(data, pos)
        starts, keep, length = out.starts, out.setdefault, len(data)
        starts.append(pos)
        for _ in range(count):
            index = data[pos]
            pos += 1
            if index > 127:
                index, pos = uleb_tail(data, pos, index)
            size = data[pos]
            pos += 1
            if size > 127:
                size, pos = uleb_tail(data, pos, size)
            end = pos + size
            if end > length:
                raise FormatError("EOF while reading string", offset=starts[-1], expected=f"{size} bytes")
            keep(index, str(data[pos:end], "utf-8", "surrogateescape"))
            pos = end
            starts.append(pos)
        return pos

    def write(self, value: dict[int, str]) -> bytes:
        return uleb(len(value)) + b"".join(uleb(index) + name_bytes(name) for index, name in value.items())


NAME_MAP = _NameMap()


class _IndirectNameMap(Contents[dict[int, NameMap]]):
    """indirectnamemap"""

    section = "name"

    def new(self) -> dict[int, NameMap]:
        return {}

    def fill(self, data: bytes, out: dict[int, NameMap], base: int) -> int:
        count, pos = read_u32(data, 0)
        for _ in range(count):
            index, pos = read_u32(data, pos)
            names = out.setdefault(index, NameMap())
            names.base = base
            pos = NAME_MAP.fill_at(data, pos, names)
        return pos

    def write(self, value: dict[int, NameMap]) -> bytes:
        return uleb(len(value)) + b"".join(uleb(index) + NAME_MAP.write(names) for index, names in value.items())


INDIRECT_NAME_MAP = _IndirectNameMap()


@dataclass(slots=True)
class Names:
    """What the name section says: for each index space a map from index to name."""

    module: str | None = None
    functions: NameMap = field(default_factory=NameMap)
    locals: dict[int, NameMap] = field(default_factory=dict)
    """By function index."""
    labels: dict[int, NameMap] = field(default_factory=dict)
    """By function index."""
    types: NameMap = field(default_factory=NameMap)
    tables: NameMap = field(default_factory=NameMap)
    memories: NameMap = field(default_factory=NameMap)
    globals: NameMap = field(default_factory=NameMap)
    elements: NameMap = field(default_factory=NameMap)
    datas: NameMap = field(default_factory=NameMap)
    fields: dict[int, NameMap] = field(default_factory=dict)
    """By type index."""
    tags: NameMap = field(default_factory=NameMap)
    unknown: list[tuple[int, bytes]] = field(default_factory=list)
    """Type and contents of the subsections that are none of these."""
    subsections: list[Subsection] = field(default_factory=list, compare=False)
    """Every subsection in the order read."""


NAME_SUBSECTIONS = (
    "module", "functions", "locals", "labels", "types", "tables", "memories", "globals", "elements", "datas", "fields",
    "tags",
)  # fmt: skip
"""Attribute of `Names` for each subsection id."""
INDIRECT_NAMES = frozenset({"locals", "labels", "fields"})


class _NameSection(Contents[Names]):
    """namesec"""

    section = "name"

    def new(self) -> Names:
        return Names()

    def fill(self, data: bytes, out: Names, base: int) -> int:
        problems: list[FormatError] = []
        for part in read_subsections(data, 0, base, out.subsections, "name"):
            try:
                self.fill_part(data[part.contents - base : part.end - base], part, out, base)
            except FormatError as error:  # the other names are still good
                problems.append(error)
        if problems:
            raise problems[0]
        return len(data)

    def fill_part(self, contents: bytes, part: Subsection, out: Names, base: int) -> None:
        """Read one subsection. Raises FormatError, offset from the start of the section at `base`."""
        if part.type >= len(NAME_SUBSECTIONS):
            out.unknown.append((part.type, contents))
        elif part.type == 0:
            out.module = part.read(String, contents, base, "name")
        else:
            attribute = NAME_SUBSECTIONS[part.type]
            codec: Contents[Any] = INDIRECT_NAME_MAP if attribute in INDIRECT_NAMES else NAME_MAP
            part.decode(codec, contents, getattr(out, attribute), base, "name")

    def write(self, value: Names) -> bytes:
        parts = [] if value.module is None else [subsection_bytes(0, name_bytes(value.module))]
        for type, attribute in enumerate(NAME_SUBSECTIONS[1:], 1):
            names = getattr(value, attribute)
            if names:
                codec: Contents[Any] = INDIRECT_NAME_MAP if attribute in INDIRECT_NAMES else NAME_MAP
                parts.append(subsection_bytes(type, codec.write(names)))
        return b"".join(parts) + b"".join(subsection_bytes(type, contents) for type, contents in value.unknown)


NAMES = _NameSection()

# --- producers and target_features ----------------------------------------------------------------------------


class Producer(NamedTuple):
    """A tool or language, and its version."""

    name: str
    version: str

    def __str__(self) -> str:
        return f"{self.name} {self.version}".rstrip()


class ProducerField(NamedTuple):
    """One field of the producers section ("language", "processed-by" or "sdk") and who is in it."""

    name: str
    values: tuple[Producer, ...]


def _read_producers(data: bytes, pos: int) -> tuple[tuple[Producer, ...], int]:
    count, pos = read_u32(data, pos)
    values = []
    for _ in range(count):
        name, pos = read_name(data, pos)
        version, pos = read_name(data, pos)
        values.append(Producer(name, version))
    return tuple(values), pos


def _producers_bytes(values: tuple[Producer, ...]) -> bytes:
    return uleb(len(values)) + b"".join(name_bytes(name) + name_bytes(version) for name, version in values)


# producers ::= vec(field:name vec(name version:name))
PRODUCERS: Vector[ProducerField] = Vector(
    "producers", Record(ProducerField, String, Codec(_read_producers, _producers_bytes))
)


class Feature(NamedTuple):
    """A target feature: `prefix` is "+" (used) or "-" (disallowed); old objects also say "=" (required)."""

    prefix: str
    name: str

    def __str__(self) -> str:
        return f"{self.prefix} {self.name}"


def _read_prefix(data: bytes, pos: int) -> tuple[str, int]:
    byte, end = read_byte(data, pos)
    return chr(byte), end


# features ::= vec(prefix:byte name)
TARGET_FEATURES: Vector[Feature] = Vector(
    "target features", Record(Feature, Codec(_read_prefix, lambda prefix: bytes((ord(prefix),))), String)
)

# --- dylink.0 and build_id ------------------------------------------------------------------------------------


class MemoryInfo(NamedTuple):
    """Memory and table space that a shared library needs: sizes in bytes and slots, alignments as log2."""

    memory_size: int = 0
    memory_align: int = 0
    table_size: int = 0
    table_align: int = 0


class ExportInfo(NamedTuple):
    """Symbol flags of an export."""

    name: str
    flags: int


class ImportInfo(NamedTuple):
    """Symbol flags of an import."""

    module: str
    field: str
    flags: int


@dataclass(slots=True)
class Dylink:
    """What a shared library says about itself."""

    memory: MemoryInfo | None = None
    needed: Vec[str] = field(default_factory=Vec)
    """Names of the libraries that it needs."""
    exports: Vec[ExportInfo] = field(default_factory=Vec)
    imports: Vec[ImportInfo] = field(default_factory=Vec)
    runtime_path: Vec[str] = field(default_factory=Vec)
    unknown: list[tuple[int, bytes]] = field(default_factory=list)
    subsections: list[Subsection] = field(default_factory=list, compare=False)


# memory info ::= memory size:u32 alignment:u32 (log2) table size:u32 alignment:u32 (log2)
MEMORY_INFO: Codec[MemoryInfo] = Record(MemoryInfo, U32, U32, U32, U32)
_NAMES_VECTOR: Vector[str] = Vector("dylink.0", String)
_DYLINK_PARTS: dict[int, tuple[str, Contents[Any]]] = {
    2: ("needed", _NAMES_VECTOR),
    3: ("exports", Vector("dylink.0", Record(ExportInfo, String, U32))),
    4: ("imports", Vector("dylink.0", Record(ImportInfo, String, String, U32))),
    5: ("runtime_path", _NAMES_VECTOR),
}


class _DylinkSection(Contents[Dylink]):
    """dylink.0"""

    section = "dylink.0"

    def new(self) -> Dylink:
        return Dylink()

    def fill(self, data: bytes, out: Dylink, base: int) -> int:
        for part in read_subsections(data, 0, base, out.subsections, "dylink.0"):
            contents = data[part.contents - base : part.end - base]
            if part.type == 1:
                out.memory = part.read(MEMORY_INFO, contents, base, "dylink.0")
            elif part.type in _DYLINK_PARTS:
                attribute, codec = _DYLINK_PARTS[part.type]
                part.decode(codec, contents, getattr(out, attribute), base, "dylink.0")
            else:
                out.unknown.append((part.type, contents))
        return len(data)

    def write(self, value: Dylink) -> bytes:
        parts = [] if value.memory is None else [subsection_bytes(1, MEMORY_INFO.write(value.memory))]
        for type, (attribute, codec) in _DYLINK_PARTS.items():
            if getattr(value, attribute):
                parts.append(subsection_bytes(type, codec.write(getattr(value, attribute))))
        return b"".join(parts) + b"".join(subsection_bytes(type, contents) for type, contents in value.unknown)


DYLINK = _DylinkSection()


def _read_bytes(data: bytes, pos: int) -> tuple[bytes, int]:
    size, pos = read_u32(data, pos)
    if pos + size > len(data):
        raise FormatError("build id extends beyond the section", offset=pos, expected=f"{size} bytes")
    return data[pos : pos + size], pos + size


# build_id ::= vec(byte)
BUILD_ID: Codec[bytes] = Codec(_read_bytes, lambda raw: uleb(len(raw)) + raw)
