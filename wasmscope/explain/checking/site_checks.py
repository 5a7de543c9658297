"""Checks of the sites that an object's relocations patch: whole, padded, and operands of the right kind."""

from __future__ import annotations

from collections.abc import Iterator

from wasmscope.errors import FormatError
from wasmscope.explain.checking.findings import Finding, Place
from wasmscope.explain.naming import title
from wasmscope.format.code import body, instructions
from wasmscope.format.module import Module
from wasmscope.format.reloc_section import Relocs
from wasmscope.format.relocs import RELOC_TYPES, WIDTHS, RelocType
from wasmscope.format.section_ids import CODE_ID, DATA_ID
from wasmscope.link.atoms import Atom
from wasmscope.link.objects import ObjectFile


def site_findings(file: ObjectFile) -> Iterator[Finding]:
    """What is wrong with the sites of a well-formed object."""
    for relocs in file.module.relocs:
        yield from _overlaps(file, relocs)
        yield from _between_atoms(file, relocs)
    for atom in file.functions:
        yield from _function(file, atom)
    for atom in (*file.segments, *file.customs):
        for row in range(atom.lo, atom.hi):
            problem = _straddles(atom, row) or _unpadded(atom, row)
            if problem:
                yield _at(atom, row, *problem)


def operands(module: Module, start: int, end: int, name: str) -> tuple[dict[int, tuple[str, int]], Finding | None]:
    """The operands of the function between two file offsets: where each starts, its kind, and where it ends.

    Also what is wrong with code that cannot be read to its end; then the operands are those before that place.
    """
    spans: dict[int, tuple[str, int]] = {}
    offset = start
    try:
        frame = body(module.data, start, end)
        for one in instructions(module.data, frame.code_start, frame.end):
            offset = one.end
            for kind, _, first, last in one.args:
                spans[first] = kind, last
    except FormatError as error:
        at = offset if error.offset is None else error.offset
        return spans, Finding("undecodable-code", Place(module.file, "code", at, name), error.reason)
    return spans, None


def operand_of(type: RelocType) -> str:
    """The kind of immediate (see `format.immediates`) that a relocation type patches in code; "" for none."""
    if type.encoding == "le":
        return ""
    if type.encoding == "sleb":
        return f"i{type.bits}"
    return "offset" if type.symbol_kind == "data" else type.symbol_kind


def _type(relocs: Relocs, row: int) -> RelocType:
    return RELOC_TYPES[relocs.types[row]]


def _at(atom: Atom, row: int, rule: str, found: str) -> Finding:
    assert atom.file is not None
    section = {"function": "code", "data": "data"}.get(atom.kind, atom.name)
    place = Place(atom.file.name, section, atom.start + atom.site(row), title(atom) if atom.kind != "custom" else "")
    return Finding(rule, place, found)


def _overlaps(file: ObjectFile, relocs: Relocs) -> Iterator[Finding]:
    """Sites that begin before the one before them ends."""
    end, before = -1, 0
    for row, (kind, offset) in enumerate(zip(relocs.types, relocs.offsets, strict=True)):
        if offset < end:
            found = (f"{_type(relocs, row).name} at {offset:#x} of the section begins in the site of"
                     f" {_type(relocs, before).name} at {relocs.offsets[before]:#x}")  # fmt: skip
            section = file.module.sections[relocs.target]
            yield Finding("sites-overlap", Place(file.name, section.name, section.contents + offset), found)
        end, before = offset + WIDTHS[kind], row


def _between_atoms(file: ObjectFile, relocs: Relocs) -> Iterator[Finding]:
    """Relocations of the code or data section behind the last function or segment."""
    section = file.module.sections[relocs.target]
    atoms = {CODE_ID: file.functions, DATA_ID: file.segments}.get(section.id)
    if atoms is None:
        return
    for row in range(atoms[-1].hi if atoms else 0, len(relocs)):
        found = f"{_type(relocs, row).name} lies behind the last of the section's functions or segments"
        yield Finding("site-straddles", Place(file.name, section.name, section.contents + relocs.offsets[row]), found)


def _straddles(atom: Atom, row: int) -> tuple[str, str] | None:
    """The rule that a site breaks which is not within its atom, and what was found."""
    assert atom.relocs is not None
    type, site = _type(atom.relocs, row), atom.site(row)
    if 0 <= site <= atom.size - type.width:
        return None
    where = "begins before" if site < 0 else "runs past the end of"
    return "site-straddles", f"the site of {type.name}, {type.width} bytes, {where} {title(atom)}"


def _unpadded(atom: Atom, row: int) -> tuple[str, str] | None:
    """The rule that a site breaks whose number is shorter than what will be written."""
    assert atom.relocs is not None
    assert atom.file is not None
    type = _type(atom.relocs, row)
    at = atom.start + atom.site(row)
    raw = bytes(atom.file.module.data[at : at + type.width])
    if type.encoding == "le" or (raw[-1] < 128 and min(raw[:-1]) > 127):
        return None
    return "site-not-padded", f"{type.name} patches {raw.hex(' ')}, which is no LEB of {type.width} bytes"


def _function(file: ObjectFile, atom: Atom) -> Iterator[Finding]:
    """A function's code, and the sites in it."""
    spans, unread = operands(file.module, atom.start, atom.end, title(atom))
    if unread is not None:
        yield unread
    end = unread.place.offset if unread is not None else None
    for row in range(atom.lo, atom.hi):
        site = atom.start + atom.site(row)
        problem = _straddles(atom, row)
        if problem is None and (end is None or site < end):
            kind, last = spans.get(site, ("", 0))
            problem = (_unpadded(atom, row) if kind else None) or _wrong_operand(atom, row, kind, last)
        if problem:
            yield _at(atom, row, *problem)


def _wrong_operand(atom: Atom, row: int, kind: str, end: int) -> tuple[str, str] | None:
    assert atom.relocs is not None
    type = _type(atom.relocs, row)
    wanted = operand_of(type)
    if kind == wanted and end == atom.start + atom.site(row) + type.width:
        return None
    there = f"an operand of kind {kind}" if kind else "no operand that begins there"
    patches = f"an operand of kind {wanted}" if wanted else "data"
    return "site-no-immediate", f"{type.name} patches {patches}, but here is {there}"
