"""Which rows touch a thing: what `Steps.of` answers from."""

from __future__ import annotations

from collections.abc import Iterator

from wasmscope.explain.naming import FileSection
from wasmscope.explain.places import PlaceRows
from wasmscope.explain.symbols import SymbolRows
from wasmscope.link.model import Atom, Entity, Link, ObjectFile, OutputSection, Segment, Symbol

Rows = Iterator[tuple[str, int]]


def rows_of(link: Link, symbols: SymbolRows, places: PlaceRows, thing: object) -> Rows:
    """(phase, row) of every row that touches `thing`; in no order, and one may come twice.

    A symbol is touched by what happens to the thing it stands for (but for the relocations of that thing's own bytes),
    and by the relocations that name it. A thing that no row is about has none.
    """
    if isinstance(thing, Symbol):
        yield from _of_symbol(symbols, places, thing)
    elif isinstance(thing, ObjectFile):
        yield from _of_file(symbols, thing)
    elif isinstance(thing, Atom):
        yield from _of_atom(symbols, places, thing)
    elif isinstance(thing, Entity):
        yield from _kept(symbols, thing)
        yield from _numbered(places, thing)
    elif isinstance(thing, OutputSection):
        if link.emit is not None and thing in link.emit.sections:
            yield "emit", link.emit.sections.index(thing)
    elif isinstance(thing, FileSection):
        if thing.file in symbols.files:
            yield "load", symbols.load_first[symbols.files[thing.file]] + 1 + thing.position
    elif isinstance(thing, tuple) and len(thing) == 2 and isinstance(thing[0], Atom):
        row = places.relocation_row(*thing)
        if row is not None:
            yield "relocate", row
    else:
        yield from (("layout", row) for row in places.layout_rows(thing))
        yield from _numbered(places, thing)


def _kept(symbols: SymbolRows, thing: Atom | Entity | Symbol) -> Rows:
    if thing in symbols.kept_row:
        yield "mark", symbols.kept_row[thing]


def _numbered(places: PlaceRows, thing: object) -> Rows:
    try:
        rows = places.numbered.get(thing, ())
    except TypeError:  # not hashable: nothing that a row is about
        return
    yield from (("index", row) for row in rows)


def _of_file(symbols: SymbolRows, file: ObjectFile) -> Rows:
    position = symbols.files.get(file)
    if position is not None:
        yield from (("load", row) for row in range(symbols.load_first[position], symbols.load_first[position + 1]))
    yield from (("resolve", row) for row in symbols.events_of_file.get(file, ()))


def _of_symbol(symbols: SymbolRows, places: PlaceRows, symbol: Symbol) -> Rows:
    yield from rows_of_symbol_itself(symbols, places, symbol)
    for mention in symbols.mentions(symbol):
        row = places.relocation_row(*mention)
        if row is not None:
            yield "relocate", row


def rows_of_symbol_itself(symbols: SymbolRows, places: PlaceRows, symbol: Symbol) -> Rows:
    """What touches it besides the relocations that name it."""
    yield from (("resolve", row) for row in symbols.events_of.get(symbol, ()))
    if symbol.local and symbol.file in symbols.joined:
        yield "resolve", symbols.joined[symbol.file]
    for thing in (symbol, symbol.target):
        if thing is not None:
            yield from _kept(symbols, thing)
            yield from _numbered(places, thing)
    if isinstance(symbol.target, Atom):
        yield from _placed(places, symbol.target)


def _of_atom(symbols: SymbolRows, places: PlaceRows, atom: Atom) -> Rows:
    section = symbols.section_row(atom)
    if section is not None:
        yield "load", section
    if atom.file in symbols.joined:
        yield "resolve", symbols.joined[atom.file]
    dropped = symbols.dropped_row(atom)
    if dropped is not None:
        yield "resolve", dropped
    yield from _kept(symbols, atom)
    yield from _numbered(places, atom)
    yield from _placed(places, atom)
    yield from (("relocate", row) for row in places.patch_rows(atom))
    if atom in places.pieces:
        yield "emit", places.pieces[atom][0]


def _placed(places: PlaceRows, atom: Atom) -> Rows:
    """Its place in its chain, its strings' places if they were merged, and its segment's address."""
    if atom in places.placed:
        yield "layout", places.placed[atom][0]
    if places.link.layout is None:
        return
    home = places.link.layout.home.get(atom)
    if isinstance(home, Segment) and home in places.segment_row:
        yield "layout", places.segment_row[home]
    yield from (("layout", row) for row in places.string_rows.get(atom, ()))
