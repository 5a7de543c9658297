"""What follows an opcode: numbers, types and constants, with the bytes they came from.

    u32 ::= ULEB128    s33 ::= SLEB128    byte    f32 ::= byte^4    f64 ::= byte^8    v128 ::= byte^16
    memarg ::= flags:u32 (memory:u32 if flags & 64) offset:u64
    catch  ::= 0x00 tag label | 0x01 tag label | 0x02 label | 0x03 label

A reader takes the data and a position, and gives immediates and the position after them. Running off the end is found
by the walk in `code`, so readers need no bounds of their own. A compiler pads a number that a relocation patches to
its full width: redundant bytes are welcome.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, TypeAlias

from wasmscope.errors import FormatError
from wasmscope.format.leb128 import read_sleb, read_u32, read_uleb, uleb_tail
from wasmscope.format.opcodes import IMMEDIATES, INDICES
from wasmscope.format.types import REF, REF_NULL, VALUE_TYPE_NAMES, FuncType, RefType, read_value_type


class Immediate(NamedTuple):
    """One number, type or constant in an instruction.

    `kind` says what `value` is:
    label, function, type, table, memory, global, tag, local, element, data, field, count, lane, order, castflags: int;
    align: log2 of the alignment in bytes; offset: bytes; i32, i64: a signed int; f32, f64: the raw bits, as an int;
    v128: 16 bytes; block: a FuncType, () -> () or of one result (a block that names its type has the kind "type");
    valtype: a ValueType; heap: a heap type as in RefType.heap; reftype: a RefType;
    catch: a clause's kind, 0 catch, 1 catch_ref, 2 catch_all, 3 catch_all_ref;
    bytes and error: what a lenient walk could not decode, and why.
    """

    kind: str
    value: Any
    start: int
    """Offset of its first byte in the file."""
    end: int
    """Offset after its last byte."""


Read: TypeAlias = Callable[[bytes, int], tuple[tuple[Immediate, ...], int]]

_new = tuple.__new__


def _index(kind: str) -> Read:
    def read(data: bytes, pos: int) -> tuple[tuple[Immediate, ...], int]:
        value, end = data[pos], pos + 1
        if value > 127:
            value, end = uleb_tail(data, end, value)
        return (_new(Immediate, (kind, value, pos, end)),), end

    return read


def _signed(kind: str, bits: int) -> Read:
    least, most = -1 << bits - 1, 1 << bits - 1

    def read(data: bytes, pos: int) -> tuple[tuple[Immediate, ...], int]:
        value, end = data[pos], pos + 1
        if value > 127:
            value, end = read_sleb(data, pos)
            if not least <= value < most:
                raise FormatError(f"LEB is outside Varint{bits} range", offset=pos, expected=f"at most {bits} bits")
        elif value > 63:
            value -= 128
        return (_new(Immediate, (kind, value, pos, end)),), end

    return read


def _fixed(kind: str, size: int) -> Read:
    def read(data: bytes, pos: int) -> tuple[tuple[Immediate, ...], int]:
        end = pos + size
        raw = bytes(data[pos:end])
        if len(raw) < size:
            raise IndexError
        value = raw if kind == "v128" else int.from_bytes(raw, "little")
        return (Immediate(kind, value, pos, end),), end

    return read


def _memarg(data: bytes, pos: int) -> tuple[tuple[Immediate, ...], int]:
    flags, here = data[pos], pos + 1
    if flags > 127:
        flags, here = uleb_tail(data, here, flags)
    if flags > 127:
        raise FormatError("malformed memarg flags", offset=pos, expected="less than 128")
    align = _new(Immediate, ("align", flags & 63, pos, here))
    memory: tuple[Immediate, ...] = ()
    if flags & 64:
        memory, here = _READERS["memory"](data, here)
    offset, end = data[here], here + 1
    if offset > 127:
        offset, end = read_uleb(data, here)
    return (align, *memory, _new(Immediate, ("offset", offset, here, end))), end


_BLOCKS = {0x40: FuncType((), ()), **{byte: FuncType((), (byte,)) for byte in VALUE_TYPE_NAMES}}


def _block(data: bytes, pos: int) -> tuple[tuple[Immediate, ...], int]:
    byte = data[pos]
    known = _BLOCKS.get(byte)
    if known is not None:
        return (Immediate("block", known, pos, pos + 1),), pos + 1
    if byte in (REF, REF_NULL):
        type, end = read_value_type(data, pos)
        return (Immediate("block", FuncType((), (type,)), pos, end),), end
    index, end = read_sleb(data, pos)
    if not 0 <= index < 1 << 32:
        raise FormatError("invalid block type", offset=pos, expected=IMMEDIATES["block"])
    return (Immediate("type", index, pos, end),), end


def _heap_type(data: bytes, pos: int) -> tuple[int, int]:
    heap, end = read_sleb(data, pos)
    if not -64 <= heap < 1 << 32:
        raise FormatError("invalid heap type", offset=pos, expected=IMMEDIATES["heap"])
    return heap, end


def _heap(data: bytes, pos: int) -> tuple[tuple[Immediate, ...], int]:
    heap, end = _heap_type(data, pos)
    return (Immediate("heap", heap, pos, end),), end


def _reference(nullable: bool) -> Read:
    def read(data: bytes, pos: int) -> tuple[tuple[Immediate, ...], int]:
        heap, end = _heap_type(data, pos)
        return (Immediate("reftype", RefType(nullable, heap), pos, end),), end

    return read


def _valtype(data: bytes, pos: int) -> tuple[tuple[Immediate, ...], int]:
    type, end = read_value_type(data, pos)
    if isinstance(type, int) and type not in VALUE_TYPE_NAMES:
        raise FormatError(f"invalid value type {type:#04x}", offset=pos)
    return (Immediate("valtype", type, pos, end),), end


def _byte(kind: str) -> Read:
    def read(data: bytes, pos: int) -> tuple[tuple[Immediate, ...], int]:
        return (Immediate(kind, data[pos], pos, pos + 1),), pos + 1

    return read


def _catch(data: bytes, pos: int) -> tuple[tuple[Immediate, ...], int]:
    kind = data[pos]
    if kind > 3:
        raise FormatError("invalid catch clause", offset=pos, expected="0, 1, 2 or 3")
    tag, here = _READERS["tag"](data, pos + 1) if kind < 2 else ((), pos + 1)
    label, end = _READERS["label"](data, here)
    return (Immediate("catch", kind, pos, pos + 1), *tag, *label), end


def _vector(read_one: Read, extra: int = 0) -> Read:
    """A counted vector, and `extra` more after it; the count itself is not among the immediates."""

    def read(data: bytes, pos: int) -> tuple[tuple[Immediate, ...], int]:
        count, pos = read_u32(data, pos)
        out: list[Immediate] = []
        for _ in range(count + extra):
            more, pos = read_one(data, pos)
            out += more
        return tuple(out), pos

    return read


def _row(*parts: Read) -> Read:
    def read(data: bytes, pos: int) -> tuple[tuple[Immediate, ...], int]:
        out: tuple[Immediate, ...] = ()
        for part in parts:
            more, pos = part(data, pos)
            out += more
        return out, pos

    return read


_READERS: dict[str, Read] = {
    **{kind: _index(kind) for kind in INDICES},
    **{kind: _byte(kind) for kind in ("lane", "castflags", "order")},
    "i32": _signed("i32", 32), "i64": _signed("i64", 64),
    "f32": _fixed("f32", 4), "f64": _fixed("f64", 8), "v128": _fixed("v128", 16),
    "memarg": _memarg, "block": _block, "catches": _vector(_catch), "valtypes": _vector(_valtype),
    "heap": _heap, "ref": _reference(False), "refnull": _reference(True),
    "lanes": _row(*(_byte("lane") for _ in range(16))),
}  # fmt: skip
_READERS["labels"] = _vector(_READERS["label"], extra=1)


def reader(words: tuple[str, ...]) -> Read | None:
    """The reader of an instruction's immediates (keys of IMMEDIATES); None when it has none."""
    parts = [_READERS[word] for word in words]
    return parts[0] if len(parts) == 1 else _row(*parts) if parts else None
