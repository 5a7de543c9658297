"""What the cursor is on: the thing that a key without a name is about."""

from __future__ import annotations

from bisect import bisect_right

from wasmscope.debugger.cursor import BYTES, RELOCS, SYMBOLS, Byte, Place
from wasmscope.debugger.opened import Opened
from wasmscope.explain.memory_image import memory_image
from wasmscope.explain.naming import FileSection
from wasmscope.explain.origin import Origin, atom_at, origin, relocation_over
from wasmscope.explain.references import AtomByte
from wasmscope.explain.symbols import Mention
from wasmscope.format.section_ids import EXPORT_ID, IMPORT_ID
from wasmscope.link.model import ExportEntry, ImportEntry, Link, ObjectFile

ENTRIES = (IMPORT_ID, EXPORT_ID)
"""Sections of the output that are a piece for each entry, after header and count."""


def byte_at(place: Place) -> Byte:
    """The byte under the cursor of view 4."""
    return Byte(place.file, place.start, place.memory)


def subject(opened: Opened, place: Place, out: bool = False) -> object:
    """The thing at `place`, by the view in sight; None if there is none.

    `out`: what it leads to is wanted, so that of a patched byte it is the relocation and not the byte.
    """
    if place.view == SYMBOLS:
        return place.symbol
    if place.view == RELOCS:
        return place.relocation
    if place.view == BYTES:
        thing, mention = at_byte(opened.link, byte_at(place))
        return mention if out and mention is not None else thing
    return place.thing if place.thing is not None else place.atom


def at_byte(link: Link, byte: Byte) -> tuple[object, Mention | None]:
    """What `byte` is of (a byte of an atom, an entry, a symbol's record, a section), and the relocation over it."""
    if byte.memory:
        return _in_memory(link, byte.offset)
    if byte.file is not None:
        return _in_file(link, byte.file, byte.offset)
    if link.emit is None or not 0 <= byte.offset < len(link.emit.data):
        return None, None
    made = origin(link, byte.offset)
    if made.atom is not None and made.piece is not None:
        return AtomByte(made.atom, byte.offset - made.piece.start), made.relocation
    return _entry(link, made) or made.section, None


def _in_memory(link: Link, address: int) -> tuple[object, Mention | None]:
    image = memory_image(link)
    if image is None or not 0 <= address < image.size:
        return None, None
    found = image.atom_at(address)
    if found is None:
        region = image.region_at(address)
        return region.segment, None
    atom, offset = found
    row = relocation_over(atom, offset)
    return AtomByte(atom, offset), Mention(atom, row) if row is not None else None


def _in_file(link: Link, file: ObjectFile, offset: int) -> tuple[object, Mention | None]:
    if link.load is None or file not in link.load.files:
        return None, None
    atom = atom_at(file, offset)
    symbols = link.resolve.bindings.get(file) if link.resolve is not None else None
    if symbols is not None and (atom is None or atom.kind == "custom"):
        spans = file.linking.symbols.spans
        record = bisect_right(spans, offset, key=lambda span: span[0]) - 1
        if record >= 0 and offset < spans[record][1]:
            return symbols[record], None
    if atom is None:
        sections = enumerate(file.module.sections)
        return next((FileSection(file, i) for i, one in sections if one.start <= offset < one.end), file), None
    row = relocation_over(atom, offset - atom.start)
    return AtomByte(atom, offset - atom.start), Mention(atom, row) if row is not None else None


def _entry(link: Link, made: Origin) -> ImportEntry | ExportEntry | None:
    """The import or export whose bytes these are."""
    if made.section is None or made.piece is None or made.section.id not in ENTRIES or link.index is None:
        return None
    index, imports = link.index, made.section.id == IMPORT_ID
    entries: list[ImportEntry] | list[ExportEntry] = index.imports if imports else index.exports
    number = made.section.pieces.number_at(made.piece.start) - 2
    return entries[number] if 0 <= number < len(entries) else None
