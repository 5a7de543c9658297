"""What marks and notes on a finished module are bound to: the names of its items, and what has a name in it.

An item whose name others have, too, or which has none, goes by its number.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from wasmscope.debugger.cursor import Byte
from wasmscope.debugger.lone.opened import OpenedModule
from wasmscope.debugger.lone.place import BYTES, RELOCS, VIEWS, LonePlace
from wasmscope.debugger.named import Mark, Named
from wasmscope.explain.alone.lone_relocations import KeptRelocation
from wasmscope.explain.alone.lone_why import item_at
from wasmscope.explain.alone.module_references import Item

if TYPE_CHECKING:
    from wasmscope.debugger.lone.session import LoneSession

SPACES = ("module", "memory")
"""The bytes of the file, and those of memory as it is at start; with a name, "memory" is a memory itself."""


def named(opened: OpenedModule, thing: object) -> Named | None:
    """The name of an item or of a relocation that was kept; None of anything else."""
    if isinstance(thing, Item) and thing in opened.row_of:
        return Named(thing.space, "", opened.known_as[thing])
    if isinstance(thing, KeptRelocation):
        return _byte(opened, thing.offset)._replace(kind="relocation")
    return None


def _byte(opened: OpenedModule, offset: int) -> Named:
    """The name of a byte of the file: its item and how far into that, else its offset."""
    item = item_at(opened.lone, offset)
    span = opened.bytes_of(item) if item is not None else None
    if item is None or span is None:
        return Named("module", offset=offset)
    return Named(item.space, "", opened.known_as[item], offset - span[0])


def here(opened: OpenedModule, place: LonePlace, thing: object) -> Named:
    """The name of what the cursor is on, which is `thing` if that is an item of a side pane."""
    if isinstance(thing, Item):
        return named(opened, thing) or Named("module")
    if place.view == RELOCS and place.relocation < len(opened.lone.relocations):
        return named(opened, opened.lone.relocations[place.relocation]) or Named("module")
    if place.view == BYTES and not place.memory:
        return _byte(opened, place.start)
    if place.view == BYTES:
        offset = opened.offset_of(place.number, place.start)
        return _byte(opened, offset) if offset is not None else Named("memory", "", "", place.start, place.number)
    return named(opened, place.item) or Named("module")


def mark_at(opened: OpenedModule, place: LonePlace, thing: object) -> Mark:
    """The mark of `place`, where the cursor is on `thing`."""
    return Mark(here(opened, place, thing), VIEWS[place.view], 0, SPACES[place.memory] if place.view == BYTES else "")


def meant(opened: OpenedModule, name: Named) -> Item | Byte | KeptRelocation | None:
    """What has that name: an item, a byte, a relocation that was kept; None if nothing has."""
    if name.kind in SPACES and not name.name:
        size = opened.size_of(name.number if name.kind == "memory" else None)
        return Byte(None, name.offset, name.kind == "memory", name.number) if 0 <= name.offset < size else None
    if name.kind == "relocation":
        return _relocation(opened, name)
    item = opened.known.get((name.kind, name.name))
    span = opened.bytes_of(item) if item is not None else None
    if not name.offset or item is None:
        return item
    return Byte(None, span[0] + name.offset) if span is not None and span[0] + name.offset < span[1] else None


def _relocation(opened: OpenedModule, name: Named) -> KeptRelocation | None:
    """The relocation whose site is at that byte of an item of that name, or of the file."""
    starts = [0] if not name.name else []
    for space in ("function", "data"):
        item = opened.known.get((space, name.name))
        span = opened.bytes_of(item) if item is not None else None
        starts += [span[0]] if span is not None else []
    for at in (start + name.offset for start in starts):
        for row, low, _ in opened.lone.relocations.sites(at, at + 1):
            if low == at:
                return opened.lone.relocations[row]
    return None


def marked(session: LoneSession, mark: Mark) -> LonePlace | None:
    """The place of a mark; None if what was marked is gone."""
    opened, thing = session.opened, meant(session.opened, mark.thing)
    view = VIEWS.index(mark.view)
    if thing is None:
        return None
    if isinstance(thing, KeptRelocation):
        return replace(session.at_byte(thing.offset), view=view)
    if isinstance(thing, Item):
        span = opened.bytes_of(thing)
        place = session.at(thing)
        if mark.space != "memory" or span is None:
            return replace(place, view=view)
        thing = Byte(None, span[0])
    address = opened.address_of(thing.offset) if mark.space == "memory" and not thing.memory else None
    thing = address or thing
    return replace(session.at_byte(thing.offset, -1, thing.memory, thing.number), view=view)
