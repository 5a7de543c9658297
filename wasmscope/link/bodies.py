"""Bodies of the functions that the linker makes: each returns a whole code entry, its size LEB included."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from wasmscope.format.expr import const_expr, expr_bytes
from wasmscope.format.leb128 import sleb, uleb
from wasmscope.format.types import I32, I64, FuncType

UNREACHABLE, END, CALL, DROP, LOCAL_GET = b"\x00", b"\x0b", b"\x10", b"\x1a", b"\x20"
LOCAL_SET, LOCAL_TEE = b"\x21", b"\x22"
GLOBAL_GET, GLOBAL_SET, BR, BR_TABLE, BLOCK = b"\x23", b"\x24", b"\x0c", b"\x0e", b"\x02\x40"
I32_CONST, I64_CONST, I32_ADD, I64_ADD, I32_STORE, I64_STORE = b"\x41", b"\x42", b"\x6a", b"\x7c", b"\x36", b"\x37"
BULK, MEMORY_INIT, DATA_DROP, MEMORY_FILL = b"\xfc", b"\x08", b"\x09", b"\x0b"
ATOMIC, NOTIFY, WAIT, ATOMIC_STORE, CMPXCHG = b"\xfe", b"\x00", b"\x01", b"\x17", b"\x48"


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


class Fill(NamedTuple):
    """What the start function does for a data segment: address and size in bytes; `source` is its number, None: zeros.

    `base` is the number of the global that the address is also put into: `__tls_base`, for the first thread's own data.
    """

    address: int
    size: int
    source: int | None
    base: int | None = None


def init_memory(fills: Iterable[Fill], wide: bool, origin: int | None = None) -> bytes:
    """`__wasm_init_memory` for a memory of one thread. `wide`: addresses are 64 bits wide; `origin`: number of the
    global that they count from."""
    return entry(_fills(fills, wide, origin))


def init_shared_memory(
    fills: Sequence[Fill], flag: int, drops: Iterable[int], wide: bool, origin: int | None = None
) -> bytes:
    """`__wasm_init_memory` for a shared memory: the thread that turns the flag (at that address) from 0 to 1 fills
    memory.

    It then sets the flag to 2 and wakes the others, which wait while it is 1; every thread drops the segments `drops`.
    With an `origin`, the flag's address is kept in local 0.
    """
    at = _pointer(flag, wide) if origin is None else LOCAL_GET + b"\0"
    word = b"\x02\x00"  # memarg: 4-aligned, offset 0
    choose = at + _i32(0) + _i32(1) + ATOMIC + CMPXCHG + word + BR_TABLE + b"\x02\x00\x01\x02" + END
    done = (
        at + _i32(2) + ATOMIC + ATOMIC_STORE + word + at + _i32(-1) + ATOMIC + NOTIFY + word + DROP + BR + b"\x01" + END
    )
    wait = at + _i32(1) + I64_CONST + sleb(-1) + ATOMIC + WAIT + word + DROP + END
    dropped = b"".join(BULK + DATA_DROP + uleb(number) for number in drops)
    code = BLOCK * 3 + choose + _fills(fills, wide, origin) + done + wait + dropped
    if origin is None:
        return entry(code)
    first = GLOBAL_GET + uleb(origin) + _pointer(flag, wide) + _add(wide) + LOCAL_SET + b"\0"
    body = b"\x01\x02" + bytes((I64 if wide else I32,)) + first + code + END
    return uleb(len(body)) + body


def _fills(fills: Iterable[Fill], wide: bool, origin: int | None = None) -> bytes:
    code = b""
    for fill in fills:
        address = _pointer(fill.address, wide)
        code += address
        if origin is not None:
            code += GLOBAL_GET + uleb(origin) + _add(wide)
        if fill.base is not None:
            again = (LOCAL_TEE + b"\1", LOCAL_GET + b"\1") if origin is not None else (address, b"")
            code += again[0] + GLOBAL_SET + uleb(fill.base) + again[1]
        code += _i32(0)
        if fill.source is None:
            code += _pointer(fill.size, wide) + BULK + MEMORY_FILL + b"\0"
        else:
            code += _i32(fill.size) + BULK + MEMORY_INIT + uleb(fill.source) + b"\0"
    return code


def init_tls(segment: Fill | None, calls: Iterable[int]) -> bytes:
    """`__wasm_init_tls(block)`: this thread's data is at `block`; copy it there, then call the functions `calls`."""
    code = b""
    if segment is not None and segment.base is not None and segment.source is not None:
        code = LOCAL_GET + b"\0" + GLOBAL_SET + uleb(segment.base)
        code += LOCAL_GET + b"\0" + _i32(0) + _i32(segment.size) + BULK + MEMORY_INIT + uleb(segment.source) + b"\0"
    return entry(code + b"".join(CALL + uleb(index) for index in calls))


def set_globals(globals: Iterable[tuple[int, int, int]], wide: bool) -> bytes:
    """`__wasm_apply_global_relocs` or `__wasm_apply_global_tls_relocs`: each (global, base, offset) gets its offset
    plus what the global `base` holds."""
    return entry(
        b"".join(
            GLOBAL_GET + uleb(base) + _pointer(offset, wide) + _add(wide) + GLOBAL_SET + uleb(number)
            for number, base, offset in globals
        )
    )


class Store(NamedTuple):
    """A word of 64 bits (or, unless `wide`, of 32) that shall hold what the global `number` holds plus `addend`.

    `address` counts from what the global `origin` holds, if there is one; an addend of None is left out.
    """

    address: int
    number: int
    addend: int | None
    wide: bool
    origin: int | None = None


def store_addresses(stores: Iterable[Store], wide: bool) -> bytes:
    """`__wasm_apply_data_relocs` or `__wasm_apply_tls_relocs`: store at each address the global's value plus the
    addend."""
    code = b""
    for address, number, addend, wide_word, origin in stores:
        code += _pointer(address, wide)
        code += GLOBAL_GET + uleb(origin) + _add(wide) if origin is not None else b""
        code += GLOBAL_GET + uleb(number)
        code += _pointer(addend, wide_word) + _add(wide_word) if addend is not None else b""
        code += (I64_STORE if wide_word else I32_STORE) + b"\x02\x00"
    return entry(code)


def start(calls: Iterable[int]) -> bytes:
    """`__wasm_start`: call each function."""
    return entry(b"".join(CALL + uleb(index) for index in calls))


def _add(wide: bool) -> bytes:
    return I64_ADD if wide else I32_ADD


def _i32(value: int) -> bytes:
    return I32_CONST + sleb(value)


def _pointer(value: int, wide: bool) -> bytes:
    return expr_bytes(const_expr(value, wide)[:1])


def command_export(before: int | None, function: int, type: FuncType, after: int | None) -> bytes:
    """A command export: constructors (if there are any), the function itself with its arguments, destructors
    (`before`, `after`: indices)."""
    arguments = b"".join(LOCAL_GET + uleb(number) for number in range(len(type.params)))
    then = CALL + uleb(after) if after is not None else b""
    first = CALL + uleb(before) if before is not None else b""
    return entry(first + arguments + CALL + uleb(function) + then)
