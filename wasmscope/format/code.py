"""Function bodies, and their instructions one by one.

    code ::= size:u32 locals:vec(n:u32 valtype) instr* 0x0b

`body` reads the frame of a function's body; `instructions` walks its expression lazily. A linker needs neither: only
what is looked at is decoded. Every immediate knows the bytes it came from, so that a relocation's site can be matched
to the immediate that it patches.

The walk looks a byte up in a plan that is made once from the table in `opcodes`: mnemonic, reader of what follows,
change of depth.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from wasmscope.errors import FormatError
from wasmscope.format.immediates import Immediate, Read, reader
from wasmscope.format.leb128 import read_u32, read_uleb
from wasmscope.format.opcodes import IMMEDIATES, OPCODES, PREFIXES, UNDECODED, rows_named
from wasmscope.format.types import ValueType, read_value_type
from wasmscope.format.wat import Namer, text


class Instruction(NamedTuple):
    """One instruction of a body."""

    start: int
    """Offset of the opcode in the file."""
    end: int
    """Offset after the last immediate."""
    name: str
    """The mnemonic; "?" for bytes that are no instruction."""
    args: tuple[Immediate, ...]
    """The immediates, in the order of the bytes. Vectors are laid out flat: br_table's default label comes last."""
    depth: int
    """How many blocks it is in. `else`, `catch` and `end` stand where the block that they belong to stands."""

    def text(self, names: Namer | None = None) -> str:
        """The instruction as .wat text; `names` may replace the text of an immediate (see `wat.text`)."""
        return text(self.name, self.args, names)


class LocalRun(NamedTuple):
    """`number` locals of one type, as a body declares them, and the bytes that do so."""

    number: int
    type: ValueType
    start: int
    end: int


class FunctionBody(NamedTuple):
    """The frame of a function's body. All positions are offsets in the file."""

    start: int
    """The size field."""
    size_end: int
    """Where the size field ends and the declarations of locals start."""
    locals: tuple[LocalRun, ...]
    code_start: int
    """The first instruction."""
    end: int
    """After the final `end`."""


def body(data: bytes, start: int, end: int) -> FunctionBody:
    """Read the frame of the body whose size field is at `start`; it must be over at `end`, the end of its section.

    FormatError when the size or the locals do not fit.
    """
    size, size_end = read_u32(data, start)
    stop = size_end + size
    if stop > end:
        raise FormatError("function body extends past end of section", offset=start, expected=f"{size} bytes")
    runs, code_start = _locals(data, size_end, stop)
    return FunctionBody(start, size_end, runs, code_start, stop)


def _locals(data: bytes, start: int, end: int) -> tuple[tuple[LocalRun, ...], int]:
    """The declarations of locals at `start`, and where the code starts, which must not be after `end`."""
    runs: list[LocalRun] = []
    groups, pos = read_u32(data, start)
    while pos <= end and len(runs) < groups:
        number, type_start = read_u32(data, pos)
        type, after = read_value_type(data, type_start)
        runs.append(LocalRun(number, type, pos, after))
        pos = after
    if pos > end:
        raise FormatError("locals extend past end of function body", offset=start, expected=f"{end - start} bytes")
    if sum(run.number for run in runs) >> 32:
        raise FormatError("too many locals", offset=start, expected="fewer than 4294967296")
    return tuple(runs), pos


def instructions(data: bytes, start: int, end: int, *, lenient: bool = False) -> Iterator[Instruction]:
    """Decode the expression in `data[start:end]`, an instruction at a time.

    Bytes that are no instruction raise a FormatError; with `lenient` they end the walk as an Instruction "?" that holds
    the rest as its argument "bytes" and the message as "error".
    """
    plan, make, pos, depth = _PLAN, tuple.__new__, start, 0
    while pos < end:
        first = pos
        name = ""
        args: tuple[Immediate, ...] = ()
        try:
            name, read, outwards, inwards = plan[data[pos]]
            pos += 1
            if not name:
                number, pos = read_uleb(data, pos)
                name, read = _prefixed(data[first], number)
            if read is not None:
                args, pos = read(data, pos)
            if pos > end:
                raise IndexError
        except (IndexError, FormatError) as cause:
            problem = _problem(name, first, cause)
            if not lenient:
                raise problem from None
            rest = Immediate("bytes", bytes(data[first:end]), first, end)
            yield Instruction(first, end, UNDECODED, (rest, Immediate("error", str(problem), first, end)), depth)
            return
        if outwards and depth:
            depth -= 1
        yield make(Instruction, (first, pos, name, args, depth))
        depth += inwards


def _problem(name: str, start: int, cause: Exception) -> FormatError:
    """Say which instruction could not be read, and what had to follow it."""
    rows = rows_named(name)
    wanted = ", ".join(IMMEDIATES[word] for word in rows[-1].immediates) if rows else "an instruction"
    if not isinstance(cause, FormatError):
        return FormatError(f"{name or 'code'} is cut off", offset=start, expected=wanted)
    message = f"{name}: {cause.message}" if name and name != UNDECODED else cause.message
    offset = start if cause.offset is None else cause.offset
    return FormatError(message, offset=offset, expected=cause.expected or wanted)


def _unknown(data: bytes, pos: int) -> tuple[tuple[Immediate, ...], int]:
    raise FormatError(f"invalid opcode {data[pos - 1]:#04x}", offset=pos - 1, expected="an instruction")


OPENS = frozenset(("block", "loop", "if", "try", "try_table"))
"""Instructions that start a block."""
CONTINUES = frozenset(("else", "catch", "catch_all"))
"""Instructions that end one part of a block and start the next."""
CLOSES = frozenset(("end", "delegate"))
"""Instructions that end a block."""

_PLAN: list[tuple[str, Read | None, int, int]] = [(UNDECODED, _unknown, 0, 0)] * 256
for _prefix in PREFIXES:
    _PLAN[_prefix] = ("", None, 0, 0)
for _op in OPCODES:
    if not _op.prefix:
        _out, _in = _op.name in CONTINUES | CLOSES, _op.name in CONTINUES | OPENS
        _PLAN[_op.number] = (_op.name, reader(_op.immediates), _out, _in)
_PREFIXED = {(op.prefix, op.number): (op.name, reader(op.immediates)) for op in OPCODES if op.prefix}


def _prefixed(prefix: int, number: int) -> tuple[str, Read | None]:
    try:
        return _PREFIXED[prefix, number]
    except KeyError:
        raise FormatError(f"invalid opcode {prefix:#04x} {number:#04x}", expected="an instruction") from None
