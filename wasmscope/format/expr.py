"""Constant expressions: initial values of globals and tables, offsets of segments.

    expr  ::= instr* 0x0b
    instr ::= 0x41 i32.const s32 | 0x42 i64.const s64 | 0x43 f32.const u32le | 0x44 f64.const u64le
            | 0x23 global.get u32 | 0xd0 ref.null heaptype | 0xd2 ref.func u32 | 0xfd 12 v128.const u128le
            | 0x6a i32.add … 0x7e i64.mul | 0xfb n GC constructors

Floats and vectors are kept as the integer that their bits make, so that every NaN survives.
"""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

from wasmscope.errors import FormatError
from wasmscope.format.leb128 import SLEB, U32, Codec, read_byte, read_u32, sleb
from wasmscope.format.types import heap_name


class Instr(NamedTuple):
    """One constant instruction: its name in the text format, and its operands."""

    opcode: str
    args: tuple[int, ...] = ()

    def __str__(self) -> str:
        if self.opcode == "ref.null":
            return f"ref.null {heap_name(self.args[0])}"
        if self.opcode in _BITS:
            return f"{self.opcode} bits {self.args[0]:#0{_BITS[self.opcode] // 4 + 2}x}"
        return " ".join([self.opcode, *map(str, self.args)])


_BITS = {"f32.const": 32, "f64.const": 64, "v128.const": 128}

ConstExpr: TypeAlias = tuple[Instr, ...]
"""Instructions, the last one "end"."""

END = Instr("end")


def _bits(size: int) -> Codec[int]:
    """An integer of `size` bytes, little endian."""

    def read(data: bytes, pos: int) -> tuple[int, int]:
        if pos + size > len(data):
            raise FormatError(f"EOF while reading float{size * 8}", offset=pos, expected=f"{size} bytes")
        return int.from_bytes(data[pos : pos + size], "little"), pos + size

    return Codec(read, lambda value: value.to_bytes(size, "little"))


_OPERANDS: dict[tuple[int, ...], tuple[str, tuple[Codec[int], ...]]] = {
    (0x0B,): ("end", ()),
    (0x23,): ("global.get", (U32,)),
    (0x41,): ("i32.const", (SLEB,)),
    (0x42,): ("i64.const", (SLEB,)),
    (0x43,): ("f32.const", (_bits(4),)),
    (0x44,): ("f64.const", (_bits(8),)),
    (0x6A,): ("i32.add", ()),
    (0x6B,): ("i32.sub", ()),
    (0x6C,): ("i32.mul", ()),
    (0x7C,): ("i64.add", ()),
    (0x7D,): ("i64.sub", ()),
    (0x7E,): ("i64.mul", ()),
    (0xD0,): ("ref.null", (SLEB,)),
    (0xD2,): ("ref.func", (U32,)),
    (0xFB, 0): ("struct.new", (U32,)),
    (0xFB, 1): ("struct.new_default", (U32,)),
    (0xFB, 6): ("array.new", (U32,)),
    (0xFB, 7): ("array.new_default", (U32,)),
    (0xFB, 8): ("array.new_fixed", (U32, U32)),
    (0xFB, 26): ("any.convert_extern", ()),
    (0xFB, 27): ("extern.convert_any", ()),
    (0xFB, 28): ("ref.i31", ()),
    (0xFD, 12): ("v128.const", (_bits(16),)),
}
_BY_NAME = {name: (bytes(code), operands) for code, (name, operands) in _OPERANDS.items()}


def read_instr(data: bytes, pos: int) -> tuple[Instr, int]:
    """Read one constant instruction."""
    start = pos
    byte, pos = read_byte(data, pos)
    code: tuple[int, ...] = (byte,)
    if byte in (0xFB, 0xFD):
        number, pos = read_u32(data, pos)
        code = (byte, number)
    known = _OPERANDS.get(code)
    if known is None:
        raise FormatError(f"invalid opcode in init_expr: {byte}", offset=start, expected="a constant instruction")
    args = []
    for operand in known[1]:
        arg, pos = operand.read(data, pos)
        args.append(arg)
    return Instr(known[0], tuple(args)), pos


def instr_bytes(instr: Instr) -> bytes:
    """The bytes of one constant instruction."""
    code, operands = _BY_NAME[instr.opcode]
    return code + b"".join(operand.write(arg) for operand, arg in zip(operands, instr.args, strict=True))


_SMALL = {value: (Instr("i32.const", (value,)), END) for value in range(-64, 64)}


def read_expr(data: bytes, pos: int) -> tuple[ConstExpr, int]:
    """Read an expression up to and with its `end`."""
    if data[pos : pos + 1] == b"\x41" and data[pos + 2 : pos + 3] == b"\x0b" and data[pos + 1] < 128:
        value = data[pos + 1]  # nearly every segment of an object starts at 0
        return _SMALL[value - 128 if value > 63 else value], pos + 3
    instrs = []
    while True:
        instr, pos = read_instr(data, pos)
        instrs.append(instr)
        if instr == END:
            return tuple(instrs), pos


def expr_bytes(expr: ConstExpr) -> bytes:
    """The bytes of an expression; numbers take no more bytes than they need."""
    if len(expr) == 2 and expr[0].opcode == "i32.const" and expr[1] == END:  # nearly every one
        return b"\x41" + sleb(expr[0].args[0]) + b"\x0b"
    return b"".join(map(instr_bytes, expr))


def const_expr(value: int, is64: bool = False) -> ConstExpr:
    """The expression for an address or table slot: `i32.const value` (taken as signed) or `i64.const value`."""
    bits = 64 if is64 else 32
    value &= (1 << bits) - 1
    value -= (value >> bits - 1) << bits
    return (Instr(f"i{bits}.const", (value,)), END)


EXPR: Codec[ConstExpr] = Codec(read_expr, expr_bytes)
