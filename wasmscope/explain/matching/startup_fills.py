"""What code fills memory with before the program runs: passive segments, and zeros.

LLD makes a function for that, which is the start function or is called by it. Where a module has no start function,
whatever function copies a whole segment to a constant place says where that is for.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from wasmscope.errors import FormatError
from wasmscope.format.bodies import Body
from wasmscope.format.code import Instruction, body, instructions
from wasmscope.format.module import Module
from wasmscope.format.section_ids import CODE_ID
from wasmscope.format.types import FUNCTION

INIT, FILL = b"\xfc\x08", b"\xfc\x0b"
"""The opcodes of memory.init and memory.fill."""
CONSTANTS = frozenset(("i32.const", "i64.const"))
_BETWEEN = frozenset(("global.get", "global.set", "local.get", "local.set", "local.tee", "i32.add", "i64.add"))
"""Instructions with which a start function counts an address from a base, or keeps it."""


class Fill(NamedTuple):
    """Code that fills `size` bytes from `address` on of a memory."""

    segment: int | None
    """The passive segment that is copied as a whole; None: zeros."""
    memory: int
    address: int
    size: int


def fills(module: Module) -> list[Fill]:
    """What the start function and those that it calls fill, zeros in memory 0 only; without a start function the whole
    segments that any function copies."""
    code = module.section(CODE_ID)
    if code is None or not any(one in module.data[code.start : code.end] for one in (INIT, FILL)):
        return []
    if module.start is None:
        return [one for part in module.bodies for one in _fills(module, part) if one.segment is not None]
    own = module.start - module.num_imported(FUNCTION)
    if not 0 <= own < len(module.bodies):
        return []
    start = module.bodies[own]
    parts = [start, *(module.bodies[one] for one in _called(module, start) if one != own)]
    return [one for part in parts for one in _fills(module, part) if one.segment is not None or not one.memory]


def _decoded(module: Module, part: Body) -> Iterator[Instruction]:
    """The instructions of a function, up to what cannot be read."""
    try:
        frame = body(module.data, part.start, part.end)
        yield from instructions(module.data, frame.code_start, frame.end)
    except FormatError:
        return


def _called(module: Module, part: Body) -> list[int]:
    """Positions of the bodies that are called in it, each once."""
    first, count = module.num_imported(FUNCTION), len(module.bodies)
    called = (one.args[0].value - first for one in _decoded(module, part) if one.name == "call")
    return [one for one in dict.fromkeys(called) if 0 <= one < count]


def _fills(module: Module, part: Body) -> Iterator[Fill]:
    """Each memory.init of a whole segment and memory.fill with 0, of constants, in a function."""
    code = module.data[part.start : part.end]
    if INIT not in code and FILL not in code:
        return
    before: list[Instruction] = []
    for one in _decoded(module, part):
        if one.name in ("memory.init", "memory.fill"):
            numbers = _pushed(before)
            if len(numbers) == 3 and numbers[1] == 0:
                yield from _fill(module, one, numbers[0], numbers[2])
            before = []
        elif one.name not in _BETWEEN:
            before.append(one)


def _fill(module: Module, one: Instruction, address: int, size: int) -> Iterator[Fill]:
    if one.name == "memory.fill":
        yield Fill(None, one.args[0].value, address, size)
        return
    segment, memory = (arg.value for arg in one.args)
    if segment < len(module.datas) and size == module.datas[segment].end - module.datas[segment].start:
        yield Fill(segment, memory, address, size)


def _pushed(before: list[Instruction]) -> list[int]:
    """The constants that are on the stack after the last of these instructions: address, 0 and size."""
    numbers: list[int] = []
    for one in reversed(before[-3:]):
        if one.name not in CONSTANTS:
            break
        numbers.insert(0, one.args[0].value & (1 << int(one.name[1:3])) - 1)
    return numbers
