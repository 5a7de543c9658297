"""The sections of the core format, in the order in which a file has them. Each codec stands under its grammar.

The vectors that every object has, or that are long, are looped over by hand; the others are declared.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from wasmscope.errors import FormatError
from wasmscope.format.bodies import BODIES, Body
from wasmscope.format.datas import DATAS, DataSegment
from wasmscope.format.defined_types import DefinedType, RecMember, read_subtype, subtype_bytes
from wasmscope.format.elements import ELEMENTS, Element
from wasmscope.format.expr import EXPR, ConstExpr, expr_bytes, read_expr
from wasmscope.format.indices import Indices
from wasmscope.format.leb128 import U32, Codec, name_bytes, read_byte, read_name, read_u32, uleb, uleb_tail
from wasmscope.format.types import (
    FUNCTION,
    GLOBAL,
    GLOBAL_TYPE,
    LIMITS,
    MEMORY,
    TABLE,
    TABLE_TYPE,
    TAG,
    FuncType,
    GlobalType,
    Limits,
    TableType,
    global_type_bytes,
    read_global_type,
    read_table_type,
    read_value_types,
    table_type_bytes,
)
from wasmscope.format.vectors import Contents, Vec, Vector

__all__ = [
    "BODIES", "DATACOUNT", "DATAS", "ELEMENTS", "EXPORTS", "FUNCTIONS", "GLOBALS", "IMPORTS", "MEMORIES",
    "START", "TABLES", "TAGS", "TAG_TYPE", "TYPES", "Body", "DataSegment", "Element",
    "Export", "Global", "Import", "Table", "export_bytes", "global_bytes", "import_bytes",
]  # fmt: skip


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
        parts = list(map(import_bytes, value))
        return uleb(len(parts)) + b"".join(parts)


def import_bytes(one: Import) -> bytes:
    """The bytes of one import."""
    return name_bytes(one.module) + name_bytes(one.name) + bytes((one.kind,)) + _IMPORT_DESC[one.kind].write(one.desc)


IMPORTS = _Imports()


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


def _read_global(data: bytes, pos: int) -> tuple[Global, int]:
    type, pos = read_global_type(data, pos)
    init, pos = read_expr(data, pos)
    return Global(type, init), pos


def global_bytes(one: Global) -> bytes:
    """The bytes of one global."""
    return global_type_bytes(one.type) + expr_bytes(one.init)


# globalsec ::= vec(globaltype expr)
GLOBALS: Vector[Global] = Vector("global", Codec(_read_global, global_bytes))


def _read_export(data: bytes, pos: int) -> tuple[Export, int]:
    name, pos = read_name(data, pos)
    kind, pos = read_byte(data, pos)
    index, pos = read_u32(data, pos)
    return Export(name, kind, index), pos


def export_bytes(one: Export) -> bytes:
    """The bytes of one export."""
    return name_bytes(one.name) + bytes((one.kind,)) + uleb(one.index)


# exportsec ::= vec(name kind:byte index:u32)
EXPORTS: Vector[Export] = Vector("export", Codec(_read_export, export_bytes))


# startsec ::= function index:u32
START = U32


# datacountsec ::= u32
DATACOUNT = U32
