"""What a number or an address is made of: named terms that add up to it, each with the step that fixed it.

These follow `link.relocate.Values`, which the linker itself asks; `value.why_value` compares the two, so that a
difference is seen and not shown as the truth.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, NamedTuple

from wasmscope.explain.naming import title, titled
from wasmscope.format.types import KIND_NUMBERS
from wasmscope.link.model import Atom, CustomSection, Entity, Segment, Symbol
from wasmscope.link.relocate import size_field
from wasmscope.link.strings import merged_offset

if TYPE_CHECKING:
    from wasmscope.explain.steps import Steps


class Term(NamedTuple):
    """A part of a value: what it is, how much, and the number of the step that fixed it (0: known from the start)."""

    name: str
    value: int
    step: int


def value_terms(found: Steps, symbol: Symbol) -> list[Term]:
    """What the address (of data) or the number (of anything else) of `symbol` is made of; empty when it has none, as
    data that was dropped."""
    if symbol.kind == "data":
        layout, atom = found.link.layout, symbol.target
        dropped = layout is not None and isinstance(atom, Atom) and atom not in layout.home
        return [] if dropped else address_terms(found, symbol)
    return number_terms(found, symbol) if symbol.kind in KIND_NUMBERS else []


# --- numbers ----------------------------------------------------------------------------------------------------


def number_terms(found: Steps, symbol: Symbol) -> list[Term]:
    """The number of a function, global, table or tag: imports and its position among the defined; or its import's."""
    numbering = found.link.index
    if numbering is None:
        return []
    stub = numbering.undefined_stubs.get(symbol)
    target = stub if stub is not None else symbol.target
    if target is not None and (stub is not None or symbol not in numbering.imported):
        return thing_terms(found, target)
    number = numbering.imported.get(symbol)
    if number is None:
        return []
    row = found.places.import_row[KIND_NUMBERS[symbol.kind], number]
    return [Term(f"{symbol.kind} imports before {title(symbol)}", number, found.number("index", row))]


def thing_terms(found: Steps, thing: Atom | Entity) -> list[Term]:
    """The number of a defined function, global, table or tag."""
    row = found.places.number_row(thing.kind, thing)
    if row is None or found.link.index is None:
        return []
    imports = found.places.imports[KIND_NUMBERS[thing.kind]]
    step = found.number("index", row)
    number = found.link.index.rows[row][2]
    return [
        Term(f"{thing.kind} imports", imports, imports_step(found, KIND_NUMBERS[thing.kind])),
        Term(f"{thing.kind}s defined before {title(thing)}", number - imports, step),
    ]


def imports_step(found: Steps, kind: int) -> int:
    """The step that numbered the last import of a kind; with none, the last one before numbers are given."""
    last = found.places.imports[kind] - 1
    row = found.places.import_row.get((kind, last))
    return found.number("index", row) if row is not None else found.ranges[4][1] - 1


def slot_terms(found: Steps, symbol: Symbol) -> list[Term]:
    """The table slot of a function whose address is taken; empty when it has none."""
    numbering, layout = found.link.index, found.link.layout
    slot = numbering.slot(symbol) if numbering is not None else None
    if slot is None or layout is None:
        return []
    base, step = layout.table_base, found.number("index", found.places.slot_row[slot])
    return [Term("first table slot", base, 0), Term(f"slots before {title(symbol)}", slot - base, step)]


# --- addresses --------------------------------------------------------------------------------------------------


def address_terms(found: Steps, symbol: Symbol) -> list[Term]:
    """The address of a datum (a thread-local one: its offset in the block); empty when undefined or not placed."""
    layout = found.link.layout
    if layout is None:
        return []
    if symbol in layout.values:
        return [Term(f"{symbol.name}, fixed by the layout", layout.values[symbol], layout_step(found, symbol))]
    if not symbol.defined or symbol.kind != "data":
        return []
    atom = symbol.target
    offset = symbol_term(found, symbol)
    home = layout.home.get(atom) if isinstance(atom, Atom) else None
    if not isinstance(atom, Atom) or not isinstance(home, Segment):
        return [offset]
    if home not in found.places.segment_row:  # the options for memory contradict each other, and the layout stopped
        return []
    base = Term(f"address of {home.name}", home.address, found.number("layout", found.places.segment_row[home]))
    terms = [] if symbol.tls and layout.tls_offsets else [base]
    old = layout.old_homes.get(atom)
    if old is not None and old.address:
        name = f"address of {old.name}, which LLD counts twice"
        terms.append(Term(name, old.address, found.number("layout", found.places.segment_row[home])))
    merge = layout.merges.get(atom)
    if merge is None:
        return [*terms, place_term(found, home, atom), offset]
    at = merged_offset(merge, atom, symbol.offset)
    name = f"{title(symbol)} (+{symbol.offset:#x} of {titled(atom)}) in the merged strings"
    return [*terms, place_term(found, home, merge.atom), Term(name, at, string_step(found, atom, symbol.offset))]


def symbol_term(found: Steps, symbol: Symbol) -> Term:
    """Where a symbol is in its atom (an absolute one: its address)."""
    where = f"{title(symbol)} in {title(symbol.target)}" if symbol.target is not None else f"{title(symbol)}, absolute"
    return Term(where, symbol.offset, definition_step(found, symbol))


def place_term(found: Steps, home: Segment | CustomSection, atom: Atom) -> Term:
    """Where an atom is in its segment or custom section."""
    row, placed = found.places.placed[atom]
    name = f"merged strings in {home.name}" if atom in found.places.merged else f"{titled(atom)} in {home.name}"
    return Term(name, placed.offset, found.number("layout", row))


def definition_step(found: Steps, symbol: Symbol) -> int:
    """The step that made `symbol` what it is: its last defining event, or a local one's file joining."""
    rows = found.symbols.holders_of.get(symbol)
    if rows:
        return found.number("resolve", rows[-1])
    row = found.symbols.joined.get(symbol.file) if symbol.file is not None else None
    return found.number("resolve", row) if row is not None else 0


def last_step(found: Steps, symbol: Symbol) -> int:
    """The step of the last event about `symbol`: what it is after that, it stays."""
    rows = found.symbols.events_of.get(symbol)
    return found.number("resolve", rows[-1]) if rows else definition_step(found, symbol)


def layout_step(found: Steps, symbol: Symbol) -> int:
    """The step that fixed a value of `Layout.values`: a boundary or a segment; of a constant, the last boundary."""
    layout, places = found.link.layout, found.places
    assert layout is not None
    segment = symbol.name.removeprefix("__start_").removeprefix("__stop_")
    named = [one for one in layout.boundaries if symbol.name in one.symbols]
    rows = [places.segment_row[one] for one in layout.segments if one.name == segment and one in places.segment_row]
    rows += [row for one in named for row in places.layout_rows(one)]
    last = (row for one in layout.boundaries[-1:] for row in places.layout_rows(one))
    return found.number("layout", min(rows or last, default=0))


def start_term(found: Steps, entity: Entity) -> Term | None:
    """What a global of the linker's starts with; None for an object's, which says that itself, and for other things."""
    resolve, layout = found.link.resolve, found.link.layout
    symbol = resolve.linker.get(entity.name) if resolve is not None and entity.file is None else None
    if symbol is None or layout is None or symbol not in layout.values:
        return None
    return Term(f"{entity.name}, fixed by the layout", layout.values[symbol], layout_step(found, symbol))


def string_step(found: Steps, atom: Atom, offset: int) -> int:
    """The step that placed the string which byte `offset` of a merged input atom is in."""
    assert found.link.layout is not None
    position = bisect_right(found.link.layout.merges[atom].starts[atom], offset) - 1
    return found.number("layout", found.places.string_rows[atom][max(position, 0)])


# --- offsets in sections ----------------------------------------------------------------------------------------


def code_terms(found: Steps, function: Atom) -> list[Term]:
    """Where a function's code starts in the contents of the code section, past its size if an object made it."""
    assert found.link.index is not None
    row = found.places.number_row("function", function)
    step = found.number("index", row) if row is not None else 0
    offset = found.link.index.code[function].offset
    return [
        Term(f"{title(function)} in the code section", offset, step),
        Term("its size field", size_field(function), found.number("load", found.symbols.section_row(function) or 0)),
    ]


def section_terms(found: Steps, piece: Atom, offset: int) -> list[Term]:
    """Where byte `offset` of an input custom section is in the output's of that name."""
    layout = found.link.layout
    home = layout.home.get(piece) if layout is not None else None
    if layout is None or home is None:
        return []
    merge = layout.merges.get(piece)
    if merge is None:
        return [place_term(found, home, piece)]
    at = merged_offset(merge, piece, offset)
    return [
        place_term(found, home, merge.atom),
        Term(f"+{offset:#x} of {titled(piece)} in the merged strings", at, string_step(found, piece, offset)),
    ]
