"""The story of one byte of a module that another linker made, with the objects that it was made of.

What the module tells by itself (`lone_byte`), the atom that was matched there (`matching`), the byte of the object that
it is, and of a relocation what it must have written and what is there. Asked from an object's side, the same the other
way. Places: those of `lone_byte` in the module, and FILE:OFFSET and FILE:SECTION+OFFSET in an object.
"""

from __future__ import annotations

from typing import NamedTuple

from wasmscope.errors import FormatError
from wasmscope.explain.alone.lone import LoneModule
from wasmscope.explain.alone.lone_byte import LoneByte, lone_byte
from wasmscope.explain.auditing.audit import Audit, AuditFinding, value_at
from wasmscope.explain.auditing.expected import Expected, Want
from wasmscope.explain.auditing.landmarks import Landmarks
from wasmscope.explain.matching.matching import Home
from wasmscope.explain.named_bytes import asked
from wasmscope.explain.origin import relocation_over
from wasmscope.explain.story import InputByte, input_byte
from wasmscope.explain.symbols import Mention
from wasmscope.format.relocs import RELOC_TYPES
from wasmscope.link.model import Atom


class Site(NamedTuple):
    """A relocation in the module: what is there, and what must be."""

    mention: Mention
    found: int | None
    """None when it cannot be read."""
    expected: tuple[int, ...]
    """Every value that is right; empty where that cannot be told."""
    formula: str
    finding: AuditFinding | None
    """What is wrong with it."""


class ForeignByte(NamedTuple):
    """What is known of a byte."""

    there: LoneByte | None
    """In the module; None for a byte of an object that is not in it."""
    input: InputByte | None
    """In its object; None for what the linker made, and for what could not be matched."""
    home: Home | None
    """Where the atom is in the module, and what it was matched by; None for merged strings, too."""
    site: Site | None
    fate: str
    """In a sentence."""
    records: tuple[AuditFinding, ...] = ()
    """What is wrong with the record of the module that it is in."""


def foreign_byte(found: Audit, lone: LoneModule, text: str) -> ForeignByte:
    """The byte that `text` names, of the module that was audited or of an object of its link.

    Raises LookupError with the reason when there is none.
    """
    try:
        there = lone_byte(lone, text)
    except LookupError as error:
        return _of_object(found, lone, text, error)
    records = tuple(one for one in found.findings if one.record and _covers(one, there.offset))
    return _in_module(found, there)._replace(records=records)


def _covers(finding: AuditFinding, offset: int | None) -> bool:
    return offset is not None and finding.offset <= offset < max(finding.end, finding.offset + 1)


def _in_module(found: Audit, there: LoneByte) -> ForeignByte:
    matched = _atom_at(found, there)
    if matched is None:
        made = found.matching.made.get(there.item.number) if there.item and there.item.space == "function" else None
        fate = f"made by the linker: {made}" if made else "no object's, or not matched with any"
        return ForeignByte(there, None, None, None, fate)
    return _matched(found, there, *matched)


def _atom_at(found: Audit, there: LoneByte) -> tuple[Atom, int] | None:
    """The atom at a byte of the module and which of its bytes it is (-1: none of them)."""
    if there.offset is not None:
        return found.matching.atom_at(there.offset)
    return Landmarks(found.matching).atom_of(there.address) if there.address is not None else None


def _matched(found: Audit, there: LoneByte | None, atom: Atom, position: int) -> ForeignByte:
    home = found.matching.place_of(atom)
    if position < 0 or atom.file is None:
        return ForeignByte(there, None, home, None, "in a function that was matched, but no byte of the object's")
    one = input_byte(found.matching.link, atom.file, atom.start + position)
    how = home.how if home is not None else "contents, as a merged string"
    site = _site(found, atom, position)
    fate = f"matched by {how}"
    if any(start <= position < end for start, end in (home.strays if home is not None else ())):
        fate += "; it differs from the object's although no relocation patches it"
    return ForeignByte(there, one, home, site, fate)


def _site(found: Audit, atom: Atom, position: int) -> Site | None:
    row = relocation_over(atom, position)
    if row is None or atom.relocs is None or found.matching.site(atom, row) is None:
        return None
    mention, want = Mention(atom, row), Expected(found.matching).of(atom, row)
    wrong = next((one for one in found.findings if one.mention == mention), None)
    try:
        there = found.matching.found(atom, row)
    except FormatError:
        there = None
    return Site(mention, there, _values(atom, row, want), want.formula, wrong)


def _values(atom: Atom, row: int, want: Want) -> tuple[int, ...]:
    assert atom.relocs is not None
    addend = atom.relocs.addends[row] if want.addend else 0
    return tuple(value_at(RELOC_TYPES[atom.relocs.types[row]], one + addend) for one in want.values)


def _of_object(found: Audit, lone: LoneModule, text: str, error: LookupError) -> ForeignByte:
    try:
        place = asked(found.matching.link, text)
    except LookupError:
        raise error from None
    if place.file is None:
        raise error
    if place.offset >= len(place.file.module.data):
        raise LookupError(f"{place.file.name} has no byte {place.offset:#x}")
    one = input_byte(found.matching.link, place.file, place.offset)
    if one.atom is None:
        return ForeignByte(None, one, None, None, "read by the linker, not copied")
    position = place.offset - one.atom.start
    offset = found.matching.offset_of(one.atom, position)
    address = found.matching.address_of(one.atom, position) if one.atom.kind == "data" else None
    if offset is None and address is None:
        why = next((lost.why for lost in found.unmatched if lost.thing is one.atom), "")
        return ForeignByte(None, one, None, None, f"not in the module, or not found there{f': {why}' if why else ''}")
    there = lone_byte(lone, hex(offset) if offset is not None else f"mem:{address:#x}")
    return _matched(found, there, one.atom, position)
