"""The data section: what memory is filled with."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from wasmscope.errors import FormatError
from wasmscope.format.expr import EXPR, ConstExpr, read_expr
from wasmscope.format.leb128 import read_u32, uleb
from wasmscope.format.vectors import Contents, Vec


class DataSegment(NamedTuple):
    """One data segment; `start` and `end` are the file offsets of its bytes. `offset` is None when it is passive."""

    flags: int
    memory: int
    offset: ConstExpr | None
    start: int
    end: int


class _Datas(Contents[Vec[DataSegment]]):
    """datasec ::= vec(flags:u32 memory:u32 (if flags & 2) offset:expr (if not flags & 1) vec(byte))

    Reads where the bytes of each segment are; writes (segment, bytes) pairs.
    """

    section = "data"

    def new(self) -> Vec[DataSegment]:
        return Vec()

    def fill(self, data: bytes, out: Vec[DataSegment], base: int) -> int:
        out.base = base
        count, pos = read_u32(data, 0)
        starts, append, length = out.starts, out.append, len(data)
        starts.append(pos)
        for _ in range(count):
            flags, pos = read_u32(data, pos)
            memory, offset = 0, None
            if flags & 2:
                memory, pos = read_u32(data, pos)
            if not flags & 1:
                offset, pos = read_expr(data, pos)
            size, content = read_u32(data, pos)
            pos = content + size
            if pos > length:
                raise FormatError("invalid segment size", offset=content, expected=f"at most {length - content} bytes")
            append(DataSegment(flags, memory, offset, base + content, base + pos))
            starts.append(pos)
        return pos

    def write(self, value: Iterable[tuple[DataSegment, bytes]]) -> bytes:  # type: ignore[override]
        parts = list(map(_segment_bytes, value))
        return uleb(len(parts)) + b"".join(parts)


def _segment_bytes(segment_and_content: tuple[DataSegment, bytes]) -> bytes:
    segment, content = segment_and_content
    memory = uleb(segment.memory) if segment.flags & 2 else b""
    offset = EXPR.write(segment.offset) if segment.offset is not None else b""
    return uleb(segment.flags) + memory + offset + uleb(len(content)) + content


DATAS = _Datas()
