"""The bytes at the cursor read as numbers, text, a type and an instruction."""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence

from wasmscope.debugger.lines import CardLine, entry
from wasmscope.errors import FormatError
from wasmscope.format import opcodes
from wasmscope.format.leb128 import read_sleb, read_uleb, sleb, uleb
from wasmscope.format.types import VALUE_TYPE_NAMES

LONGEST = 16
"""Bytes that the readings look at."""
FLOATS = (("f32", "<f", 4), ("f64", "<d", 8))


def data_lines(data: bytes) -> list[CardLine]:
    """Every reading of `data`, the bytes from the cursor on (at most LONGEST)."""
    if not data:
        return []
    lines = [entry("bits", f"{data[0]:08b}")]
    for size in (1, 2, 4, 8):
        if len(data) >= size:
            lines += _integer(data[:size])
    for name, form, size in FLOATS:
        if len(data) >= size:
            lines.append(entry(name, f"{struct.unpack(form, data[:size])[0]:.9g}"))
    lines += [line for name, read, write in LEBS for line in _leb(name, data, read, write)]
    if data[0] in VALUE_TYPE_NAMES:
        lines.append(entry("type", VALUE_TYPE_NAMES[data[0]]))
    word = mnemonic(data)
    if word:
        lines.append(entry("opcode", word))
    return [*lines, entry("utf8", utf8(data))]


def _integer(data: bytes) -> list[CardLine]:
    unsigned, signed = (int.from_bytes(data, "little", signed=one) for one in (False, True))
    bits = 8 * len(data)
    first = entry(f"u{bits}", f"{unsigned}  {unsigned:#x}" if bits < 64 else f"{unsigned:#x}  {unsigned}")
    return [first, entry(f"i{bits}", str(signed))]


Read = Callable[[Sequence[int], int], tuple[int, int]]
LEBS: tuple[tuple[str, Read, Callable[[int], bytes]], ...] = (("uleb", read_uleb, uleb), ("sleb", read_sleb, sleb))


def _leb(name: str, data: bytes, read: Read, write: Callable[[int], bytes]) -> list[CardLine]:
    """A LEB128 number, how many bytes it takes, and how many it needs; nothing if the bytes are none."""
    try:
        value, end = read(data, 0)
    except (FormatError, IndexError):
        return []
    least = len(write(value))
    padded = f", needs {least}" if least != end else ""
    return [entry(name, f"{value}  in {end} byte{'s' * (end != 1)}{padded}")]


def mnemonic(data: bytes) -> str:
    """The instruction that begins with these bytes; "" if none does."""
    try:
        number = read_uleb(data, 1)[0] if data[0] in opcodes.PREFIXES else data[0]
    except FormatError:
        return ""
    found = opcodes.row(data[0] if data[0] in opcodes.PREFIXES else 0, number)
    return found.name if found is not None else ""


def utf8(data: bytes) -> str:
    """The bytes as text: what is no character of one is `·`."""
    text = data.decode("utf-8", "surrogateescape")
    if len(data) == LONGEST and "\udc80" <= text[-1] <= "\udcff":  # cut in the middle of a character, perhaps
        text = data[:LONGEST].decode("utf-8", "ignore")
    return "".join(one if one.isprintable() and not "\udc80" <= one <= "\udcff" else "·" for one in text)
