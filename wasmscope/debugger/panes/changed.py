"""Everything that the last step changed, in lines: the thing that it is about, and whatever follows from it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from wasmscope.debugger.lines import Line
from wasmscope.debugger.panes.facts import Change, changes, heading_of
from wasmscope.debugger.scene import Scene
from wasmscope.explain.naming import count
from wasmscope.explain.reasons.terms import start_term, value_terms
from wasmscope.explain.steps import Steps
from wasmscope.explain.symbols import Mention
from wasmscope.link.model import (
    Atom,
    Boundary,
    Entity,
    ExportEntry,
    ImportEntry,
    ObjectFile,
    OutputSection,
    Segment,
    Symbol,
)

SHOWN = 40
"""Things told of in full."""
COUNTED = 2000
"""Things looked at: a segment's address moves all that is in it."""


def changed_lines(scene: Scene) -> list[Line]:
    """What the last step did, then each value that it changed, old → new; things beyond `SHOWN` are counted."""
    step = scene.step
    words = scene.naming.words
    lines: list[Line] = [[(f"@{step.number} ", "step"), (words(step.text), "strong")]]
    if not step.number:
        return lines
    lines += [[("  ", ""), ("* ", "changed"), (text, "changed")] for text in counts(scene)]
    things = list(islice(changed_things(scene), COUNTED))
    for thing, found in things[:SHOWN]:
        lines.append([(f"  {words(heading_of(thing))}", "name")])
        lines += [
            [("    ", ""), ("* ", "changed"), (f"{one.key} {words(one.old)} → {words(one.new)}", "changed")]
            for one in found
        ]
    if len(things) > SHOWN:
        most = " or more" if len(things) == COUNTED else ""
        lines.append([(f"  and {count(len(things) - SHOWN, 'other thing')}{most}", "dim")])
    return lines


def counts(scene: Scene) -> list[str]:
    """The counts that changed: how far the phase is, symbols met and undefined."""
    before, now = scene.before, scene.now
    told = [
        f"{new.phase} {old.done:,} → {new.done:,} of {new.total:,}"
        for old, new in zip(before.counts(), now.counts(), strict=True)
        if old.done != new.done
    ]
    for name, old_number, new_number in (
        ("symbols met", before.symbols, now.symbols),
        ("undefined", before.undefined, now.undefined),
    ):
        if old_number != new_number:
            told.append(f"{name} {old_number:,} → {new_number:,}")
    return told


def changed_things(scene: Scene) -> Iterator[tuple[object, list[Change]]]:
    """Each thing that the last step changed, and how."""
    seen: list[object] = []
    known: set[object] = set()
    for thing in affected(scene.steps, scene.place.step):
        key = thing if isinstance(thing, Mention) else id(thing)
        if key in known:
            continue
        known.add(key)
        seen.append(thing)  # held, so that no other thing takes its id
        found = changes(scene.before, scene.now, thing)
        if found:
            yield thing, found


def affected(found: Steps, step: int) -> Iterator[object]:
    """What step `step` may have changed: more than it did, and nothing left out."""
    if not step:
        return
    phase, row = found.locate(step)
    thing = found.about(step)
    yield thing
    if phase == "load" and not isinstance(thing, ObjectFile):
        yield from _in_section(found, thing)
    elif phase == "resolve" and row < found.own_rows[1]:
        yield from _by_event(found, row)
    elif phase == "layout":
        yield from _by_layout(found, row)
    elif phase == "index":
        yield from _by_number(found, thing, row)
    if isinstance(thing, Atom | Entity):
        yield from found.symbols.symbols_at.get(thing, ()) if found.link.resolve is not None else ()
    elif isinstance(thing, Symbol):
        yield thing.target
    elif isinstance(thing, Mention):
        yield thing.atom
    elif isinstance(thing, OutputSection):
        yield from filter(None, thing.pieces.atoms)


def _in_section(found: Steps, part: object) -> Iterator[object]:
    """The atoms that a section holds."""
    file = getattr(part, "file", None)
    section = getattr(part, "section", None)
    if isinstance(file, ObjectFile) and section is not None:
        for atoms in (file.functions, file.segments, file.customs):
            yield from (one for one in atoms if section.start <= one.start <= section.end)


def _by_event(found: Steps, row: int) -> Iterator[object]:
    event = found.symbols.events[row]
    yield from (event.file, event.other)
    if event.kind == "comdat-dropped" and event.file is not None:
        for atoms in (event.file.functions, event.file.segments, event.file.customs):
            yield from (one for one in atoms if one.comdat >= 0 and event.file.comdats[one.comdat] == event.rule)
    if event.kind == "add" and event.file is not None:
        yield from (*event.file.functions, *event.file.segments, *event.file.customs)
        bound = found.link.resolve.bindings.get(event.file, ()) if found.link.resolve is not None else ()
        yield from (one for one in bound if one.local)


def _by_layout(found: Steps, row: int) -> Iterator[object]:
    layout = found.link.layout
    if layout is None or row >= len(layout.rows):
        return
    _, thing, part = layout.rows[row]
    yield thing
    home = layout.home.get(part.item) if hasattr(part, "item") else thing
    chain = getattr(home, "chain", None)
    if chain is not None:
        yield chain
    if getattr(part, "prev", None) is not None:
        yield part.prev.item  # type: ignore[attr-defined]
    if isinstance(thing, Segment) and part is None:
        for placed in thing.chain:
            yield placed.item
            yield from _symbols_in(found, placed.item)
    if isinstance(thing, Boundary):
        made = found.link.resolve.synthetic_globals if found.link.resolve is not None else ()
        starts = ((one, start_term(found, one)) for one in made)
        yield from (one for one, term in starts if term is not None and term.step == found.number("layout", row))
    yield from _valued(found, row)
    yield from _symbols_in(found, found.about(found.number("layout", row)))


def _symbols_in(found: Steps, atom: object) -> Iterator[Symbol]:
    """The symbols in `atom`, and in the input atoms whose strings are in it."""
    if isinstance(atom, Atom):
        merge = found.places.merged.get(atom)
        for one in (atom, *(merge.first if merge is not None else ())):
            yield from found.symbols.symbols_at.get(one, ())


def _valued(found: Steps, row: int) -> Iterator[Symbol]:
    """The linker's symbols whose value a row of layout fixes."""
    layout = found.link.layout
    step = found.number("layout", row)
    for symbol in layout.values if layout is not None else ():
        if any(term.step == step for term in value_terms(found, symbol)):
            yield symbol


def _by_number(found: Steps, thing: object, row: int) -> Iterator[object]:
    """What a number changes besides its thing: the code chain, the function before, symbols whose terms it fixes."""
    index = found.link.index
    if index is None or row >= len(index.rows):
        return
    symbol = getattr(thing, "symbol", None)
    if isinstance(thing, ImportEntry | ExportEntry) and isinstance(symbol, Symbol):
        yield symbol
    if isinstance(thing, Atom) and index.rows[row][0] == "function":
        yield index.code
        placed = index.code.places.get(thing)
        if placed is not None and placed.prev is not None:
            yield placed.prev.item
    if isinstance(thing, Symbol):
        yield from found.symbols.symbols_at.get(thing.target, ()) if thing.target is not None else ()
