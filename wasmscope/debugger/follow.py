"""Where a thing leads to that a line names: the place that Enter goes to, and the view to show it in."""

from __future__ import annotations

from dataclasses import replace

from wasmscope.debugger.cursor import BYTES, LINK, RELOCS, SYMBOLS, Byte, Place, at_bytes, at_step, at_thing
from wasmscope.debugger.opened import Opened
from wasmscope.debugger.panes.thing_card import Moment
from wasmscope.debugger.subject import at_byte, byte_at
from wasmscope.explain.memory_image import memory_image
from wasmscope.explain.naming import bound
from wasmscope.explain.references import AtomByte
from wasmscope.explain.symbols import Mention
from wasmscope.format.relocs import RELOC_TYPES
from wasmscope.link.model import Atom, Symbol

HOMES: tuple[tuple[type, tuple[int, ...]], ...] = (
    (Symbol, (SYMBOLS, LINK, BYTES)),
    (Mention, (RELOCS, BYTES)),
    (Atom, (LINK, BYTES)),
)
"""Views that show a kind of thing, the best first; others are shown on the card of view 1."""


def followed(opened: Opened, place: Place, target: object) -> Place | None:
    """Where `target` (a moment, a place, a byte, a thing) leads from `place`; None if nowhere."""
    if target is None:
        return None
    if isinstance(target, Place):
        return target
    if isinstance(target, Moment):
        return at_step(opened.steps, place, target.step)
    if isinstance(target, Byte):
        there = at_bytes(place, target.file, target.offset, target.offset + 1, target.memory)
        return replace(there, view=BYTES)
    if isinstance(target, AtomByte):
        there = at_thing(opened.steps, place, target.atom)
        start = min(there.start + target.offset, max(there.start, there.end - 1))
        return replace(there, start=start, end=start + 1, view=BYTES)
    homes = next((views for kind, views in HOMES if isinstance(target, kind)), (LINK, BYTES))
    view = place.view if place.view in homes else homes[0]
    return replace(at_thing(opened.steps, place, target), view=view)


def entered(opened: Opened, place: Place) -> Place | str:
    """Where Enter leads in the main pane of the view in sight, or why nowhere: from an atom to its symbol, from that to
    its atom, from a relocation to its bytes, from bytes to their relocation, from a word of memory where it points."""
    steps = opened.steps
    if place.view == LINK:
        return replace(at_thing(steps, place, place.atom), view=SYMBOLS) if place.atom else "no atom is here"
    if place.view == SYMBOLS:
        return replace(at_thing(steps, place, place.symbol), view=LINK) if place.symbol else "no symbol is here"
    if place.view == RELOCS:
        return replace(at_thing(steps, place, place.relocation), view=BYTES) if place.relocation else "no relocation"
    if place.view != BYTES:
        return "this leads nowhere"
    thing, mention = at_byte(opened.link, byte_at(place))
    if place.memory:
        return _pointed(opened, place, mention)
    if mention is not None:
        return replace(at_thing(steps, place, mention), view=RELOCS)
    return followed(opened, place, getattr(thing, "atom", thing)) or "nothing is known of this byte"


def _pointed(opened: Opened, place: Place, mention: Mention | None) -> Place | str:
    """Where the word of memory at the cursor points: to a function by its table slot, or to an address."""
    image = memory_image(opened.link)
    assert image is not None
    start, size = place.start, 8 if image.link.layout and image.link.layout.memory.limits.is64 else 4
    if mention is not None and mention.atom.relocs is not None:
        type = RELOC_TYPES[mention.atom.relocs.types[mention.row]]
        symbol = bound(opened.link, *mention)
        if not type.name.startswith("R_WASM_MEMORY_ADDR") and symbol is not None:
            return followed(opened, place, symbol) or "this leads nowhere"
        address = image.address_of(mention.atom, mention.atom.site(mention.row))
        start = address if address is not None else start
    value = int.from_bytes(image.read(start, start + size), "little")
    if not 0 < value < image.size:
        return f"the word here, {value:#x}, is no address in memory"
    return at_bytes(place, None, value, value + 1, memory=True)
