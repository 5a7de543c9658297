"""Defined types, the entries of the type section: functions, and GC's structs, arrays, subtypes and recursion groups.

    rectype  ::= 0x4e n:u32 subtype^n | subtype
    subtype  ::= 0x50 supers comptype | 0x4f supers comptype (final) | comptype
    comptype ::= 0x60 functype | 0x5f field* | 0x5e field
    field    ::= (valtype | 0x78 i8 | 0x77 i16) 0x00 const | 0x01 var
"""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

from wasmscope.errors import FormatError
from wasmscope.format.leb128 import Codec, read_byte, read_u32, uleb
from wasmscope.format.types import (
    FuncType,
    ValueType,
    read_func_type,
    read_mutable,
    read_value_type,
    type_name,
    value_type_bytes,
    value_types_bytes,
)


class FieldType(NamedTuple):
    """A field of a struct or array; `storage` may be the packed 0x78 (i8) or 0x77 (i16)."""

    storage: ValueType
    mutable: bool

    def __str__(self) -> str:
        return f"(mut {type_name(self.storage)})" if self.mutable else type_name(self.storage)


class StructType(NamedTuple):
    """A GC struct."""

    fields: tuple[FieldType, ...]

    def __str__(self) -> str:
        return f"struct ({', '.join(map(str, self.fields))})"


class ArrayType(NamedTuple):
    """A GC array."""

    element: FieldType

    def __str__(self) -> str:
        return f"array {self.element}"


CompositeType: TypeAlias = FuncType | StructType | ArrayType


class SubType(NamedTuple):
    """A composite type that says which types it is a subtype of, or that it is open to subtypes."""

    final: bool
    supers: tuple[int, ...]
    body: CompositeType

    def __str__(self) -> str:
        return " ".join(["sub", *(["final"] if self.final else []), *map(str, self.supers), str(self.body)])


class RecMember(NamedTuple):
    """Type number `position` of the `size` types of one recursion group."""

    type: CompositeType | SubType
    position: int
    size: int

    def __str__(self) -> str:
        return f"rec {self.position + 1}/{self.size} {self.type}"


DefinedType: TypeAlias = CompositeType | SubType | RecMember
"""An entry of the type section's index space."""


def func_type(type: DefinedType) -> FuncType | None:
    """The signature in `type`, or None when it is a struct or an array."""
    if isinstance(type, RecMember):
        return func_type(type.type)
    if isinstance(type, SubType):
        return func_type(type.body)
    return type if isinstance(type, FuncType) else None


# --- codecs ---------------------------------------------------------------------------------------------------


def _read_field(data: bytes, pos: int) -> tuple[FieldType, int]:
    storage, pos = read_value_type(data, pos)
    mutable, pos = read_mutable(data, pos)
    return FieldType(storage, mutable), pos


def _field_bytes(field: FieldType) -> bytes:
    return value_type_bytes(field.storage) + bytes((field.mutable,))


def read_composite(data: bytes, pos: int) -> tuple[CompositeType, int]:
    """Read a function, struct or array type with its form byte."""
    form, start = read_byte(data, pos)
    if form == 0x60:
        return read_func_type(data, start)
    if form == 0x5E:
        field, pos = _read_field(data, start)
        return ArrayType(field), pos
    if form != 0x5F:
        raise FormatError("bad form", offset=pos, expected="0x60, 0x5f, 0x5e, 0x50, 0x4f or 0x4e")
    count, pos = read_u32(data, start)
    fields = []
    for _ in range(count):
        field, pos = _read_field(data, pos)
        fields.append(field)
    return StructType(tuple(fields)), pos


def composite_bytes(type: CompositeType) -> bytes:
    """A function, struct or array type with its form byte."""
    if isinstance(type, FuncType):
        return b"\x60" + value_types_bytes(type.params) + value_types_bytes(type.results)
    if isinstance(type, ArrayType):
        return b"\x5e" + _field_bytes(type.element)
    return b"\x5f" + uleb(len(type.fields)) + b"".join(map(_field_bytes, type.fields))


def read_subtype(data: bytes, pos: int) -> tuple[CompositeType | SubType, int]:
    """Read a subtype, or a composite type that stands for itself."""
    form, start = read_byte(data, pos)
    if form not in (0x50, 0x4F):
        return read_composite(data, pos)
    count, pos = read_u32(data, start)
    supers = []
    for _ in range(count):
        one, pos = read_u32(data, pos)
        supers.append(one)
    body, pos = read_composite(data, pos)
    return SubType(form == 0x4F, tuple(supers), body), pos


def subtype_bytes(type: CompositeType | SubType) -> bytes:
    """A subtype, or a composite type that stands for itself."""
    if not isinstance(type, SubType):
        return composite_bytes(type)
    form = b"\x4f" if type.final else b"\x50"
    return form + uleb(len(type.supers)) + b"".join(map(uleb, type.supers)) + composite_bytes(type.body)


SUBTYPE: Codec[CompositeType | SubType] = Codec(read_subtype, subtype_bytes)
