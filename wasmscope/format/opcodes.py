"""Every instruction: its opcode, its mnemonic and what follows it in the bytes.

    instr ::= opcode:byte immediate*  |  prefix:byte opcode:u32 immediate*

The rows are in `opcodes_core`, `opcodes_prefixed` and `opcodes_simd`; here they become one table with two look-ups,
by opcode (`row`) and by mnemonic (`rows_named`). Decoding, encoding and text all ask it.
"""

from __future__ import annotations

from typing import NamedTuple

from wasmscope.format import opcodes_core, opcodes_prefixed, opcodes_simd
from wasmscope.format.leb128 import uleb

UNDECODED = "?"
"""The mnemonic of bytes that are no instruction."""


class Opcode(NamedTuple):
    """One instruction of the table."""

    prefix: int
    """0xfb, 0xfc, 0xfd or 0xfe; 0 for an opcode of one byte."""
    number: int
    """The opcode, or the number after the prefix."""
    name: str
    """The mnemonic of the text format. select, ref.test and ref.cast have two opcodes each."""
    immediates: tuple[str, ...]
    """What follows the opcode: keys of IMMEDIATES."""
    alignment: int = 0
    """log2 of the natural alignment, for an instruction with a memarg."""

    @property
    def encoding(self) -> bytes:
        """The bytes of the opcode itself."""
        return bytes((self.prefix,)) + uleb(self.number) if self.prefix else bytes((self.number,))


IMMEDIATES = {
    "block": "a block type: 0x40, a value type, or a type index (s33)",
    "label": "a label, counted outwards (u32)",
    "labels": "a vector of labels and one more, the default",
    "catches": "a vector of catch clauses: a kind (byte), a tag where the kind has one, a label",
    "function": "a function index (u32)",
    "type": "a type index (u32)",
    "table": "a table index (u32)",
    "memory": "a memory index (u32)",
    "global": "a global index (u32)",
    "tag": "a tag index (u32)",
    "local": "a local index (u32)",
    "element": "an element segment index (u32)",
    "data": "a data segment index (u32)",
    "field": "a field index (u32)",
    "count": "a number of operands (u32)",
    "memarg": "log2 of the alignment (u32; bit 6 says that a memory index follows), an offset (u64)",
    "i32": "a signed number (s32)",
    "i64": "a signed number (s64)",
    "f32": "4 bytes",
    "f64": "8 bytes",
    "v128": "16 bytes",
    "lane": "a lane (byte)",
    "lanes": "16 lanes (a byte each)",
    "valtypes": "a vector of value types",
    "heap": "a heap type (s33)",
    "ref": "a heap type (s33), of a reference that cannot be null",
    "refnull": "a heap type (s33), of a reference that can be null",
    "castflags": "a byte: bit 0 says that the source can be null, bit 1 that the target can",
    "order": "a byte, 0: sequentially consistent",
}
"""What the words in `Opcode.immediates` stand for."""

INDICES = frozenset(kind for kind, what in IMMEDIATES.items() if what.endswith("(u32)"))
"""Immediates that are one u32."""

PATCHED = frozenset(("function", "type", "table", "global", "tag", "i32", "i64", "offset"))
"""Kinds of immediates that a relocation may patch, so that compilers write them at full width."""


def _opcode(prefix: int, number: int, name: str, words: str) -> Opcode:
    """One row of the table; `words` are IMMEDIATES' keys, a memarg's with its natural alignment: "memarg/4 lane"."""
    kinds = [word.partition("/") for word in words.split()]
    alignment = max((int(size).bit_length() - 1 for _, _, size in kinds if size), default=0)
    return Opcode(prefix, number, name, tuple(kind for kind, _, _ in kinds), alignment)


_GROUPS = (
    (0x00, opcodes_core.CORE),
    (0xFB, opcodes_prefixed.GC),
    (0xFC, opcodes_prefixed.MISC),
    (0xFD, opcodes_simd.SIMD),
    (0xFD, opcodes_simd.RELAXED_SIMD),
    (0xFD, opcodes_simd.HALF_PRECISION),
    (0xFE, opcodes_prefixed.ATOMIC),
)

OPCODES: tuple[Opcode, ...] = tuple(_opcode(prefix, *entry) for prefix, rows in _GROUPS for entry in rows)
"""The whole table."""

PREFIXES = frozenset(prefix for prefix, _ in _GROUPS if prefix)
"""Bytes after which the opcode follows as a u32."""

_BY_CODE = {(opcode.prefix, opcode.number): opcode for opcode in OPCODES}
_BY_NAME: dict[str, tuple[Opcode, ...]] = {}
for _row in OPCODES:
    _BY_NAME[_row.name] = (*_BY_NAME.get(_row.name, ()), _row)


def row(prefix: int, number: int) -> Opcode | None:
    """The instruction of opcode `number` behind `prefix` (0: no prefix); None when there is none."""
    return _BY_CODE.get((prefix, number))


def rows_named(name: str) -> tuple[Opcode, ...]:
    """The instructions of a mnemonic: one, or two that their immediates tell apart; none when it is unknown."""
    return _BY_NAME.get(name, ())
