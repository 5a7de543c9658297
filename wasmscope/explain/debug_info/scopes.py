"""Functions, inlined calls and variables of one compilation unit, from the entries of its debug information.

All entries of the unit are read on first use: some hundred thousand a second.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import NamedTuple

from elftools.dwarf.die import DIE

from wasmscope.explain.debug_info.dwarf import OP_ADDR, OP_ADDRX, OP_PLUS_UCONST, Unit, text_of
from wasmscope.explain.debug_info.source_line import Range, SourceLine, is_tombstone
from wasmscope.format.leb128 import read_uleb
from wasmscope.link.names import readable

_LINKS = ("DW_AT_abstract_origin", "DW_AT_specification")
_CHAIN = 16
"""How many links from entry to entry are followed: more is a circle."""


class Scope(NamedTuple):
    """A function, or one that was inlined, and the code of it."""

    function: str
    ranges: tuple[Range, ...]
    depth: int
    call: SourceLine | None
    """Where an inlined one was called."""


class Frame(NamedTuple):
    """One call on the way to an address, and where in it that is."""

    function: str
    source: SourceLine


class Variable(NamedTuple):
    """A variable with an address of its own; `size` in bytes, 0 when its type does not say."""

    name: str
    address: int
    size: int
    source: SourceLine


class Scopes:
    """What `unit` says of functions and variables."""

    def __init__(self, unit: Unit) -> None:
        self.unit = unit

    @cached_property
    def _read(self) -> tuple[list[Scope], list[Variable]]:
        scopes: list[Scope] = []
        variables: list[Variable] = []
        unit = self.unit
        with unit.dwarf.reading(f"the entries of {unit.name or 'a unit'}"):
            for die, depth in _entries(unit):
                if die.tag in ("DW_TAG_subprogram", "DW_TAG_inlined_subroutine"):
                    scopes += self._scope(die, depth)
                elif die.tag == "DW_TAG_variable":
                    variables += self._variable(die)
        return scopes, sorted(variables, key=lambda one: one.address)

    @property
    def scopes(self) -> list[Scope]:
        """Functions and inlined calls whose code is there, outer before inner."""
        return self._read[0]

    @property
    def variables(self) -> list[Variable]:
        """By rising address."""
        return self._read[1]

    def frames(self, address: int) -> list[Frame]:
        """The calls that code at `address` stands in, innermost first: inlined ones, then the function itself."""
        row = self.unit.row_at(address)
        if row is None:
            return []
        inside = [one for one in self.scopes if any(part.start <= address < part.end for part in one.ranges)]
        found, source = [], row.source
        for scope in sorted(inside, key=lambda one: -one.depth):
            found.append(Frame(scope.function, source))
            if scope.call is None:
                break
            source = scope.call
        return found

    def _scope(self, die: DIE, depth: int) -> Iterator[Scope]:
        size = self.unit.address_size
        ranges = tuple(
            one for one in self.unit.ranges_of(die) if one.start < one.end and not is_tombstone(one.start, size)
        )
        if ranges:
            inlined = die.tag == "DW_TAG_inlined_subroutine"
            call = self._place(die, "call_file", "call_line", "call_column") if inlined else None
            yield Scope(_name(die), ranges, depth, call)

    def _variable(self, die: DIE) -> Iterator[Variable]:
        location = die.attributes.get("DW_AT_location")  # 0 is a good address of data: an object's begin there
        address = self._address(bytes(location.value)) if location is not None and _is_block(location.value) else None
        if address is not None and (not address or not is_tombstone(address, self.unit.address_size)):
            about = _linked(die, "DW_AT_decl_line")
            source = self._place(about, "decl_file", "decl_line", "decl_column")
            yield Variable(_name(die), address, _size(die, self.unit.address_size), source)

    def _address(self, location: bytes) -> int | None:
        """What a location says when it is an address, or one and a constant; None for anything else."""
        size = self.unit.address_size
        if location[:1] == bytes((OP_ADDR,)) and len(location) > size:
            address, rest = int.from_bytes(location[1 : 1 + size], "little"), location[1 + size :]
        elif location[:1] == bytes((OP_ADDRX,)):
            index, end = read_uleb(location, 1)
            address, rest = self.unit.dwarf.address(self.unit.cu, index), location[end:]
        else:
            return None
        if not rest:
            return address
        if rest[0] != OP_PLUS_UCONST:
            return None
        more, end = read_uleb(rest, 1)
        return address + more if end == len(rest) else None

    def _place(self, die: DIE, file: str, line: str, column: str) -> SourceLine:
        given = {name: die.attributes.get(f"DW_AT_{name}") for name in (file, line, column)}
        values = {name: one.value if one is not None else 0 for name, one in given.items()}
        named = self.unit.file(values[file]) if given[file] is not None else ""
        return SourceLine(named, values[line], values[column])


def _entries(unit: Unit) -> Iterator[tuple[DIE, int]]:
    """Every entry of `unit` and how deep it is in the tree."""
    depth = 0
    for die in unit.cu.iter_DIEs():
        if die.tag is None:
            depth -= 1
            continue
        yield die, depth
        depth += bool(die.has_children)


def _is_block(value: object) -> bool:
    return isinstance(value, list | bytes) and len(value) > 0


def _linked(die: DIE, attribute: str) -> DIE:
    """The first entry with `attribute`: `die`, or what it is an instance or the definition of."""
    for _ in range(_CHAIN):
        link = next((name for name in _LINKS if name in die.attributes), None)
        if attribute in die.attributes or link is None:
            break
        die = die.get_DIE_from_attribute(link)
    return die


def _name(die: DIE) -> str:
    linkage = text_of(_linked(die, "DW_AT_linkage_name"), "DW_AT_linkage_name")
    return readable(linkage) if linkage else text_of(_linked(die, "DW_AT_name"), "DW_AT_name")


def _size(die: DIE, address_size: int) -> int:
    """How many bytes a thing of an entry's type takes."""
    count = 1
    die = _linked(die, "DW_AT_type")
    for _ in range(_CHAIN):
        if "DW_AT_byte_size" in die.attributes:
            return count * int(die.attributes["DW_AT_byte_size"].value)
        if die.tag in ("DW_TAG_pointer_type", "DW_TAG_reference_type", "DW_TAG_rvalue_reference_type"):
            return count * address_size
        if die.tag == "DW_TAG_array_type":
            for bound in die.iter_children():
                count *= _length(bound)
        if "DW_AT_type" not in die.attributes:
            break
        die = die.get_DIE_from_attribute("DW_AT_type")
    return 0


def _length(bound: DIE) -> int:
    """How many elements an array has along one of its dimensions."""
    if "DW_AT_count" in bound.attributes:
        return int(bound.attributes["DW_AT_count"].value)
    upper = bound.attributes.get("DW_AT_upper_bound")
    return int(upper.value) + 1 if upper is not None else 0
