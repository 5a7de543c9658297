"""The smaller custom sections that tools know, and `names`: producers, target_features, dylink.0, build_id.

    producers   ::= vec(field:name vec(name version:name))
    features    ::= vec(prefix:byte name)             prefix ::= 0x2b + used | 0x2d - disallowed
    dylink.0    ::= subsection*      1 memory info, 2 needed, 3 export info, 4 import info, 5 runtime path
    build_id    ::= vec(byte)
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

from wasmscope.errors import FormatError
from wasmscope.format.leb128 import U32, Codec, String, name_bytes, read_byte, read_name, read_u32, uleb
from wasmscope.format.names import INDIRECT_NAMES, NAME_MAP, NAME_SUBSECTIONS, NAMES, NameMap, Names
from wasmscope.format.vectors import Contents, Record, Subsection, Vec, Vector, read_subsections, subsection_bytes

__all__ = [
    "BUILD_ID", "DYLINK", "INDIRECT_NAMES", "MEMORY_INFO", "NAMES", "NAME_MAP", "NAME_SUBSECTIONS", "PRODUCERS",
    "TARGET_FEATURES", "Dylink", "ExportInfo", "Feature", "ImportInfo", "MemoryInfo", "NameMap", "Names", "Producer",
    "ProducerField",
]  # fmt: skip

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
