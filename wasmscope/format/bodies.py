"""The code section: where the body of each function is. What is in a body is read by `code`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from wasmscope.errors import FormatError
from wasmscope.format.leb128 import read_u32, uleb, uleb_tail
from wasmscope.format.vectors import Contents, Vec


class Body(NamedTuple):
    """One function body: file offsets of the whole entry, and of what comes after its size."""

    start: int
    end: int
    code_start: int


class _Bodies(Contents[Vec[Body]]):
    """codesec ::= vec(size:u32 byte^size). Reads where each body is; writes bodies that do not hold their size yet."""

    section = "code"

    def new(self) -> Vec[Body]:
        return Vec()

    def fill(self, data: bytes, out: Vec[Body], base: int) -> int:
        out.base = base
        count, pos = read_u32(data, 0)
        starts, append, length = out.starts, out.append, len(data)
        starts.append(pos)
        for _ in range(count):
            start = pos
            size = data[pos]
            pos += 1
            if size > 127:
                size, pos = uleb_tail(data, pos, size)
            code = pos
            pos += size
            if pos > length:
                left = f"at most {length - code} bytes"
                raise FormatError("Function extends beyond buffer", offset=start, expected=left)
            append(Body(base + start, base + pos, base + code))
            starts.append(pos)
        return pos

    def write(self, value: Iterable[bytes]) -> bytes:  # type: ignore[override]
        parts = [uleb(len(body)) + body for body in value]
        return uleb(len(parts)) + b"".join(parts)


BODIES = _Bodies()
