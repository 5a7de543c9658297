"""The name section: names for what the module's index spaces hold.

    namesec     ::= subsection*      subsection ::= id:byte size:u32 (name | namemap | indirectnamemap)
    namemap     ::= vec(index:u32 name)               indirectnamemap ::= vec(index:u32 namemap)
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from wasmscope.errors import FormatError
from wasmscope.format.leb128 import String, name_bytes, read_u32, uleb, uleb_tail
from wasmscope.format.vectors import Contents, Subsection, read_subsections, subsection_bytes


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
        out.base, out.starts = base, []  # a second map of the same kind adds to the names of the first
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
