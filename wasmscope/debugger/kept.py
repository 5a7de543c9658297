"""The same place in another link: after a reload, or with other options, a reader stays where they were.

Things are found again by name (of several of one name by which of them it was): a file, a symbol, an atom in its file,
a relocation by its position in its atom.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from wasmscope.debugger.cursor import Place, at_bytes, at_step, at_thing
from wasmscope.explain.memory_image import memory_image
from wasmscope.explain.naming import FileSection
from wasmscope.explain.steps import Steps, steps
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

T = TypeVar("T")
W = TypeVar("W")


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
    file = _file(old.link, new.link, place.file) if place.file is not None else None
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
        return _symbol(old, new, thing)
    if isinstance(thing, Mention):
        atom = _atom(old, new, thing.atom)
        row = atom.lo + thing.row - thing.atom.lo if atom is not None else 0
        return Mention(atom, row) if atom is not None and row < atom.hi else None
    if isinstance(thing, Atom):
        return _atom(old, new, thing)
    if isinstance(thing, Entity):
        return _entity(old, new, thing)
    if isinstance(thing, ObjectFile):
        return _file(old, new, thing)
    if isinstance(thing, FileSection):
        return _section(old, new, thing)
    return _part(old, new, thing)


def _called(thing: T, old: W, new: W, parts: Callable[[W], Iterable[T]], name: Callable[[T], object]) -> T | None:
    """Which of the `parts` of `new` is called as `thing`, which is one of `old`: of several the one that is there as
    `thing` is here, or the first if there are fewer now."""
    wanted = name(thing)
    found = [one for one in parts(new) if name(one) == wanted]
    if len(found) < 2:
        return found[0] if found else None
    alike = [one for one in parts(old) if name(one) == wanted]
    position = next((at for at, one in enumerate(alike) if one is thing), 0)
    return found[position] if position < len(found) else found[0]


def _file(old: Link, new: Link, file: ObjectFile) -> ObjectFile | None:
    return _called(file, old, new, lambda link: link.load.files if link.load is not None else (), lambda one: one.name)


def _section(old: Link, new: Link, part: FileSection) -> FileSection | None:
    file = _file(old, new, part.file)
    if file is None:
        return None
    known = _called(part.section, part.file, file, lambda file: file.module.sections, lambda one: (one.id, one.name))
    return FileSection(file, file.module.sections.index(known)) if known is not None else None


def _symbol(old: Link, new: Link, symbol: Symbol) -> Symbol | None:
    """By its own name, which --wrap lets mean another."""
    file = _file(old, new, symbol.file) if symbol.file is not None else None

    def known(where: tuple[Link, ObjectFile | None]) -> list[Symbol]:
        link, file = where
        if link.resolve is None:
            return []
        listed = link.resolve.symbols if symbol.number >= 0 else []
        bound = link.resolve.bindings.get(file, []) if file is not None else []
        named = [one for one in steps(link).symbols.names.get(symbol.name, ()) if one.name == symbol.name]
        return [one for one in named if one in listed[one.number : one.number + 1] or one in bound]

    return _called(symbol, (old, symbol.file), (new, file), known, lambda one: symbol.number >= 0 or one.kind)


def _atom(old: Link, new: Link, atom: Atom) -> Atom | None:
    if atom.file is None:
        return _called(atom, old, new, lambda link: _made(link, Atom), _kind)
    file = _file(old, new, atom.file)
    return _called(atom, atom.file, file, _ATOMS[atom.kind], _name) if file is not None else None


def _entity(old: Link, new: Link, entity: Entity) -> Entity | None:
    if entity.file is None:
        return _called(entity, old, new, lambda link: _made(link, Entity), _kind)
    file = _file(old, new, entity.file)
    return _called(entity, entity.file, file, _ENTITIES[entity.kind], _name) if file is not None else None


def _made(link: Link, kind: type[T]) -> list[T]:
    """What the linker made of that kind."""
    return [one for one in steps(link).symbols.made if isinstance(one, kind)]


def _kind(made: Atom | Entity) -> tuple[str, str]:
    return made.name, made.kind


def _name(thing: Atom | Entity) -> str | int:
    return thing.name or thing.index


_ATOMS: dict[str, Callable[[ObjectFile], Iterable[Atom]]] = {
    "function": lambda file: file.functions, "data": lambda file: file.segments, "custom": lambda file: file.customs,
}  # fmt: skip
_ENTITIES: dict[str, Callable[[ObjectFile], Iterable[Entity]]] = {
    "global": lambda file: file.globals, "table": lambda file: file.tables, "tag": lambda file: file.tags,
}  # fmt: skip


def _part(old: Link, new: Link, thing: object) -> object:
    """A part of the layout, of the index or of the output."""
    for kind, parts, name in _PARTS:
        if isinstance(thing, kind):
            return _called(thing, old, new, parts, name)
    return None


_PARTS: tuple[tuple[type, Callable[[Link], Sequence[Any]], Callable[[Any], object]], ...] = (
    (Segment, lambda link: link.layout.segments if link.layout is not None else (), lambda one: one.name),
    (CustomSection, lambda link: link.layout.customs if link.layout is not None else (), lambda one: one.name),
    (Boundary, lambda link: link.layout.boundaries if link.layout is not None else (), lambda one: one.name),
    (ImportEntry, lambda link: link.index.imports if link.index is not None else (), lambda one: one[:3]),
    (ExportEntry, lambda link: link.index.exports if link.index is not None else (), lambda one: one.export.name),
    (OutputSection, lambda link: link.emit.sections if link.emit is not None else (), lambda one: (one.id, one.name)),
)
"""Kinds of parts of a link: where they are, and what each is called."""
