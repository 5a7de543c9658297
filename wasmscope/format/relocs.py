"""Relocation types: the table of what each means, and how a value is written at a site of each type."""

from __future__ import annotations

from typing import NamedTuple

from wasmscope.errors import FormatError
from wasmscope.format.leb128 import read_sleb, read_uleb, sleb, uleb


class RelocType(NamedTuple):
    """What a relocation type means: how its site is written, and what its index must name."""

    number: int
    name: str
    encoding: str
    """ "uleb" or "sleb" (padded to `width` bytes), or "le" (little endian)."""
    bits: int
    """Bits of the value: 32 or 64."""
    addend: bool
    symbol_kind: str
    """What the index names: "function", "data", "global", "tag", "table", "section" or "type"."""
    summary: str
    """What is written at the site."""
    relative: bool = False
    """Counts from the memory or table base that position independent code is given."""
    tls: bool = False
    """Counts from the start of the thread's own block."""

    @property
    def width(self) -> int:
        """Bytes of the site."""
        return self.bits // 8 if self.encoding == "le" else (5 if self.bits == 32 else 10)


_SLOT, _ADDRESS, _OFFSET = "table slot", "address", "offset of the body in the code section"
_FROM_BASE, _IN_BLOCK = "address from the memory base", "offset in the thread's block"

# fmt: off
RELOC_TYPES = (
    #         number, name, encoding, bits, addend, symbol kind, what is written, relative, tls
    RelocType(0, "R_WASM_FUNCTION_INDEX_LEB", "uleb", 32, False, "function", "function index"),
    RelocType(1, "R_WASM_TABLE_INDEX_SLEB", "sleb", 32, False, "function", _SLOT),
    RelocType(2, "R_WASM_TABLE_INDEX_I32", "le", 32, False, "function", _SLOT),
    RelocType(3, "R_WASM_MEMORY_ADDR_LEB", "uleb", 32, True, "data", _ADDRESS),
    RelocType(4, "R_WASM_MEMORY_ADDR_SLEB", "sleb", 32, True, "data", _ADDRESS),
    RelocType(5, "R_WASM_MEMORY_ADDR_I32", "le", 32, True, "data", _ADDRESS),
    RelocType(6, "R_WASM_TYPE_INDEX_LEB", "uleb", 32, False, "type", "type index"),
    RelocType(7, "R_WASM_GLOBAL_INDEX_LEB", "uleb", 32, False, "global", "global index"),
    RelocType(8, "R_WASM_FUNCTION_OFFSET_I32", "le", 32, True, "function", _OFFSET),
    RelocType(9, "R_WASM_SECTION_OFFSET_I32", "le", 32, True, "section", "offset in the section"),
    RelocType(10, "R_WASM_TAG_INDEX_LEB", "uleb", 32, False, "tag", "tag index"),
    RelocType(11, "R_WASM_MEMORY_ADDR_REL_SLEB", "sleb", 32, True, "data", _FROM_BASE, True),
    RelocType(12, "R_WASM_TABLE_INDEX_REL_SLEB", "sleb", 32, False, "function", f"{_SLOT} from the table base", True),
    RelocType(13, "R_WASM_GLOBAL_INDEX_I32", "le", 32, False, "global", "global index"),
    RelocType(14, "R_WASM_MEMORY_ADDR_LEB64", "uleb", 64, True, "data", _ADDRESS),
    RelocType(15, "R_WASM_MEMORY_ADDR_SLEB64", "sleb", 64, True, "data", _ADDRESS),
    RelocType(16, "R_WASM_MEMORY_ADDR_I64", "le", 64, True, "data", _ADDRESS),
    RelocType(17, "R_WASM_MEMORY_ADDR_REL_SLEB64", "sleb", 64, True, "data", _FROM_BASE, True),
    RelocType(18, "R_WASM_TABLE_INDEX_SLEB64", "sleb", 64, False, "function", _SLOT),
    RelocType(19, "R_WASM_TABLE_INDEX_I64", "le", 64, False, "function", _SLOT),
    RelocType(20, "R_WASM_TABLE_NUMBER_LEB", "uleb", 32, False, "table", "table number"),
    RelocType(21, "R_WASM_MEMORY_ADDR_TLS_SLEB", "sleb", 32, True, "data", _IN_BLOCK, False, True),
    RelocType(22, "R_WASM_FUNCTION_OFFSET_I64", "le", 64, True, "function", _OFFSET),
    RelocType(23, "R_WASM_MEMORY_ADDR_LOCREL_I32", "le", 32, True, "data", f"{_ADDRESS} from the site itself"),
    RelocType(24, "R_WASM_TABLE_INDEX_REL_SLEB64", "sleb", 64, False, "function", f"{_SLOT} from the table base", True),
    RelocType(25, "R_WASM_MEMORY_ADDR_TLS_SLEB64", "sleb", 64, True, "data", _IN_BLOCK, False, True),
    RelocType(26, "R_WASM_FUNCTION_INDEX_I32", "le", 32, False, "function", "function index"),
)
# fmt: on
"""Every relocation type, indexed by its number. The one place that knows about types: everything else asks it."""

CALL = 0
"""Type of the relocation of a direct call: R_WASM_FUNCTION_INDEX_LEB."""
TYPE_INDEX = 6
"""The one type whose index is a function type's, not a symbol's."""
TABLE_INDEX = frozenset(one.number for one in RELOC_TYPES if "TABLE_INDEX" in one.name)
"""Types that ask for a function's slot in the function table."""
HAS_ADDEND = tuple(one.addend for one in RELOC_TYPES)
WIDTHS = tuple(one.width for one in RELOC_TYPES)


def encode(type: RelocType, value: int) -> bytes:
    """The bytes of `value` at a site of that type; it is taken modulo 2^bits, as wasm-ld does."""
    bits = type.bits
    value &= (1 << bits) - 1
    if type.encoding == "le":
        return value.to_bytes(bits // 8, "little")
    if type.encoding == "uleb":
        return uleb(value, type.width)
    return sleb(value - ((value >> bits - 1) << bits), type.width)


def decode(type: RelocType, data: bytes, pos: int) -> int:
    """The value at a site of that type; little endian values are unsigned. Raises FormatError past the end."""
    if type.encoding == "uleb":
        return read_uleb(data, pos)[0]
    if type.encoding == "sleb":
        return read_sleb(data, pos)[0]
    raw = data[pos : pos + type.width]
    if len(raw) < type.width:
        raise FormatError("site extends beyond the data", offset=pos, expected=f"{type.width} bytes")
    return int.from_bytes(raw, "little")
