"""LEB128 numbers and names, and `Codec`, which everything in this room is made of.

    u32, u64 ::= ULEB128      s32, s64 ::= SLEB128      name ::= n:u32 byte^n (UTF-8)

Seven bits a byte, the lowest first; the top bit says that another byte follows. A linker pads a number that a
relocation patches to its full width, so readers take any number of redundant bytes, as LLVM's reader does.

Positions are indices into the `data` that is read. A FormatError raised here says its offset in the same way; the
gateway that knows the file (`module.read`) adds where the data came from.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from wasmscope.errors import FormatError

T = TypeVar("T")

EXTENDS_PAST_END = "malformed uleb128, extends past end"
TOO_BIG = "uleb128 too big for uint64"


def uleb_tail(data: Sequence[int], pos: int, first: int) -> tuple[int, int]:
    """The rest of a 32-bit ULEB128 whose byte before `pos` was `first` (128 or more): its value and the end.

    Loops that read millions of numbers handle the one-byte case themselves and come here for the others.
    """
    second = data[pos]
    if second < 128:
        return first & 127 | second << 7, pos + 1
    third = data[pos + 1]
    value = first & 127 | (second & 127) << 7
    if third < 128:
        return value | third << 14, pos + 2
    fourth = data[pos + 2]
    value |= (third & 127) << 14
    if fourth < 128:
        return value | fourth << 21, pos + 3
    fifth = data[pos + 3]
    if fifth < 16:
        return value | (fourth & 127) << 21 | fifth << 28, pos + 4
    value, end = read_uleb(data, pos - 1)
    if value > 0xFFFFFFFF:
        raise FormatError("LEB is outside Varuint32 range", offset=pos - 1, expected="at most 32 bits")
    return value, end


def read_uleb(data: Sequence[int], pos: int) -> tuple[int, int]:
    """Read an unsigned number of at most 64 bits at `pos`: its value and the position after it."""
    start, value, shift = pos, 0, 0
    try:
        while True:
            byte = data[pos]
            pos += 1
            value |= (byte & 127) << shift
            if byte < 128:
                break
            shift += 7
    except IndexError:
        raise FormatError(EXTENDS_PAST_END, offset=start) from None
    if value >> 64:
        raise FormatError(TOO_BIG, offset=start, expected="at most 64 bits")
    return value, pos


def read_u32(data: Sequence[int], pos: int) -> tuple[int, int]:
    """Read an unsigned number of at most 32 bits at `pos`: its value and the position after it."""
    if pos < len(data) and data[pos] < 128:
        return data[pos], pos + 1
    value, end = read_uleb(data, pos)
    if value > 0xFFFFFFFF:
        raise FormatError("LEB is outside Varuint32 range", offset=pos, expected="at most 32 bits")
    return value, end


def read_sleb(data: Sequence[int], pos: int) -> tuple[int, int]:
    """Read a signed number of at most 64 bits at `pos`: its value and the position after it."""
    start, value, shift = pos, 0, 0
    try:
        while True:
            byte = data[pos]
            pos += 1
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                break
    except IndexError:
        raise FormatError("malformed sleb128, extends past end", offset=start) from None
    if byte & 64:
        value -= 1 << shift
    if not -(1 << 63) <= value < 1 << 63:
        raise FormatError("sleb128 too big for int64", offset=start, expected="at most 64 bits")
    return value, pos


_SMALL = tuple(bytes((byte,)) for byte in range(128))


def uleb(value: int, width: int = 0) -> bytes:
    """`value` (0 or more) as ULEB128; with `width`, padded to that many bytes."""
    if not width:
        if 0 <= value < 128:
            return _SMALL[value]
        if 128 <= value < 0x4000:
            return bytes((value & 127 | 128, value >> 7))
        if 0x4000 <= value < 0x200000:
            return bytes((value & 127 | 128, value >> 7 & 127 | 128, value >> 14))
    if value < 0:
        raise OverflowError(f"{value} is negative")
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    out.append(value)
    return _padded(out, width, 0)


def sleb(value: int, width: int = 0) -> bytes:
    """`value` as SLEB128; with `width`, padded to that many bytes."""
    if not width:
        if -0x40 <= value < 0x40:
            return _SMALL[value & 127]
        if -0x2000 <= value < 0x2000:
            return bytes((value & 127 | 128, value >> 7 & 127))
        if -0x100000 <= value < 0x100000:
            return bytes((value & 127 | 128, value >> 7 & 127 | 128, value >> 14 & 127))
    out = bytearray()
    while not -64 <= value < 64:
        out.append(value & 127 | 128)
        value >>= 7
    out.append(value & 127)
    return _padded(out, width, 127 if value < 0 else 0)


def _padded(out: bytearray, width: int, fill: int) -> bytes:
    missing = width - len(out)
    if width and missing < 0:
        raise ValueError(f"the number needs {len(out)} bytes, more than {width}")
    if missing > 0:
        out[-1] |= 128
        out += bytes((fill | 128,)) * (missing - 1) + bytes((fill,))
    return bytes(out)


def read_name(data: bytes, pos: int) -> tuple[str, int]:
    """Read a name at `pos`: the string (invalid UTF-8 kept as surrogates) and the position after it."""
    size, start = read_u32(data, pos)
    end = start + size
    if end > len(data):
        left = len(data) - start
        raise FormatError("EOF while reading string", offset=pos, expected=f"at most {left} bytes")
    return str(data[start:end], "utf-8", "surrogateescape"), end


def name_bytes(name: str) -> bytes:
    """`name` with its length before it."""
    raw = name.encode("utf-8", "surrogateescape")
    return uleb(len(raw)) + raw


def read_byte(data: Sequence[int], pos: int) -> tuple[int, int]:
    """Read one byte at `pos`."""
    try:
        return data[pos], pos + 1
    except IndexError:
        raise FormatError("EOF while reading uint8", offset=pos) from None


class Codec(Generic[T]):
    """Reads from bytes in memory at a position, and writes bytes: the two directions of a record stand together.

    `declared.InConstruct` makes a construct of one, for records that are declared with construct's words. Those are
    few, and construct takes longer to load than most objects to link: nothing else loads it.
    """

    def __init__(
        self,
        read: Callable[[bytes, int], tuple[T, int]] | None = None,
        write: Callable[[T], bytes] | None = None,
    ) -> None:
        if read is not None and write is not None:
            self.read, self.write = read, write  # type: ignore[assignment,method-assign]

    def read(self, data: bytes, pos: int) -> tuple[T, int]:
        """The value at `pos`, and the position after it."""
        raise NotImplementedError

    def write(self, value: T) -> bytes:
        """The bytes of `value`."""
        raise NotImplementedError

    def parse(self, data: bytes) -> T:
        """The value at the start of `data`."""
        return self.read(data, 0)[0]

    def build(self, value: T) -> bytes:
        """The bytes of `value`: `write`, by the name that goes with `parse`."""
        return self.write(value)


U8: Codec[int] = Codec(read_byte, lambda value: bytes((value,)))
U32: Codec[int] = Codec(read_u32, uleb)
ULEB: Codec[int] = Codec(read_uleb, uleb)
SLEB: Codec[int] = Codec(read_sleb, sleb)
String: Codec[str] = Codec(read_name, name_bytes)
