"""The same place in another link: after a reload, or with other options, a reader stays where they were.

Things are found again by name: a file, a symbol, an atom in its file, a relocation by its position in its atom.
"""

from __future__ import annotations

from dataclasses import replace

from wasmscope.debugger.cursor import Place, at_bytes, at_step, at_thing
from wasmscope.explain.memory_image import memory_image
from wasmscope.explain.naming import FileSection
from wasmscope.explain.steps import Steps
from wasmscope.explain.symbols import Mention
from wasmscope.link.model import (
    PHASES,
    Atom,
    Boundary,
    CustomSection,
    Entity,
    ExportEntry,
    ImportEntry,
    Link,
    ObjectFile,
    OutputSection,
    Segment,
    Symbol,
)


def kept_place(old: Steps, new: Steps, place: Place) -> Place:
    """`place`, of the link of `old`, in the link of `new`: its step, and the thing of the same name if there is one."""
    step = kept_step(old, new, place.step)
    thing = same(old.link, new.link, place.thing)
    symbol = same(old.link, new.link, place.symbol)
    moved = at_step(new, Place(view=place.view), step)
    for one in (symbol, thing):
        moved = at_thing(new, moved, one) if one is not None else moved
    relocation = same(old.link, new.link, place.relocation)
    if isinstance(relocation, Mention):
        moved = replace(moved, relocation=relocation)
    return moved if thing is not None else _at_kept_bytes(old, new, place, moved)


def _at_kept_bytes(old: Steps, new: Steps, place: Place, moved: Place) -> Place:
    """`moved` at the offset that `place` had in the file of the same name, if it is still that long."""
    image = memory_image(new.link) if place.memory else None
    if image is not None and place.end <= image.size:
        return at_bytes(moved, None, place.start, place.end, memory=True)
    file = _file(new.link, place.file) if place.file is not None else None
    if place.file is not None and file is None:
        return moved
    size = len(file.module.data) if file is not None else len(new.link.emit.data) if new.link.emit else 0
    return replace(moved, file=file, start=place.start, end=place.end) if place.end <= size else moved


def kept_step(old: Steps, new: Steps, number: int) -> int:
    """Step `number` of `old` in `new`: an end stays an end; else the nearest row of the phase about the same thing, or
    the same row."""
    if number in (0, len(old)):
        return 0 if number == 0 else len(new)
    phase, row = old.locate(number)
    _, first, end = new.ranges[PHASES.index(phase)]
    if first >= end:
        return min(first - 1, len(new))
    here = min(first + row, end - 1)
    thing = same(old.link, new.link, old[number].subject)
    about = [one for one in new.of(thing) if first <= one < end] if thing is not None else []
    return min(about, key=lambda one: abs(one - here), default=here)


def same(old: Link, new: Link, thing: object) -> object:
    """What in `new` has the name that `thing` has in `old`; None if nothing has."""
    if old is new or thing is None:
        return thing
    if isinstance(thing, Symbol):
        return _symbol(new, thing)
    if isinstance(thing, Mention):
        atom = _atom(new, thing.atom)
        row = atom.lo + thing.row - thing.atom.lo if atom is not None else 0
        return Mention(atom, row) if atom is not None and row < atom.hi else None
    if isinstance(thing, Atom):
        return _atom(new, thing)
    if isinstance(thing, Entity):
        return _entity(new, thing)
    if isinstance(thing, ObjectFile):
        return _file(new, thing)
    if isinstance(thing, FileSection):
        return _section(new, thing)
    return _named(new, thing)


def _file(new: Link, file: ObjectFile) -> ObjectFile | None:
    return next((one for one in (new.load.files if new.load else ()) if one.name == file.name), None)


def _section(new: Link, part: FileSection) -> FileSection | None:
    file = _file(new, part.file)
    wanted = (part.section.id, part.section.name)
    for position, section in enumerate(file.module.sections if file is not None else ()):
        if file is not None and (section.id, section.name) == wanted:
            return FileSection(file, position)
    return None


def _symbol(new: Link, symbol: Symbol) -> Symbol | None:
    if new.resolve is None:
        return None
    if symbol.number >= 0:
        return new.resolve.by_name.get(symbol.name)
    file = _file(new, symbol.file) if symbol.file is not None else None
    bound = new.resolve.bindings.get(file, []) if file is not None else []
    return next((one for one in bound if (one.name, one.kind) == (symbol.name, symbol.kind)), None)


def _atom(new: Link, atom: Atom) -> Atom | None:
    if atom.file is None:
        made = new.resolve.synthetic_functions if new.resolve is not None else []
        return next((one for one in made if (one.name, one.kind) == (atom.name, atom.kind)), None)
    file = _file(new, atom.file)
    if file is None:
        return None
    lists = {"function": file.functions, "data": file.segments, "custom": file.customs}
    known = lists[atom.kind]
    if atom.name:
        return next((one for one in known if one.name == atom.name), None)
    same_place = [one for one in known if one.index == atom.index and not one.name]
    return same_place[0] if same_place else None


def _entity(new: Link, entity: Entity) -> Entity | None:
    if entity.file is None:
        made = new.resolve.synthetic_globals if new.resolve is not None else []
        return next((one for one in made if (one.name, one.kind) == (entity.name, entity.kind)), None)
    file = _file(new, entity.file)
    known = {"global": file.globals, "table": file.tables, "tag": file.tags}[entity.kind] if file is not None else []
    return next((one for one in known if (one.name or one.index) == (entity.name or entity.index)), None)


def _named(new: Link, thing: object) -> object:
    """Parts of the output by name."""
    layout, index, emit = new.layout, new.index, new.emit
    if isinstance(thing, Segment) and layout is not None:
        return next((one for one in layout.segments if one.name == thing.name), None)
    if isinstance(thing, CustomSection) and layout is not None:
        return next((one for one in layout.customs if one.name == thing.name), None)
    if isinstance(thing, Boundary) and layout is not None:
        return next((one for one in layout.boundaries if one.name == thing.name), None)
    if isinstance(thing, ImportEntry) and index is not None:
        wanted = (thing.module, thing.name, thing.kind)
        return next((one for one in index.imports if (one.module, one.name, one.kind) == wanted), None)
    if isinstance(thing, ExportEntry) and index is not None:
        return next((one for one in index.exports if one.export.name == thing.export.name), None)
    if isinstance(thing, OutputSection) and emit is not None:
        return next((one for one in emit.sections if (one.id, one.name) == (thing.id, thing.name)), None)
    return None
