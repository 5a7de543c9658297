"""Debug information of one module or object: its compilation units, their address ranges and their line tables.

pyelftools reads it, a unit at a time, when that unit is asked about; what it cannot read is in `problems`. An address
is an offset in bytes in the contents of the code section (tool-conventions, "DWARF for WebAssembly"), so function
bodies have addresses from 2 up; an address of data is one in linear memory.
"""

from __future__ import annotations

import posixpath
import re
from bisect import bisect_right
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cached_property
from io import BytesIO
from threading import RLock
from typing import Any

from elftools.dwarf.compileunit import CompileUnit
from elftools.dwarf.die import DIE
from elftools.dwarf.dwarfinfo import DebugSectionDescriptor, DwarfConfig, DWARFInfo
from elftools.dwarf.lineprogram import LineProgram, LineState
from elftools.dwarf.ranges import BaseAddressEntry

from wasmscope.explain.debug_info.source_line import LineRow, Range, Sequence, SourceLine, is_tombstone

_SECTIONS = (
    "debug_info", "debug_aranges", "debug_abbrev", "debug_frame", "eh_frame", "debug_str", "debug_loc", "debug_ranges",
    "debug_line", "debug_pubtypes", "debug_pubnames", "debug_addr", "debug_str_offsets", "debug_line_str",
    "debug_loclists", "debug_rnglists", "debug_sup", "gnu_debugaltlink", "debug_types",
)  # fmt: skip
"""What `DWARFInfo` wants to be given."""
OP_ADDR, OP_PLUS_UCONST, OP_ADDRX = 0x03, 0x23, 0xA1
"""Operations of the location of a variable that is in memory all the time."""
_LOCATION = re.compile(rb"(?=[\x02-\x12][\x03\xa1])", re.DOTALL)
"""A length and the operation with which such a location begins."""
NEAR = 64
"""So many units are looked into for a variable."""
_ABSOLUTE = re.compile(r"/|[A-Za-z]:[\\/]|\\\\")


class Dwarf:
    """The debug information in `sections` (by name, relocated). Nothing is read before it is asked for."""

    def __init__(self, sections: dict[str, bytes]) -> None:
        self.problems: list[str] = []
        """What could not be read, in words."""
        self._lock = RLock()  # the reader goes to and fro in one stream: a screen and its worker must take turns
        self._sections = sections
        self._info = _dwarf_info(sections, 4)
        with suppress(Exception):  # `units` says what is wrong
            if next(self._info.iter_CUs())["address_size"] == 8:
                self._info = _dwarf_info(sections, 8)

    @contextmanager
    def reading(self, what: str) -> Iterator[None]:
        """Note what is wrong with `what`. The reader is not made for damaged input: it may raise anything."""
        with self._lock:
            try:
                yield
            except Exception as error:
                reason = str(error) or type(error).__name__
                self.problems.append(f"debug information: {what} cannot be read: {reason}")

    @cached_property
    def units(self) -> list[Unit]:
        """The compilation units in the order of the section: only their headers and first entries are read here."""
        found: list[Unit] = []
        with self.reading(".debug_info"):
            for one in self._info.iter_CUs():
                found.append(Unit(self, one))
        return found

    @cached_property
    def _by_start(self) -> tuple[list[int], list[tuple[Range, Unit]]]:
        rows = [(part, unit) for unit in self.units for part in unit.ranges]
        rows.sort(key=lambda row: row[0])
        return [part.start for part, _ in rows], rows

    def unit_at(self, address: int) -> Unit | None:
        """The unit whose code is at `address`."""
        starts, rows = self._by_start
        for position in range(bisect_right(starts, address) - 1, -1, -1):
            part, unit = rows[position]
            if part.start <= address < part.end:
                return unit
            if part.end > part.start:  # ranges of living code do not overlap; empty ones may stand among them
                return None
        return None

    def units_near(self, address: int) -> Iterator[Unit]:
        """The units that may have a variable at an address of memory, each once, the likeliest first."""
        addresses, units = self._locations
        seen: set[Unit] = set()
        for position in range(bisect_right(addresses, address) - 1, -1, -1):
            unit = units[position]
            if unit not in seen:
                seen.add(unit)
                yield unit
            if len(seen) == NEAR:
                return

    @cached_property
    def _locations(self) -> tuple[list[int], list[Unit]]:
        """Addresses that variables may have, in order, and the unit of each.

        They are found by what the location of a variable looks like (its length, an operation, an address), which other
        bytes may look like, too: to read all entries of a large program takes minutes.
        """
        found: list[tuple[int, int]] = []
        units, info, addresses = self.units, self._sections[".debug_info"], self._sections.get(".debug_addr", b"")
        starts = [unit.offset for unit in units]
        for match in _LOCATION.finditer(info) if units else ():
            number = bisect_right(starts, match.start()) - 1
            unit, at = units[max(number, 0)], match.start() + 2
            size = unit.address_size
            if info[at - 1] == OP_ADDR:
                value = info[at : at + size]
            elif unit.address_base is not None:
                start = unit.address_base + _small(info, at) * size
                value = addresses[start : start + size]
            else:
                continue
            if len(value) == size:
                found.append((int.from_bytes(value, "little"), number))
        found.sort()
        return [address for address, _ in found], [units[number] for _, number in found]

    def line_program(self, unit: CompileUnit) -> LineProgram | None:
        """The line program of a unit, not run yet."""
        return self._info.line_program_for_CU(unit)

    def address(self, unit: CompileUnit, index: int) -> int:
        """Entry `index` of the unit's part of .debug_addr."""
        return self._info.get_addr(unit, index)

    def ranges(self, unit: CompileUnit, offset: int, base: int) -> list[Range]:
        """The range list at `offset` of a unit whose addresses count from `base`; dropped code stands as it is."""
        lists = self._info.range_lists()
        found = []
        for one in lists.get_range_list_at_offset(offset, unit) if lists is not None else ():
            if isinstance(one, BaseAddressEntry):
                base = one.base_address
            else:
                low, high = one.begin_offset, one.end_offset
                start = 0 if one.is_absolute or is_tombstone(low, unit["address_size"]) else base
                found.append(Range(low + start, high + start))
        return found


def _small(data: bytes, pos: int) -> int:
    """The ULEB at `pos`, of which at most three bytes count; 0 past the end."""
    value = 0
    for place, byte in enumerate(data[pos : pos + 3]):
        value |= (byte & 127) << 7 * place
        if byte < 128:
            break
    return value


def _dwarf_info(sections: dict[str, bytes], address_size: int) -> DWARFInfo:
    given: dict[str, Any] = {}
    for name in _SECTIONS:
        data = sections.get(f".{name}")
        given[f"{name}_sec"] = (
            None if data is None else DebugSectionDescriptor(BytesIO(data), f".{name}", 0, len(data), 0)
        )
    return DWARFInfo(DwarfConfig(True, "wasm", address_size), **given)


class Unit:
    """One compilation unit. `ranges` are the addresses of its code that is there, `dead` those that are tombstones."""

    def __init__(self, dwarf: Dwarf, unit: CompileUnit) -> None:
        self.dwarf = dwarf
        self.cu = unit
        self.offset: int = unit.cu_offset
        """Of its header in .debug_info."""
        self.version: int = unit["version"]
        self.address_size: int = unit["address_size"]
        self.name = self.directory = self.producer = ""
        self.address_base: int | None = None
        """Where the unit's part of .debug_addr begins, if it has one."""
        found: list[Range] = []
        with dwarf.reading(f"the unit at {self.offset:#x} of .debug_info"):
            top = unit.get_top_DIE()
            self.name, self.directory = text_of(top, "DW_AT_name"), text_of(top, "DW_AT_comp_dir")
            self.producer = text_of(top, "DW_AT_producer")
            base = top.attributes.get("DW_AT_addr_base")
            self.address_base = base.value if base is not None else None
            found = self.ranges_of(top)
        self.ranges = [one for one in found if one.start < one.end and not is_tombstone(one.start, self.address_size)]
        self.dead = [one for one in found if is_tombstone(one.start, self.address_size) and one.end > 0]

    def __repr__(self) -> str:
        return f"Unit({self.name!r} at {self.offset:#x})"

    def ranges_of(self, die: DIE) -> list[Range]:
        """The addresses of an entry, tombstones among them; none when it says none."""
        attributes = die.attributes
        low = attributes.get("DW_AT_low_pc")
        if "DW_AT_ranges" in attributes:
            base = self.cu.get_top_DIE().attributes.get("DW_AT_low_pc")
            return self.dwarf.ranges(self.cu, attributes["DW_AT_ranges"].value, base.value if base is not None else 0)
        high = attributes.get("DW_AT_high_pc")
        if low is None or high is None:
            return []
        size = 0 if high.form.startswith("DW_FORM_addr") else low.value  # a size, or an address itself
        return [Range(low.value, size + high.value)]

    @cached_property
    def sequences(self) -> list[Sequence]:
        """The line table, dropped code with it; the line program is run on first use."""
        found: list[Sequence] = []
        with self.dwarf.reading(f"the line table of {self.name or 'a unit'}"):
            program = self.dwarf.line_program(self.cu)
            if program is not None:
                found = list(self._run(program))
        return sorted(found, key=lambda one: one.start)

    def _run(self, program: LineProgram) -> Iterator[Sequence]:
        known: dict[tuple[int, int, int], SourceLine] = {}
        rows: list[LineRow] = []
        for entry in program.get_entries():
            state: LineState | None = entry.state
            if state is None:
                continue
            if state.end_sequence:
                if rows:
                    rows.sort(key=lambda row: row.address)
                    yield Sequence(rows[0].address, state.address, rows)
                rows = []
                continue
            place = state.file, state.line, state.column
            if place not in known:
                known[place] = SourceLine(self._file(program, state.file), state.line, state.column)
            rows.append(LineRow(state.address, known[place]))

    def file(self, number: int) -> str:
        """The path of file `number` of the line table; "" if there is none."""
        program = self.dwarf.line_program(self.cu)
        return self._file(program, number) if program is not None else ""

    def _file(self, program: LineProgram, number: int) -> str:
        header = program.header
        first = 0 if header["version"] >= 5 else 1  # from version 5 on, files and directories count from 0
        files, folders = header["file_entry"], header["include_directory"]
        if not first <= number < len(files) + first:
            return ""
        entry = files[number - first]
        folder = entry["dir_index"] or 0
        inside = [_string(folders[folder - first])] if first <= folder < len(folders) + first else []
        return _joined(self.directory, *inside, _string(entry["name"]))

    def sequence_at(self, address: int) -> Sequence | None:
        """The sequence that covers `address`."""
        position = bisect_right(self.sequences, address, key=lambda one: one.start) - 1
        while position >= 0 and self.sequences[position].end == self.sequences[position].start:
            position -= 1  # empty ones may stand where another begins
        found = self.sequences[position] if position >= 0 else None
        return found if found is not None and address < found.end else None

    def row_at(self, address: int) -> LineRow | None:
        """The row of the line table that covers `address`."""
        sequence = self.sequence_at(address)
        if sequence is None:
            return None
        return sequence.rows[bisect_right(sequence.rows, address, key=lambda row: row.address) - 1]

    def rows_between(self, start: int, end: int) -> list[LineRow]:
        """The rows that cover addresses `start` to `end`, which lie in one sequence; the first may begin before."""
        sequence = self.sequence_at(start) or self.sequence_at(end - 1)
        if sequence is None:
            return []
        rows = sequence.rows
        first = max(bisect_right(rows, start, key=lambda row: row.address) - 1, 0)
        return rows[first : bisect_right(rows, end - 1, key=lambda row: row.address)]


def _joined(*parts: str) -> str:
    """A path out of directory, directory and name: an absolute one lets go of what is before it."""
    path = ""
    for part in parts:
        path = part if not path or _ABSOLUTE.match(part) else f"{path.rstrip('/')}/{part}"
    return posixpath.normpath(path) if path else ""


def _string(value: bytes | str | None) -> str:
    return value.decode("utf-8", "surrogateescape") if isinstance(value, bytes) else value or ""


def text_of(die: DIE, name: str) -> str:
    """The value of a string attribute; "" when it is not there."""
    attribute = die.attributes.get(name)
    return _string(attribute.value) if attribute is not None else ""
