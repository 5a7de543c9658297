"""What marks and notes on a link are bound to: the names of its things, and what has a name in it (see `named`)."""

from __future__ import annotations

from dataclasses import replace

from wasmscope.debugger.cursor import BYTES, VIEWS, Byte, Place, address_of, at_bytes, at_step, at_thing
from wasmscope.debugger.follow import followed
from wasmscope.debugger.named import Mark, Named
from wasmscope.debugger.opened import Opened
from wasmscope.debugger.spaces import sides_of
from wasmscope.debugger.subject import at_byte, byte_at
from wasmscope.explain.naming import title
from wasmscope.explain.references import AtomByte
from wasmscope.explain.symbols import Mention
from wasmscope.link.model import Atom, ObjectFile, Symbol

SPACES = ("output", "input", "memory")


def named(thing: object) -> Named | None:
    """The name of a thing; None if it has none that another link could have, too."""
    if isinstance(thing, Symbol):
        return Named("symbol", thing.file.name if thing.local and thing.file is not None else "", thing.name)
    if isinstance(thing, AtomByte):
        return Named("atom", _file(thing.atom), title(thing.atom), thing.offset)
    if isinstance(thing, Atom):
        return Named("atom", _file(thing), title(thing))
    if isinstance(thing, Mention):
        return Named("relocation", _file(thing.atom), title(thing.atom), thing.row - thing.atom.lo)
    if isinstance(thing, ObjectFile):
        return Named("file", thing.name)
    return Named("step", offset=thing) if isinstance(thing, int) else None


def _file(atom: Atom) -> str:
    return atom.file.name if atom.file is not None else ""


def named_byte(opened: Opened, byte: Byte) -> Named:
    """The name of a byte: its atom and how far into it, else its offset in its space."""
    thing, _ = at_byte(opened.link, byte)
    found = named(thing) if isinstance(thing, AtomByte) else None
    if found is not None:
        return found
    space = SPACES[2 if byte.memory else 1 if byte.file is not None else 0]
    return Named(space, byte.file.name if byte.file is not None else "", "", byte.offset)


def here(opened: Opened, place: Place, thing: object) -> Named:
    """The name of what the cursor is on; the step's, if that has none."""
    if place.view == BYTES and not isinstance(thing, Symbol | Atom | Mention):
        return named_byte(opened, byte_at(place))
    return named(thing) or Named("step", offset=place.step)


def meant(opened: Opened, one: Named) -> object:
    """What has that name in this link: a symbol, atom, byte, relocation, file, step number; None if nothing has."""
    steps = opened.steps
    files = [file for file in steps.symbols.files if file.name == one.file]
    if one.kind == "step":
        return min(one.offset, len(steps))
    if one.kind == "symbol":
        known = steps.symbols.names.get(one.name, ())
        return next((it for it in known if named(it) == one), None)
    if one.kind == "file":
        return next(iter(files), None)
    if one.kind in SPACES:
        return Byte(files[0] if files else None, one.offset, one.kind == "memory") if files or not one.file else None
    own = [it for file in files for it in (*file.functions, *file.segments, *file.customs)]
    atoms = own if one.file else [it for it in steps.symbols.made if isinstance(it, Atom)]
    atom = next((it for it in atoms if title(it) == one.name), None)
    if atom is None or one.kind == "atom":
        return AtomByte(atom, one.offset) if atom is not None and one.offset < max(1, atom.size) else atom
    row = atom.lo + one.offset
    return Mention(atom, row) if row < atom.hi else None


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
