"""The sections of the core format, in the order in which a file has them. Each codec stands under its grammar.

The vectors that every object has, or that are long, are looped over by hand; the others are declared.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from construct import Computed, If, IfThenElse, Struct, Switch, this

from wasmscope.errors import FormatError
from wasmscope.format.expr import EXPR, ConstExpr, read_expr
from wasmscope.format.leb128 import U8, U32, Codec, String, name_bytes, read_u32, uleb, uleb_tail
from wasmscope.format.types import (
    FUNCREF,
    FUNCTION,
    GLOBAL,
    GLOBAL_TYPE,
    LIMITS,
    MEMORY,
    TABLE,
    TABLE_TYPE,
    TAG,
    VALUE_TYPE,
    DefinedType,
    FuncType,
    GlobalType,
    Limits,
    RecMember,
    TableType,
    ValueType,
    read_subtype,
    read_table_type,
    read_value_types,
    subtype_bytes,
    table_type_bytes,
)
from wasmscope.format.vectors import Contents, Declared, Record, Vec, Vector

SECTION_NAMES = (
    "custom", "type", "import", "function", "table", "memory", "global", "export", "start", "element", "code", "data",
    "datacount", "tag",
)  # fmt: skip
"""Name of each section id."""
SECTION_ORDER = (1, 2, 3, 4, 5, 13, 6, 7, 8, 9, 12, 10, 11)
"""Section ids in the order in which a file must have them."""


class Import(NamedTuple):
    """One import. `desc` is a type index (functions and tags), a TableType, Limits or a GlobalType."""

    module: str
    name: str
    kind: int
    desc: int | TableType | Limits | GlobalType


class Table(NamedTuple):
    """One table of the module's own; `init` is what fills it, if that is not null."""

    type: TableType
    init: ConstExpr | None = None


class Global(NamedTuple):
    """One global of the module's own."""

    type: GlobalType
    init: ConstExpr


class Export(NamedTuple):
    """One export."""

    name: str
    kind: int
    index: int  # type: ignore[assignment]


class Element(NamedTuple):
    """One element segment. `items` are function indices, or expressions when `flags & 4`.

    `offset` is None when it is passive (flags & 3 == 1) or declarative (flags & 3 == 3).
    """

    flags: int
    table: int
    offset: ConstExpr | None
    type: ValueType
    items: tuple[int, ...] | tuple[ConstExpr, ...]


class Body(NamedTuple):
    """One function body: file offsets of the whole entry, and of what comes after its size."""

    start: int
    end: int
    code_start: int


class DataSegment(NamedTuple):
    """One data segment; `start` and `end` are the file offsets of its bytes. `offset` is None when it is passive."""

    flags: int
    memory: int
    offset: ConstExpr | None
    start: int
    end: int


class _Types(Contents[Vec[DefinedType]]):
    """typesec ::= vec(rectype). A group's members are flattened, as they are in the index space."""

    section = "type"

    def new(self) -> Vec[DefinedType]:
        return Vec()

    def fill(self, data: bytes, out: Vec[DefinedType], base: int) -> int:
        out.base = base
        count, pos = read_u32(data, 0)
        starts, append = out.starts, out.append
        starts.append(pos)
        for _ in range(count):
            form = data[pos]
            if form == 0x60:
                params, pos = read_value_types(data, pos + 1)
                results, pos = read_value_types(data, pos)
                append(FuncType(params, results))
            elif form == 0x4E:
                size, pos = read_u32(data, pos + 1)
                if not size:
                    raise FormatError("Rec group size cannot be 0", offset=starts[-1])
                for position in range(size):
                    member, pos = read_subtype(data, pos)
                    append(RecMember(member, position, size))
                    starts.append(pos)
                continue
            else:
                single, pos = read_subtype(data, pos)
                append(single)
            starts.append(pos)
        return pos

    def write(self, value: Iterable[DefinedType]) -> bytes:
        count, parts = 0, []
        for one in value:
            if isinstance(one, RecMember):
                if one.position == 0:
                    count += 1
                    parts.append(b"\x4e" + uleb(one.size))
                parts.append(subtype_bytes(one.type))
            else:
                count += 1
                parts.append(subtype_bytes(one))
        return uleb(count) + b"".join(parts)


TYPES = _Types()


def _read_tag_type(data: bytes, pos: int) -> tuple[int, int]:
    if data[pos]:
        raise FormatError("invalid attribute", offset=pos, expected="0 (exception)")
    return read_u32(data, pos + 1)


# tagtype ::= 0x00 type index:u32
TAG_TYPE: Codec[int] = Codec(_read_tag_type, lambda index: b"\0" + uleb(index))

_IMPORT_DESC: dict[int, Codec[Any]] = {
    FUNCTION: U32, TABLE: TABLE_TYPE, MEMORY: LIMITS, GLOBAL: GLOBAL_TYPE, TAG: TAG_TYPE,
}  # fmt: skip


class _Imports(Contents[Vec[Import]]):
    """importsec ::= vec(module:name field:name kind:byte desc)

    desc ::= type index:u32 (0 function) | tabletype (1) | limits (2 memory) | globaltype (3) | tagtype (4)
    """

    section = "import"

    def new(self) -> Vec[Import]:
        return Vec()

    def fill(self, data: bytes, out: Vec[Import], base: int) -> int:
        out.base = base
        count, pos = read_u32(data, 0)
        starts, append = out.starts, out.append
        starts.append(pos)
        module_raw, module = b"", ""
        for _ in range(count):
            size = data[pos]
            pos += 1
            if size > 127:
                size, pos = uleb_tail(data, pos, size)
            raw = data[pos : pos + size]
            if raw != module_raw:  # "env" nearly always
                module_raw, module = raw, str(raw, "utf-8", "surrogateescape")
            pos += size
            size = data[pos]
            pos += 1
            if size > 127:
                size, pos = uleb_tail(data, pos, size)
            field = str(data[pos : pos + size], "utf-8", "surrogateescape")
            pos += size
            kind = data[pos]
            codec = _IMPORT_DESC.get(kind)
            if codec is None:
                raise FormatError("unexpected import kind", offset=pos, expected="0 to 4")
            desc, pos = codec.read(data, pos + 1)
            append(Import(module, field, kind, desc))
            starts.append(pos)
        return pos

    def write(self, value: Iterable[Import]) -> bytes:
        parts = [
            name_bytes(one.module) + name_bytes(one.name) + bytes((one.kind,)) + _IMPORT_DESC[one.kind].write(one.desc)
            for one in value
        ]
        return uleb(len(parts)) + b"".join(parts)


IMPORTS = _Imports()


class Indices(Contents[Vec[int]]):
    """vec(u32)"""

    def __init__(self, section: str) -> None:
        super().__init__()
        self.section = section

    def new(self) -> Vec[int]:
        """An empty vector."""
        return Vec()

    def fill(self, data: bytes, out: Vec[int], base: int) -> int:
        """Read the count and the numbers."""
        out.base = base
        return _read_indices(data, 0, out, out.starts)

    def write(self, value: Iterable[int]) -> bytes:
        """The count and the numbers."""
        parts = list(map(uleb, value))
        return uleb(len(parts)) + b"".join(parts)


def _read_indices(data: bytes, pos: int, out: list[int], starts: list[int]) -> int:
    count, pos = read_u32(data, pos)
    starts.append(pos)
    for _ in range(count):
        value = data[pos]
        pos += 1
        if value > 127:
            value, pos = uleb_tail(data, pos, value)
        out.append(value)
        starts.append(pos)
    return pos


# funcsec ::= vec(type index:u32)
FUNCTIONS = Indices("function")


def _read_table(data: bytes, pos: int) -> tuple[Table, int]:
    if data[pos : pos + 2] != b"\x40\0":
        type, pos = read_table_type(data, pos)
        return Table(type), pos
    type, pos = read_table_type(data, pos + 2)
    init, pos = read_expr(data, pos)
    return Table(type, init), pos


def _table_bytes(table: Table) -> bytes:
    raw = table_type_bytes(table.type)
    return raw if table.init is None else b"\x40\0" + raw + EXPR.write(table.init)


# tablesec ::= vec(tabletype | 0x40 0x00 tabletype expr)
TABLES: Vector[Table] = Vector("table", Codec(_read_table, _table_bytes))

# memsec ::= vec(limits)
MEMORIES: Vector[Limits] = Vector("memory", LIMITS)

# tagsec ::= vec(tagtype)
TAGS: Vector[int] = Vector("tag", TAG_TYPE)

# globalsec ::= vec(globaltype expr)
GLOBALS: Vector[Global] = Vector("global", Record(Global, GLOBAL_TYPE, EXPR))

# exportsec ::= vec(name kind:byte index:u32)
EXPORTS: Vector[Export] = Vector("export", Record(Export, String, U8, U32))


# startsec ::= function index:u32
START = U32


def _read_index_tuple(data: bytes, pos: int) -> tuple[tuple[int, ...], int]:
    items: list[int] = []
    end = _read_indices(data, pos, items, [])
    return tuple(items), end


def _read_exprs(data: bytes, pos: int) -> tuple[tuple[ConstExpr, ...], int]:
    count, pos = read_u32(data, pos)
    items = []
    for _ in range(count):
        item, pos = read_expr(data, pos)
        items.append(item)
    return tuple(items), pos


_INDEX_TUPLE: Codec[tuple[int, ...]] = Codec(_read_index_tuple, FUNCTIONS.write)
_EXPR_TUPLE: Codec[tuple[ConstExpr, ...]] = Codec(_read_exprs, Vector("element", EXPR).write)


def _read_element_flags(data: bytes, pos: int) -> tuple[int, int]:
    flags, end = read_u32(data, pos)
    if flags > 7:
        raise FormatError("Unsupported flags for element segment", offset=pos, expected="0 to 7")
    return flags, end


def _read_element_kind(data: bytes, pos: int) -> tuple[ValueType, int]:
    if data[pos]:
        raise FormatError("invalid elem type", offset=pos, expected="0 (functions)")
    return FUNCREF, pos + 1



# elemsec ::= vec(elem)
# elem    ::= flags:u32 table:u32 (flags & 3 == 2) offset:expr (not flags & 1)
#             (kind:0x00 | reftype if flags & 4) (if flags & 3) (vec(function index:u32) | vec(expr) if flags & 4)
ELEMENT: Declared[Element] = Declared(
    Element,
    Struct(
        "flags" / Codec(_read_element_flags, uleb),
        "table" / IfThenElse(this.flags & 3 == 2, U32, Computed(0)),
        "offset" / If(this.flags & 1 == 0, EXPR),
        "type"
        / Switch(
            lambda at: (at.flags & 4, at.flags & 3 > 0),
            {(0, True): Codec(_read_element_kind, lambda _: b"\0"), (4, True): VALUE_TYPE},
            Computed(FUNCREF),
        ),
        "items" / IfThenElse(this.flags & 4, _EXPR_TUPLE, _INDEX_TUPLE),
    ),
)
ELEMENTS: Vector[Element] = Vector("elem", ELEMENT)

# datacountsec ::= u32
DATACOUNT = U32


class _Bodies(Contents[Vec[Body]]):
    """codesec ::= vec(size:u32 byte^size). Reads where each body is; writes bodies that do not hold their size yet."""

    section = "code"

    def new(self) -> Vec[Body]:
        return Vec()

    def fill(self, data: bytes, out: Vec[Body], base: int) -> int:
        out.base = base
        count, pos = read_u32(data, 0)
        starts, append, length = out.starts, out.append, len(data)
        starts.append(pos)
        for _ in range(count):
            start = pos
            size = data[pos]
            pos += 1
            if size > 127:
                size, pos = uleb_tail(data, pos, size)
            code = pos
            pos += size
            if pos > length:
                left = f"at most {length - code} bytes"
                raise FormatError("Function extends beyond buffer", offset=start, expected=left)
            append(Body(base + start, base + pos, base + code))
            starts.append(pos)
        return pos

    def write(self, value: Iterable[bytes]) -> bytes:  # type: ignore[override]
        parts = [uleb(len(body)) + body for body in value]
        return uleb(len(parts)) + b"".join(parts)


BODIES = _Bodies()


class _Datas(Contents[Vec[DataSegment]]):
    """datasec ::= vec(flags:u32 memory:u32 (if flags & 2) offset:expr (if not flags & 1) vec(byte))

    Reads where the bytes of each segment are; writes (segment, bytes) pairs.
    """

    section = "data"

    def new(self) -> Vec[DataSegment]:
        return Vec()

    def fill(self, data: bytes, out: Vec[DataSegment], base: int) -> int:
        out.base = base
        count, pos = read_u32(data, 0)
        starts, append, length = out.starts, out.append, len(data)
        starts.append(pos)
        for _ in range(count):
            flags, pos = read_u32(data, pos)
            memory, offset = 0, None
            if flags & 2:
                memory, pos = read_u32(data, pos)
            if not flags & 1:
                offset, pos = read_expr(data, pos)
            size, content = read_u32(data, pos)
            pos = content + size
            if pos > length:
                raise FormatError("invalid segment size", offset=content, expected=f"at most {length - content} bytes")
            append(DataSegment(flags, memory, offset, base + content, base + pos))
            starts.append(pos)
        return pos

    def write(self, value: Iterable[tuple[DataSegment, bytes]]) -> bytes:  # type: ignore[override]
        parts = list(map(_segment_bytes, value))
        return uleb(len(parts)) + b"".join(parts)


def _segment_bytes(segment_and_content: tuple[DataSegment, bytes]) -> bytes:
    segment, content = segment_and_content
    memory = uleb(segment.memory) if segment.flags & 2 else b""
    offset = EXPR.write(segment.offset) if segment.offset is not None else b""
    return uleb(segment.flags) + memory + offset + uleb(len(content)) + content


DATAS = _Datas()
