"""Source files and lines in a link: of an atom, of the site of a relocation.

They are traced to the objects, so that an output without debug information has lines too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wasmscope.explain.debug_info.debug_sections import data_address
from wasmscope.explain.debug_info.module_lines import (
    Tombstone,
    code_base,
    line_of,
    line_of_byte,
    lines_between,
    variable_at,
)
from wasmscope.explain.naming import bound
from wasmscope.explain.symbols import Mention, Thing
from wasmscope.format.linking import SYM_UNDEFINED
from wasmscope.format.relocs import RELOC_TYPES
from wasmscope.link.model import Atom, Link, Symbol
from wasmscope.link.relocate import FUNCTION_OFFSET, tombstone

if TYPE_CHECKING:
    from wasmscope.explain.debug_info.module_lines import Line
    from wasmscope.explain.debug_info.source_line import SourceLine


def lines_of(atom: Atom) -> list[tuple[int, SourceLine]]:
    """Where in the bytes of a function each source line begins, as (offset in bytes, line), in order."""
    if atom.file is None or atom.kind != "function":
        return []
    found = lines_between(atom.file.module, atom.start, atom.end)
    return [(max(offset - atom.start, 0), source) for offset, source in found]


def source_of(thing: Thing) -> SourceLine | None:
    """Where a symbol, atom or entity is in the source: a function's first line, the declaration of data."""
    atom = thing.target if isinstance(thing, Symbol) else thing
    if not isinstance(atom, Atom) or atom.file is None:
        return None
    if atom.kind == "data":
        return line_of_byte(atom.file.module, atom.start + (thing.offset if isinstance(thing, Symbol) else 0))
    lines = [source for _, source in lines_of(atom)]
    return next((source for source in lines if source.line), lines[0] if lines else None)


def line_at(link: Link, mention: Mention) -> Line:
    """The source line of the site of a relocation; in debug information, of the code or data that it names there.

    What `link` dropped is a tombstone, with the value that the output holds in its place.
    """
    atom, row = mention
    if atom.file is None or atom.relocs is None:
        return None
    if atom.kind == "custom":
        return _named_line(link, atom, row)
    return line_of_site(atom, row)


def line_of_site(atom: Atom, row: int) -> SourceLine | None:
    """The source line of the code or data at the site of relocation `row`, whatever became of it."""
    return line_of_byte(atom.file.module, atom.start + atom.site(row)) if atom.file is not None else None


def _named_line(link: Link, atom: Atom, row: int) -> Line:
    assert atom.file is not None
    assert atom.relocs is not None
    type, index, addend = atom.relocs.types[row], atom.relocs.indices[row], atom.relocs.addends[row]
    if not atom.name.startswith(".debug_") or index >= len(atom.file.records):
        return None
    symbol, record, module = bound(link, atom, row), atom.file.records[index], atom.file.module
    kind = RELOC_TYPES[type]
    if symbol is not None and link.mark is not None and kind.symbol_kind != "section" and not link.mark.keeps(symbol):
        dead = tombstone(atom.name)
        return None if dead is None else Tombstone(dead % (1 << kind.bits))
    if record.flags & SYM_UNDEFINED:
        return None
    if type in FUNCTION_OFFSET:
        target = atom.file.functions[record.index - atom.file.imported(0)]
        return line_of(module, module.bodies[target.index].code_start + addend - code_base(module))
    address = data_address(module, record) if kind.symbol_kind == "data" else None
    variable = variable_at(module, address + addend) if address is not None else None
    return variable.source if variable is not None else None
