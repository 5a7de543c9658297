"""The `reloc.*` sections: the relocations of one section as columns, and the codec.

    relocsec ::= target section index:u32 vec(entry)
    entry    ::= type:u32 offset:u32 index:u32 addend:sleb (if the type has one)

`offset` counts from the start of the target section's contents (for a custom section: after its name). `index` is a
symbol index, for R_WASM_TYPE_INDEX_LEB a type index. A link holds hundreds of thousands of relocations, so they are
kept as columns, and a record is made for the one that is looked at.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple, overload

from wasmscope.errors import FormatError
from wasmscope.format.leb128 import read_sleb, read_u32, sleb, uleb, uleb_tail
from wasmscope.format.relocs import HAS_ADDEND, RELOC_TYPES
from wasmscope.format.vectors import Contents

if TYPE_CHECKING:
    from wasmscope.format.reloc_columns import Columns

BULK, FIRST_BULK = 200, 20_000
"""Sections of this many entries are read as columns by NumPy, which takes a sixth of the time; but NumPy itself takes a
tenth of a second to load, so the first of them has to be longer."""


def columns_pay(rows: int, first: int) -> bool:
    """Whether it is quicker to let NumPy work on `rows` entries; `first`: how many, when it has yet to be loaded."""
    return rows >= (BULK if "numpy" in sys.modules else first)


class Reloc(NamedTuple):
    """One relocation."""

    type: int
    offset: int
    index: int  # type: ignore[assignment]
    addend: int = 0

    def __str__(self) -> str:
        name = RELOC_TYPES[self.type].name if self.type < len(RELOC_TYPES) else f"relocation type {self.type}"
        addend = f"{self.addend:+}" if self.addend else ""
        return f"{name} offset={self.offset:#x} index={self.index}{addend}"


class Relocs:
    """The relocations of one section, as columns. `start` and `end` are the file offsets of the contents read.

    The columns are lists; of a large section they are arrays (`arrays`), and become lists when they are asked for.
    """

    def __init__(self, target: int = 0, entries: list[Reloc] | None = None, section_name: str = "") -> None:
        self.target = target
        """Index of the section that they patch, custom sections counted."""
        self.section_name = section_name
        """Name of the section that holds them: "reloc.CODE", …"""
        self.start = 0
        self.end = 0
        self._data = b""
        self._spans: list[tuple[int, int]] | None = None
        self.arrays: Columns | None = None
        """Types, offsets, indices and addends as arrays of int64, if NumPy read them or they were asked for."""
        if entries is not None:
            self.types = [one.type for one in entries]
            self.offsets = [one.offset for one in entries]
            self.indices = [one.index for one in entries]
            self.addends = [one.addend for one in entries]

    @cached_property
    def types(self) -> list[int]:
        """The type of each entry."""
        return self._list(0)

    @cached_property
    def offsets(self) -> list[int]:
        """The offset of each entry's site in the contents of the target section."""
        return self._list(1)

    @cached_property
    def indices(self) -> list[int]:
        """What each entry names: a symbol, or a type."""
        return self._list(2)

    @cached_property
    def addends(self) -> list[int]:
        """The addend of each entry; 0 where its type has none."""
        return self._list(3)

    def columns(self) -> Columns:
        """The columns as arrays, whoever read them; made once."""
        if self.arrays is None:
            from wasmscope.format.reloc_columns import columns_of

            self.arrays = columns_of(self.types, self.offsets, self.indices, self.addends)
        return self.arrays

    def _list(self, column: int) -> list[int]:
        return self.arrays[column].tolist() if self.arrays is not None else []

    def indices_of(self, type: int) -> set[int]:
        """What the entries of one type name."""
        if self.arrays is not None:
            types, _, indices, _ = self.arrays
            return set(indices[types == type].tolist())
        if type not in self.types:
            return set()
        return {index for kind, index in zip(self.types, self.indices, strict=True) if kind == type}

    def __len__(self) -> int:
        return len(self.arrays[0] if self.arrays is not None else self.types)

    @overload
    def __getitem__(self, row: int) -> Reloc: ...
    @overload
    def __getitem__(self, row: slice) -> list[Reloc]: ...
    def __getitem__(self, row: int | slice) -> Reloc | list[Reloc]:
        if isinstance(row, slice):
            return [self[one] for one in range(*row.indices(len(self)))]
        return Reloc(self.types[row], self.offsets[row], self.indices[row], self.addends[row])

    def __iter__(self) -> Iterator[Reloc]:
        return map(Reloc, self.types, self.offsets, self.indices, self.addends)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Relocs) and self.target == other.target and list(self) == list(other)

    def __hash__(self) -> int:
        return id(self)

    def __repr__(self) -> str:
        return f"Relocs({self.target}, {list(self)})"

    @property
    def spans(self) -> list[tuple[int, int]]:
        """First and end file offset of every entry; walks the section again when first asked."""
        if self._spans is None:
            self._spans = _walk(self._data, self.start, len(self))
        return self._spans


_LEB = rb"[\x80-\xff]*[\0-\x7f]"
_LONG = b"[" + re.escape(bytes(one.number for one in RELOC_TYPES if one.addend)) + b"]"
_ENTRY = re.compile(b"(?:%b%b|[\0-\x7f])%b%b" % (_LONG, _LEB, _LEB, _LEB))
"""An entry by its shape: a type in a byte, then a number for each field."""


def _walk(data: bytes, base: int, count: int) -> list[tuple[int, int]]:
    """First and end file offset of the first `count` entries in `data`, which is at file offset `base`."""
    try:
        start = read_u32(data, read_u32(data, 0)[1])[1]
    except FormatError:  # built by hand, not read
        return []
    found = [match.span() for match, _ in zip(_ENTRY.finditer(data, start), range(count), strict=False)]
    if len(found) != count or sum(stop - begin for begin, stop in found) != (found[-1][1] if found else start) - start:
        return _walk_slowly(data, start, base, count)
    return [(base + begin, base + stop) for begin, stop in found]


def _walk_slowly(data: bytes, pos: int, base: int, count: int) -> list[tuple[int, int]]:
    """The same where a type takes redundant bytes."""
    spans = []
    for _ in range(count):
        start = pos
        type, pos = read_u32(data, pos)
        _, pos = read_u32(data, pos)
        _, pos = read_u32(data, pos)
        if HAS_ADDEND[type]:
            _, pos = read_sleb(data, pos)
        spans.append((base + start, base + pos))
    return spans


class _RelocSection(Contents[Relocs]):
    """relocsec, as columns"""

    section = "reloc"

    def new(self) -> Relocs:
        return Relocs()

    def begin(self, data: bytes, out: Relocs, base: int) -> tuple[int, int]:
        """Read what stands before the entries: how many there are, and where in `data` the first one is."""
        out.start, out.end, out._data = base, base + len(data), data
        out.target, pos = read_u32(data, 0)
        return read_u32(data, pos)

    def fill(self, data: bytes, out: Relocs, base: int) -> int:
        count, pos = self.begin(data, out, base)
        if columns_pay(count, FIRST_BULK):
            from wasmscope.format.reloc_columns import read_columns  # NumPy: worth its import for large sections only

            columns = read_columns([data[pos:]], [count], HAS_ADDEND)
            if columns is not None:
                out.arrays = columns
                return len(data)
        add_type, add_offset = out.types.append, out.offsets.append
        add_index, add_addend = out.indices.append, out.addends.append
        has_addend, known = HAS_ADDEND, len(HAS_ADDEND)
        for _ in range(count):
            type = data[pos]
            if type >= known:
                type, pos = _long_type(data, pos)
            offset = data[pos + 1]
            pos += 2
            if offset > 127:
                offset, pos = uleb_tail(data, pos, offset)
            index = data[pos]
            pos += 1
            if index > 127:
                index, pos = uleb_tail(data, pos, index)
            addend = 0
            if has_addend[type]:
                addend = data[pos]
                pos += 1
                if addend > 127:
                    addend, pos = read_sleb(data, pos - 1)
                elif addend > 63:
                    addend -= 128
            add_type(type)
            add_offset(offset)
            add_index(index)
            add_addend(addend)
        return pos

    def write(self, value: Relocs) -> bytes:
        parts = [uleb(value.target), uleb(len(value))]
        for type, offset, index, addend in zip(value.types, value.offsets, value.indices, value.addends, strict=True):
            parts += (uleb(type), uleb(offset), uleb(index))
            if HAS_ADDEND[type]:
                parts.append(sleb(addend))
        return b"".join(parts)


def _long_type(data: bytes, pos: int) -> tuple[int, int]:
    """A type that takes redundant bytes, and where its last byte is; any other number that is no type is refused."""
    type, end = read_u32(data, pos)
    if type < len(RELOC_TYPES):
        return type, end - 1
    raise FormatError(f"invalid relocation type: {type}", offset=pos, expected=f"0 to {len(RELOC_TYPES) - 1}")


RELOCS = _RelocSection()
