"""What marks and notes on a link are bound to: the names of its things, and what has a name in it (see `named`)."""

from __future__ import annotations

from dataclasses import replace

from wasmscope.debugger.cursor import BYTES, VIEWS, Byte, Place, address_of, at_bytes, at_step, at_thing
from wasmscope.debugger.follow import followed
from wasmscope.debugger.named import Mark, Named, name_of, thing_of
from wasmscope.debugger.opened import Opened
from wasmscope.debugger.spaces import sides_of
from wasmscope.debugger.subject import at_byte, byte_at
from wasmscope.explain.references import AtomByte
from wasmscope.explain.steps import Steps
from wasmscope.explain.symbols import Mention
from wasmscope.link.model import Atom, ObjectFile, Symbol

SPACES = ("output", "input", "memory")


def named(found: Steps, thing: object) -> Named | None:
    """The name of a thing or of a step; None if it has none that another link could have, too."""
    return Named("step", offset=thing) if isinstance(thing, int) else name_of(found, thing)


def named_byte(opened: Opened, byte: Byte) -> Named:
    """The name of a byte: its atom and how far into it, else its offset in its space."""
    thing, _ = at_byte(opened.link, byte)
    found = named(opened.steps, thing) if isinstance(thing, AtomByte) else None
    if found is not None:
        return found
    space = SPACES[2 if byte.memory else 1 if byte.file is not None else 0]
    return Named(space, byte.file.name if byte.file is not None else "", "", byte.offset)


def here(opened: Opened, place: Place, thing: object) -> Named:
    """The name of what the cursor is on; the step's, if that has none."""
    if place.view == BYTES and not isinstance(thing, Symbol | Atom | Mention):
        return named_byte(opened, byte_at(place))
    return named(opened.steps, thing) or Named("step", offset=place.step)


def meant(opened: Opened, one: Named) -> object:
    """What has that name in this link: a thing, a byte, a step's number; None if nothing has."""
    if one.kind == "step":
        return min(one.offset, len(opened.steps))
    if one.kind in SPACES:
        file = thing_of(opened.steps, Named("file", "", one.file)) if one.file else None
        assert file is None or isinstance(file, ObjectFile)
        return Byte(file, one.offset, one.kind == "memory") if file is not None or not one.file else None
    thing = thing_of(opened.steps, one)
    return AtomByte(thing, one.offset) if isinstance(thing, Atom) and one.offset < max(1, thing.size) else thing


def mark_at(opened: Opened, place: Place, thing: object) -> Mark:
    """The mark of `place`, where the cursor is on `thing`."""
    space = SPACES[2 if place.memory else 1 if place.file is not None else 0] if place.view == BYTES else ""
    return Mark(here(opened, place, thing), VIEWS[place.view], place.step, space)


def marked(opened: Opened, place: Place, mark: Mark) -> Place | None:
    """The place of a mark, seen from `place`; None if what was marked is gone."""
    thing = meant(opened, mark.thing)
    if thing is None:
        return None
    at = at_step(opened.steps, replace(place, memory=False), mark.step)
    if isinstance(thing, int):
        return replace(at_step(opened.steps, at, thing), view=VIEWS.index(mark.view))
    if isinstance(thing, AtomByte) and mark.view == VIEWS[BYTES]:
        return _in_space(opened, at, thing, mark.space)
    thing = thing.atom if isinstance(thing, AtomByte) else thing
    found = followed(opened, at, thing) if isinstance(thing, Byte) else at_thing(opened.steps, at, thing)
    return replace(found, view=VIEWS.index(mark.view)) if found is not None else None


def _in_space(opened: Opened, place: Place, byte: AtomByte, space: str) -> Place:
    """The bytes of `byte` in the space that was shown, or in the one that it still is in."""
    steps = opened.steps
    whole = address_of(steps, byte.atom)
    if space == "memory" and whole is not None:
        start = whole[0] + byte.offset
        return replace(at_bytes(place, None, start, start + 1, memory=True), view=BYTES)
    there = at_thing(steps, place, byte.atom, output=space == "output")
    if byte.atom.file is not None and space == "output":
        out = sides_of(opened.link, Byte(byte.atom.file, byte.atom.start + byte.offset)).output
        if out is not None:
            return replace(at_bytes(there, None, out.offset, out.offset + 1), view=BYTES)
    start = there.start + byte.offset
    return replace(there, start=start, end=start + 1, view=BYTES)
