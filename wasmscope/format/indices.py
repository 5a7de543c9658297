"""Vectors of indices: what each function's type is, what an element segment holds."""

from __future__ import annotations

from collections.abc import Iterable

from wasmscope.format.leb128 import read_u32, uleb, uleb_tail
from wasmscope.format.vectors import Contents, Vec


class Indices(Contents[Vec[int]]):
    """vec(u32)"""

    def __init__(self, section: str) -> None:
        super().__init__()
        self.section = section

    def new(self) -> Vec[int]:
        """An empty vector."""
        return Vec()

    def fill(self, data: bytes, out: Vec[int], base: int) -> int:
        """Read the count and the numbers."""
        out.base = base
        return read_indices(data, 0, out, out.starts)

    def write(self, value: Iterable[int]) -> bytes:
        """The count and the numbers."""
        parts = list(map(uleb, value))
        return uleb(len(parts)) + b"".join(parts)


def read_indices(data: bytes, pos: int, out: list[int], starts: list[int]) -> int:
    """Read a vector at `pos` into `out`, and where each number begins into `starts`; the position after it."""
    count, pos = read_u32(data, pos)
    starts.append(pos)
    for _ in range(count):
        value = data[pos]
        pos += 1
        if value > 127:
            value, pos = uleb_tail(data, pos, value)
        out.append(value)
        starts.append(pos)
    return pos
