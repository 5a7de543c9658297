"""The same place in another link: after a reload, or with other options, a reader stays where they were.

Things are found again by name (of several of one name by which of them it was): a file, a symbol, an atom in its file,
a relocation by its position in its atom.
"""

from __future__ import annotations

from dataclasses import replace

from wasmscope.debugger.cursor import Place, at_bytes, at_step, at_thing
from wasmscope.debugger.named import name_of, thing_of
from wasmscope.explain.memory_image import memory_image
from wasmscope.explain.steps import Steps, steps
from wasmscope.explain.symbols import Mention
from wasmscope.link.model import PHASES, Link, ObjectFile


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
    """`moved` at the offset that `place` had in the file of the same name, or in memory, if that is still so long."""
    if place.memory:
        image = memory_image(new.link)
        fits = image is not None and place.end <= image.size
        return at_bytes(moved, None, place.start, place.end, memory=True) if fits else moved
    file = same(old.link, new.link, place.file)
    if place.file is not None and file is None:
        return moved
    assert file is None or isinstance(file, ObjectFile)
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
    name = name_of(steps(old), thing)
    return thing_of(steps(new), name) if name is not None else None
