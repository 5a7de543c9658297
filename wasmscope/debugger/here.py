"""The words for what the reader is at: what a breakpoint or a watch set without words is on."""

from __future__ import annotations

from wasmscope.debugger.cursor import BYTES, LINK, RELOCS, SYMBOLS, Place
from wasmscope.debugger.opened import Opened
from wasmscope.explain.find import find_exactly
from wasmscope.explain.naming import title
from wasmscope.explain.origin import atom_at, relocation_over
from wasmscope.explain.steps import Steps
from wasmscope.explain.symbols import Mention
from wasmscope.link.model import Atom, ExportEntry, ImportEntry, ObjectFile, Symbol

FIELD = 16
"""Bytes of the longest field that is meant as a whole."""


def thing_here(place: Place) -> object:
    """What the view in sight is about; None for bytes of the output."""
    if place.view == BYTES:
        return None if place.file is None else at_byte(place.file, place.start) or place.file
    chosen = {LINK: place.thing, SYMBOLS: place.symbol, RELOCS: place.relocation}.get(place.view, place.thing)
    return chosen if chosen is not None else place.thing


def at_byte(file: ObjectFile, offset: int) -> Mention | Atom | None:
    """The relocation, or the atom, that byte `offset` of an input is in."""
    atom = atom_at(file, offset)
    row = relocation_over(atom, offset - atom.start) if atom is not None else None
    return Mention(atom, row) if atom is not None and row is not None else atom


def break_here(opened: Opened, place: Place) -> str:
    """The words of a breakpoint on what is looked at; on the step, if that has no name."""
    thing = thing_here(place)
    if thing is None and place.view == BYTES and place.end > place.start:
        return f"{'mem' if place.memory else 'out'} {_range(place)}"
    return break_on(opened.steps, thing) or f"step {place.step}"


def watch_here(opened: Opened, place: Place) -> str:
    """The words of a watch on what is looked at; "" if that has no name."""
    thing = thing_here(place)
    if thing is None and place.view == BYTES and place.end > place.start:
        return f"{'mem' if place.memory else 'out'} {_range(place)}"
    return watch_on(opened.steps, thing)


def _range(place: Place) -> str:
    """The bytes at the cursor: a field as a whole."""
    end = place.end if place.end - place.start <= FIELD else place.start + 1
    return f"{place.start:#x}..{end:#x}"


def break_on(found: Steps, thing: object) -> str:
    """The words of a breakpoint on `thing`; "" if there are none."""
    if isinstance(thing, ImportEntry | ExportEntry) and thing.symbol is not None:
        thing = thing.symbol
    if isinstance(thing, Symbol) and thing.number >= 0 and len(found.symbols.names.get(thing.name, ())) == 1:
        return f"symbol {thing.name}"
    if isinstance(thing, Mention):
        row = found.places.relocation_row(*thing)
        return f"reloc {thing.row - thing.atom.lo} of {_atom(found, thing.atom)}" if row is not None else ""
    if isinstance(thing, Atom):
        return f"atom {_atom(found, thing)}"
    if isinstance(thing, ObjectFile):
        return f"file {thing.name}"
    words = _words(found, thing)
    return f"thing {words}" if words else ""


def watch_on(found: Steps, thing: object) -> str:
    """The words of a watch on all that is known of `thing`; "" if there are none."""
    if isinstance(thing, Mention):
        return break_on(found, thing)
    if isinstance(thing, Atom):
        return f"atom:{_atom(found, thing)}"
    if isinstance(thing, ImportEntry | ExportEntry) and thing.symbol is not None:
        thing = thing.symbol
    return _words(found, thing)


def _words(found: Steps, thing: object) -> str:
    """The words that mean `thing` alone: its name, of an object's own symbol with its file; "" if there are none."""
    name = title(thing)
    file = thing.file if isinstance(thing, Symbol) and thing.number < 0 else None
    for text in (f"{file.name}:{name}" if file is not None else name, name):
        same = [one.thing for one in find_exactly(found.link, text)]
        if thing in same:
            return _of_several(text, same.index(thing))
    return ""


def _of_several(name: str, number: int) -> str:
    """What number `number` of the things called `name` is called."""
    return f"{name}#{number + 1}" if number else name


def _atom(found: Steps, atom: Atom) -> str:
    """An atom's name, with its file where others have that name, too; the linker's by their number in link order."""
    name = title(atom)
    same = found.symbols.atoms_named.get(name, ())
    if len(same) == 1 and not name.isdigit():
        return name
    if atom.file is not None:
        return _of_several(f"{atom.file.name}:{name}", found.namesakes.number(atom))
    return next((str(number) for number in same if found.symbols.atoms[number] is atom), name)
