"""Source files and lines of a module or object by itself: of its code, of its data, of a byte of the file.

Nothing is read before it is asked for, and without debug information nothing is loaded that reads it. What a link
adds to this is in `lines`.
"""

from __future__ import annotations

import threading
from bisect import bisect_right
from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, NamedTuple, ParamSpec, TypeVar
from weakref import WeakKeyDictionary

from wasmscope.explain.debug_info.debug_sections import (
    debug_sections,
    has_debug_information,
    segment_address,
)
from wasmscope.explain.debug_info.source_line import LineRow, Range, SourceLine, is_tombstone
from wasmscope.format.module import Module
from wasmscope.format.section_ids import CODE_ID

if TYPE_CHECKING:
    from wasmscope.explain.debug_info.dwarf import Dwarf, Unit
    from wasmscope.explain.debug_info.scopes import Frame, Scopes, Variable


class Tombstone(NamedTuple):
    """An address in debug information that stands for code which was dropped."""

    value: int

    def __str__(self) -> str:
        return f"tombstone {self.value:#x}: the code was dropped"


class Dangling(NamedTuple):
    """An address in debug information at which there is no function."""

    address: int

    def __str__(self) -> str:
        return f"dangling: no function is at {self.address:#x} of the code section"


if TYPE_CHECKING:
    Line = SourceLine | Tombstone | Dangling | None
    """A place in a source file; or why an address has none: it is no living code's. None: nothing is known."""


class Debug:
    """The debug information of one module, and what was found in it so far."""

    def __init__(self, dwarf: Dwarf) -> None:
        self.dwarf = dwarf
        self._scopes: dict[Unit, Scopes] = {}

    def scopes(self, unit: Unit) -> Scopes:
        """Functions and variables of a unit; read once."""
        if unit not in self._scopes:
            from wasmscope.explain.debug_info.scopes import Scopes

            self._scopes[unit] = Scopes(unit)
        return self._scopes[unit]

    def unit_at(self, address: int) -> Unit | None:
        """The unit with code at `address`; a unit that does not say where its code is is asked by its line table."""
        found = self.dwarf.unit_at(address)
        if found is not None:
            return found
        silent = (unit for unit in self.dwarf.units if not unit.ranges and not unit.dead)
        return next((unit for unit in silent if unit.sequence_at(address) is not None), None)


_reading = threading.RLock()
P = ParamSpec("P")
R = TypeVar("R")


def _alone(read: Callable[P, R]) -> Callable[P, R]:
    """`read`, by one thread at a time: what it reads from is one file with one position."""

    @wraps(read)
    def locked(*args: P.args, **kwargs: P.kwargs) -> R:
        with _reading:
            return read(*args, **kwargs)

    return locked


_known: WeakKeyDictionary[Module, Debug | None] = WeakKeyDictionary()


@_alone
def debug_of(module: Module) -> Debug | None:
    """The debug information of `module`, the same object each time; None when it has none."""
    if module not in _known:
        found = None
        if has_debug_information(module):
            from wasmscope.explain.debug_info.dwarf import Dwarf

            found = Debug(Dwarf(debug_sections(module)))
        _known[module] = found
    return _known[module]


@_alone
def line_of(module: Module, address: int) -> Line:
    """The source line of the code at `address`, an offset in bytes in the contents of the code section."""
    debug = debug_of(module)
    if debug is None:
        return None
    unit = debug.unit_at(address)
    row = unit.row_at(address) if unit is not None else None
    if row is not None:
        return row.source
    if is_tombstone(address, 4) or is_tombstone(address, 8):
        return Tombstone(address)
    return None if _is_code(module, address) else Dangling(address)


def _is_code(module: Module, address: int) -> bool:
    offset = address + code_base(module)
    position = bisect_right(module.bodies, offset, key=lambda body: body.code_start) - 1
    return position >= 0 and offset < module.bodies[position].end


def code_base(module: Module) -> int:
    """The file offset that addresses of code count from; 0 when there is no code."""
    section = module.section(CODE_ID)
    return section.contents if section is not None else 0


@_alone
def line_of_byte(module: Module, offset: int) -> SourceLine | None:
    """The source line of byte `offset` of the file: code, or data that is a variable; None for all else."""
    if debug_of(module) is None:
        return None
    section = module.section(CODE_ID)
    if section is not None and section.contents <= offset < section.end:
        return _line_in_body(module, offset)
    variable = variable_of_byte(module, offset)
    return variable.source if variable is not None else None


def _line_in_body(module: Module, offset: int) -> SourceLine | None:
    position = bisect_right(module.bodies, offset, key=lambda body: body.start) - 1
    if position < 0 or offset >= module.bodies[position].end:
        return None
    body = module.bodies[position]
    found = line_of(module, max(offset, body.code_start) - code_base(module))
    if isinstance(found, Tombstone | Dangling):
        return None
    if found is None:  # a body's size and the types of its locals belong to its first line
        rows = _rows_between(module, body.code_start, body.end)
        found = rows[0].source if rows and offset < rows[0].address + code_base(module) else None
    return found


@_alone
def lines_between(module: Module, start: int, end: int) -> list[tuple[int, SourceLine]]:
    """Where between two offsets in the file, inside one function, each source line begins, in order."""
    return [(row.address + code_base(module), row.source) for row in _rows_between(module, start, end)]


def _rows_between(module: Module, start: int, end: int) -> list[LineRow]:
    debug, base = debug_of(module), code_base(module)
    if debug is None or start >= end:
        return []
    unit = debug.unit_at(start - base) or debug.unit_at(end - 1 - base)
    return unit.rows_between(start - base, end - base) if unit is not None else []


class DebugRange(NamedTuple):
    """A range of addresses that a unit says is its code. state: "code" · "tombstone" (it was dropped) · "dangling"
    (it begins or ends where there is no function)."""

    unit: str
    start: int
    end: int
    state: str


@_alone
def debug_ranges(module: Module) -> list[DebugRange]:
    """The address ranges of all units, in the order of the debug information."""
    debug = debug_of(module)
    found: list[DebugRange] = []
    for unit in debug.dwarf.units if debug is not None else ():
        found += [DebugRange(unit.name, *part, "tombstone") for part in unit.dead]
        for part in unit.ranges:
            found.append(DebugRange(unit.name, *part, "dangling" if is_dangling(module, part) else "code"))
    return found


def is_dangling(module: Module, part: Range) -> bool:
    """Whether a range of addresses begins or ends where there is no function."""
    return not (_is_code(module, part.start) and _is_code(module, part.end - 1))


@_alone
def frames_of(module: Module, address: int) -> list[Frame]:
    """The calls that were inlined at `address` of the code section and the function itself, innermost first."""
    debug = debug_of(module)
    unit = debug.unit_at(address) if debug is not None else None
    return debug.scopes(unit).frames(address) if debug is not None and unit is not None else []


@_alone
def variable_at(module: Module, address: int) -> Variable | None:
    """The variable at an address of memory (an object's own), if the debug information knows one there."""
    debug = debug_of(module)
    for unit in debug.dwarf.units_near(address) if debug is not None else ():
        assert debug is not None
        variables = debug.scopes(unit).variables
        position = bisect_right(variables, address, key=lambda one: one.address) - 1
        if position >= 0 and address < variables[position].address + max(variables[position].size, 1):
            return variables[position]
    return None


def variable_of_byte(module: Module, offset: int) -> Variable | None:
    """The variable whose initial value byte `offset` of the file is part of."""
    position = bisect_right(module.datas, offset, key=lambda data: data.start) - 1
    if position < 0 or offset >= module.datas[position].end:
        return None
    address = segment_address(module, position)
    return None if address is None else variable_at(module, address + offset - module.datas[position].start)
