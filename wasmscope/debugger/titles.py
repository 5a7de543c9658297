"""What a place and a thing are called, in a few words."""

from __future__ import annotations

from wasmscope.debugger.cursor import BYTES, RELOCS, SYMBOLS, VIEWS, Byte, Place
from wasmscope.debugger.lines import Line, Span
from wasmscope.debugger.naming import Naming
from wasmscope.debugger.opened import Opened
from wasmscope.debugger.panes.facts import heading_parts
from wasmscope.explain.memory_image import address_title, memory_image
from wasmscope.explain.references import AtomByte
from wasmscope.format.types import FuncType


def thing_title(opened: Opened, thing: object) -> str:
    """Kind and name of a thing, a byte too."""
    return "".join(text for text, _ in thing_line(opened, thing))


def thing_line(opened: Opened, thing: object) -> Line:
    """As `thing_title`, with its name told apart."""
    naming = opened.naming
    if isinstance(thing, Byte):
        return _byte_line(opened, thing)
    if isinstance(thing, AtomByte):
        return [(f"{naming.of(thing.atom)}+{thing.offset:#x}", "name")]
    if isinstance(thing, FuncType):
        return [(f"type {thing}", "")]
    return heading_line(naming, thing)


def heading_line(naming: Naming, thing: object) -> Line:
    """Kind and name of a thing in the link."""
    kind, name = heading_parts(thing)
    return [(f"{kind} " if kind and name else kind, ""), (naming.words(name), "name")]


def _byte_line(opened: Opened, byte: Byte) -> Line:
    """`main.o:0x40`, `output:0x40`, or an address and what is there."""
    if byte.memory:
        image = memory_image(opened.link)
        inside = image is not None and 0 <= byte.offset < image.size
        there: list[Span] = [(f" {address_title(image, byte.offset)}", "name")] if image and inside else []
        return [(f"mem:{byte.offset:#x}", ""), *there]
    return [(opened.naming.file(byte.file) if byte.file is not None else "out", "name"), (f":{byte.offset:#x}", "")]


def place_title(opened: Opened, place: Place) -> str:
    """The step, the view, and what it shows."""
    thing = {SYMBOLS: place.symbol, RELOCS: place.relocation}.get(place.view, place.thing)
    if place.view == BYTES:
        thing = Byte(place.file, place.start, place.memory)
    return f"@{place.step:,} {VIEWS[place.view]}  {thing_title(opened, thing)}"
