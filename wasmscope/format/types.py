"""Types: of values, tables, memories, globals and functions; what the type section defines is in `defined_types`.

    valtype    ::= 0x7f i32 | 0x7e i64 | 0x7d f32 | 0x7c f64 | 0x7b v128 | reftype
    reftype    ::= absheap | 0x63 heaptype (ref null) | 0x64 heaptype (ref)
    heaptype   ::= absheap | type index:s33
    limits     ::= flags:u32 min:u64 max:u64 (if flags & 1) page size log2:u32 (if flags & 8)
    tabletype  ::= reftype limits
    globaltype ::= valtype 0x00 const | 0x01 var
    functype   ::= params:valtype* results:valtype*

A value type is an int, the byte that stands for it, except typed references, which are `RefType`s.
"""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

from wasmscope.errors import FormatError
from wasmscope.format.leb128 import Codec, read_byte, read_sleb, read_u32, read_uleb, sleb, uleb

I32, I64, F32, F64, V128 = 0x7F, 0x7E, 0x7D, 0x7C, 0x7B
FUNCREF, EXTERNREF = 0x70, 0x6F
REF, REF_NULL = 0x64, 0x63

FUNCTION, TABLE, MEMORY, GLOBAL, TAG = range(5)
KIND_NAMES = ("function", "table", "memory", "global", "tag")
"""Names of the kinds of imports and exports, and so of their index spaces, by number."""
KIND_NUMBERS = {name: number for number, name in enumerate(KIND_NAMES)}


def kind_name(number: int) -> str:
    """A kind of imports and exports in a word; a number that nobody knows as it is."""
    return KIND_NAMES[number] if number < len(KIND_NAMES) else f"kind {number}"


_HEAP_NAMES = {
    0x75: "nocont", 0x74: "noexn", 0x73: "nofunc", 0x72: "noextern", 0x71: "none", 0x70: "func", 0x6F: "extern",
    0x6E: "any", 0x6D: "eq", 0x6C: "i31", 0x6B: "struct", 0x6A: "array", 0x69: "exn", 0x68: "cont",
}  # fmt: skip
_SHORT_REF_NAMES = {
    0x75: "nullcontref", 0x74: "nullexnref", 0x73: "nullfuncref", 0x72: "nullexternref", 0x71: "nullref",
}  # fmt: skip
VALUE_TYPE_NAMES = {
    I32: "i32", I64: "i64", F32: "f32", F64: "f64", V128: "v128", 0x78: "i8", 0x77: "i16",
    **{byte: f"{name}ref" for byte, name in _HEAP_NAMES.items()}, **_SHORT_REF_NAMES,
}  # fmt: skip
"""Name of each value type (and packed storage type) that is one byte."""


class RefType(NamedTuple):
    """A typed reference. `heap` is a type index, or an abstract heap type as the negative number it is encoded as."""

    nullable: bool
    heap: int

    def __str__(self) -> str:
        return f"(ref {'null ' if self.nullable else ''}{heap_name(self.heap)})"


ValueType: TypeAlias = int | RefType


def heap_name(heap: int) -> str:
    """The text of a heap type: "func", "extern", …, or the type index."""
    return str(heap) if heap >= 0 else _HEAP_NAMES.get(heap & 127, f"heap type {heap & 127:#04x}")


def type_name(type: ValueType) -> str:
    """The text of a value type: "i32", "funcref", "(ref null 3)"."""
    return VALUE_TYPE_NAMES.get(type, f"type {type:#04x}") if isinstance(type, int) else str(type)


class FuncType(NamedTuple):
    """A function's signature."""

    params: tuple[ValueType, ...]
    results: tuple[ValueType, ...]

    def __str__(self) -> str:
        results = ", ".join(map(type_name, self.results)) or "nil"
        params = ", ".join(map(type_name, self.params))
        return f"({params}) -> {f'({results})' if len(self.results) > 1 else results}"


LIMITS_HAS_MAX, LIMITS_SHARED, LIMITS_64, LIMITS_PAGE_SIZE = 1, 2, 4, 8


class Limits(NamedTuple):
    """Bounds of a table or memory, in elements or pages."""

    flags: int
    min: int
    max: int | None = None
    page_log2: int | None = None

    @property
    def shared(self) -> bool:
        """Whether threads may share the memory."""
        return bool(self.flags & LIMITS_SHARED)

    @property
    def is64(self) -> bool:
        """Whether addresses are 64 bits wide."""
        return bool(self.flags & LIMITS_64)

    def __str__(self) -> str:
        words = ["i64"] if self.is64 else []
        words += [str(self.min)] if self.max is None else [str(self.min), str(self.max)]
        words += ["shared"] if self.shared else []
        if self.page_log2 is not None:
            words.append(f"(pagesize {1 << self.page_log2 if self.page_log2 < 64 else f'2^{self.page_log2}'})")
        return " ".join(words)


class TableType(NamedTuple):
    """What a table holds, and how many."""

    elem: ValueType
    limits: Limits

    def __str__(self) -> str:
        return f"{self.limits} {type_name(self.elem)}"


class GlobalType(NamedTuple):
    """What a global holds, and whether it can be set."""

    type: ValueType
    mutable: bool

    def __str__(self) -> str:
        return f"(mut {type_name(self.type)})" if self.mutable else type_name(self.type)


# --- codecs ---------------------------------------------------------------------------------------------------


def read_value_type(data: bytes, pos: int) -> tuple[ValueType, int]:
    """Read a value type or packed storage type; a byte that is none is kept, as in LLVM's reader."""
    byte, pos = read_byte(data, pos)
    if byte not in (REF, REF_NULL):
        return byte, pos
    heap, pos = read_sleb(data, pos)
    return RefType(byte == REF_NULL, heap), pos


def value_type_bytes(type: ValueType) -> bytes:
    """A value type's bytes."""
    return bytes((type,)) if isinstance(type, int) else bytes((REF_NULL if type.nullable else REF,)) + sleb(type.heap)


def read_value_types(data: bytes, pos: int) -> tuple[tuple[ValueType, ...], int]:
    """Read a vector of value types."""
    count, start = read_u32(data, pos)
    end = start + count
    raw = data[start:end]
    if REF not in raw and REF_NULL not in raw and len(raw) == count:
        return tuple(raw), end
    types: list[ValueType] = []
    pos = start
    for _ in range(count):
        one, pos = read_value_type(data, pos)
        types.append(one)
    return tuple(types), pos


def value_types_bytes(types: tuple[ValueType, ...]) -> bytes:
    """A vector of value types."""
    return uleb(len(types)) + b"".join(map(value_type_bytes, types))


def read_limits(data: bytes, pos: int) -> tuple[Limits, int]:
    """Read limits; flags that are not known yet are kept and mean nothing."""
    flags, pos = read_u32(data, pos)
    least, pos = read_uleb(data, pos)
    most = page_log2 = None
    if flags & LIMITS_HAS_MAX:
        most, pos = read_uleb(data, pos)
    if flags & LIMITS_PAGE_SIZE:
        page_log2, pos = read_u32(data, pos)
    return Limits(flags, least, most, page_log2), pos


def limits_bytes(limits: Limits) -> bytes:
    """The bytes of limits; `max` and `page_log2` must agree with `flags`."""
    raw = uleb(limits.flags) + uleb(limits.min)
    if limits.flags & LIMITS_HAS_MAX:
        raw += uleb(limits.max or 0)
    if limits.flags & LIMITS_PAGE_SIZE:
        raw += uleb(limits.page_log2 or 0)
    return raw


def read_table_type(data: bytes, pos: int) -> tuple[TableType, int]:
    """Read a table type."""
    elem, pos = read_value_type(data, pos)
    limits, pos = read_limits(data, pos)
    return TableType(elem, limits), pos


def table_type_bytes(type: TableType) -> bytes:
    """A table type's bytes."""
    return value_type_bytes(type.elem) + limits_bytes(type.limits)


def read_mutable(data: bytes, pos: int) -> tuple[bool, int]:
    """Read a mutability byte."""
    flag, end = read_byte(data, pos)
    if flag > 1:
        raise FormatError("LEB is outside Varuint1 range", offset=pos, expected="0 (const) or 1 (var)")
    return flag == 1, end


def read_global_type(data: bytes, pos: int) -> tuple[GlobalType, int]:
    """Read a global's type."""
    type, pos = read_value_type(data, pos)
    mutable, pos = read_mutable(data, pos)
    return GlobalType(type, mutable), pos


def global_type_bytes(type: GlobalType) -> bytes:
    """A global type's bytes."""
    return value_type_bytes(type.type) + bytes((type.mutable,))


def read_func_type(data: bytes, pos: int) -> tuple[FuncType, int]:
    """Read params and results (what follows 0x60)."""
    params, pos = read_value_types(data, pos)
    results, pos = read_value_types(data, pos)
    return FuncType(params, results), pos


VALUE_TYPE: Codec[ValueType] = Codec(read_value_type, value_type_bytes)
VALUE_TYPES: Codec[tuple[ValueType, ...]] = Codec(read_value_types, value_types_bytes)
LIMITS: Codec[Limits] = Codec(read_limits, limits_bytes)
TABLE_TYPE: Codec[TableType] = Codec(read_table_type, table_type_bytes)
GLOBAL_TYPE: Codec[GlobalType] = Codec(read_global_type, global_type_bytes)
