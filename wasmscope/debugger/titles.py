"""What a place and a thing are called, in a few words."""

from __future__ import annotations

from wasmscope.debugger.cursor import BYTES, RELOCS, SYMBOLS, VIEWS, Byte, Place
from wasmscope.debugger.opened import Opened
from wasmscope.debugger.panes.facts import heading_of
from wasmscope.explain.memory_image import address_title, memory_image
from wasmscope.explain.references import AtomByte
from wasmscope.format.types import FuncType


def thing_title(opened: Opened, thing: object) -> str:
    """Kind and name of a thing, a byte too."""
    naming = opened.naming
    if isinstance(thing, Byte):
        return byte_title(opened, thing)
    if isinstance(thing, AtomByte):
        return f"{naming.of(thing.atom)}+{thing.offset:#x}"
    if isinstance(thing, FuncType):
        return f"type {thing}"
    return naming.words(heading_of(thing))


def byte_title(opened: Opened, byte: Byte) -> str:
    """`main.o:0x40`, `output:0x40`, or an address and what is there."""
    if byte.memory:
        image = memory_image(opened.link)
        inside = image is not None and 0 <= byte.offset < image.size
        return f"mem:{byte.offset:#x}" + (f" {address_title(image, byte.offset)}" if image and inside else "")
    return f"{opened.naming.file(byte.file) if byte.file is not None else 'out'}:{byte.offset:#x}"


def place_title(opened: Opened, place: Place) -> str:
    """The step, the view, and what it shows."""
    thing = {SYMBOLS: place.symbol, RELOCS: place.relocation}.get(place.view, place.thing)
    if place.view == BYTES:
        thing = Byte(place.file, place.start, place.memory)
    return f"@{place.step:,} {VIEWS[place.view]}  {thing_title(opened, thing)}"
