"""Bodies of the functions that the linker makes: each returns a whole code entry, its size LEB included."""

from __future__ import annotations

from collections.abc import Iterable

from wasmscope.format.expr import const_expr, expr_bytes
from wasmscope.format.leb128 import uleb
from wasmscope.format.types import FuncType

UNREACHABLE, END, CALL, DROP, LOCAL_GET = b"\x00", b"\x0b", b"\x10", b"\x1a", b"\x20"
I32_CONST, MEMORY_FILL = b"\x41", b"\xfc\x0b"


def entry(code: bytes, end: bytes = END) -> bytes:
    """A code entry without locals around `code`."""
    body = uleb(0) + code + end
    return uleb(len(body)) + body


def trap() -> bytes:
    """What a stub does."""
    return entry(UNREACHABLE)


def call_constructors(calls: Iterable[tuple[int, FuncType]]) -> bytes:
    """`__wasm_call_ctors`: call each function, dropping its results."""
    return entry(b"".join(CALL + uleb(index) + DROP * len(type.results) for index, type in calls))


def clear_memory(areas: Iterable[tuple[int, int]], wide: bool) -> bytes:
    """`__wasm_init_memory`: fill each area (address, size; in bytes) with zeros. `wide`: addresses are 64 bits wide."""
    code = b""
    for address, size in areas:
        to, length = (expr_bytes(const_expr(value, wide)[:1]) for value in (address, size))
        code += to + I32_CONST + b"\0" + length + MEMORY_FILL + b"\0"
    return entry(code)


def command_export(before: int | None, function: int, type: FuncType, after: int | None) -> bytes:
    """A command export: constructors (if there are any), the function itself with its arguments, destructors
    (`before`, `after`: indices)."""
    arguments = b"".join(LOCAL_GET + uleb(number) for number in range(len(type.params)))
    then = CALL + uleb(after) if after is not None else b""
    first = CALL + uleb(before) if before is not None else b""
    return entry(first + arguments + CALL + uleb(function) + then)
