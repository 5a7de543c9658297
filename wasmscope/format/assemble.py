"""Instructions to bytes: the way back from `code`, for building code in tests and objects.

`encode(i.name, *(a.value for a in i.args))` is the instruction `i` again, in its shortest form.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from typing import Any

from wasmscope.format.leb128 import sleb, uleb
from wasmscope.format.opcodes import INDICES, PATCHED, Opcode, rows_named
from wasmscope.format.types import FuncType, ValueType, value_type_bytes


def encode(name: str, *immediates: Any, width: int = 0) -> bytes:
    """The bytes of one instruction.

    The immediates are values as `Immediate` describes them, in the order of the bytes, vectors flat: a block type is a
    FuncType or a type index, a memarg is log2 of the alignment, the memory if it is not 0, and the offset. A float may
    be given as a float or as its bits. With `width`, numbers that a relocation may patch (function, type, table, global
    and tag indices, i32.const, i64.const, offsets) are padded to that many bytes: 5, or 10 in 64-bit code.
    ValueError when there is no such instruction or its immediates are others.
    """
    row = _row(name, immediates)
    values = list(immediates)
    raw = row.encoding
    try:
        for kind in (_MEMARG_LANE,) if row.immediates == ("memarg", "lane") else row.immediates:
            raw += _WRITERS[kind](values, width)
    except (IndexError, KeyError, TypeError, AttributeError, OverflowError, struct.error) as cause:
        raise ValueError(f"{name} needs {' '.join(row.immediates)}, not {immediates}") from cause
    if values:
        raise ValueError(f"{name} takes {' '.join(row.immediates) or 'nothing'}, not {immediates}")
    return raw


def encode_body(code: bytes, locals: Sequence[tuple[int, ValueType]] = ()) -> bytes:
    """A function's body: its size, `locals` as (count, type), and `code`, which ends with `end`."""
    runs = b"".join(uleb(count) + value_type_bytes(type) for count, type in locals)
    content = uleb(len(locals)) + runs + code
    return uleb(len(content)) + content


def _row(name: str, immediates: tuple[Any, ...]) -> Opcode:
    rows = rows_named(name)
    if not rows:
        raise ValueError(f"no instruction is called {name}")
    if len(rows) == 1:
        return rows[0]
    second = bool(immediates) if name == "select" else getattr(immediates[0] if immediates else None, "nullable", False)
    return rows[second]


# --- writers: each takes what it needs from the front of the values ------------------------------------------------

Write = Callable[[list[Any], int], bytes]


def _index(kind: str) -> Write:
    return lambda values, width: uleb(values.pop(0), width if kind in PATCHED else 0)


def _signed(values: list[Any], width: int) -> bytes:
    return sleb(values.pop(0), width)


def _float(size: int, code: str) -> Write:
    def write(values: list[Any], width: int) -> bytes:
        value = values.pop(0)
        return struct.pack(code, value) if isinstance(value, float) else value.to_bytes(size, "little")

    return write


def _v128(values: list[Any], width: int) -> bytes:
    value = values.pop(0)
    if len(value) != 16:
        raise TypeError
    return bytes(value)


def _byte(values: list[Any], width: int) -> bytes:
    return bytes((values.pop(0),))


def _memarg(values: list[Any], width: int) -> bytes:
    align, *memory, offset = values
    values.clear()
    return (uleb(align | 64) + uleb(*memory) if memory else uleb(align)) + uleb(offset, width)


def _memarg_lane(values: list[Any], width: int) -> bytes:
    lane = values.pop()
    return _memarg(values, width) + bytes((lane,))


def _block(values: list[Any], width: int) -> bytes:
    type = values.pop(0)
    if not isinstance(type, FuncType):
        return sleb(type, width)
    if type.params or len(type.results) > 1:
        raise TypeError
    return value_type_bytes(type.results[0]) if type.results else b"\x40"


def _heap(values: list[Any], width: int) -> bytes:
    return sleb(values.pop(0))


def _reference(values: list[Any], width: int) -> bytes:
    return sleb(values.pop(0).heap)


def _labels(values: list[Any], width: int) -> bytes:
    raw = uleb(len(values) - 1) + b"".join(map(uleb, values))
    values.clear()
    return raw


def _valtypes(values: list[Any], width: int) -> bytes:
    raw = uleb(len(values)) + b"".join(map(value_type_bytes, values))
    values.clear()
    return raw


def _catches(values: list[Any], width: int) -> bytes:
    raw, count = b"", 0
    while values:
        kind = values.pop(0)
        raw += bytes((kind,)) + (uleb(values.pop(0), width) if kind < 2 else b"") + uleb(values.pop(0))
        count += 1
    return uleb(count) + raw


_MEMARG_LANE = "memarg lane"
_WRITERS: dict[str, Write] = {
    **{kind: _index(kind) for kind in INDICES},
    **dict.fromkeys(("lane", "castflags", "order"), _byte),
    **dict.fromkeys(("i32", "i64"), _signed),
    **dict.fromkeys(("ref", "refnull"), _reference),
    "f32": _float(4, "<f"), "f64": _float(8, "<d"), "v128": _v128,
    "memarg": _memarg, "block": _block, "catches": _catches, "labels": _labels, "valtypes": _valtypes, "heap": _heap,
    "lanes": lambda values, width: b"".join(_byte(values, width) for _ in range(16)), _MEMARG_LANE: _memarg_lane,
}  # fmt: skip
