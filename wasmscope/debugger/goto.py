"""What is typed at the goto prompt (`GRAMMAR`), and the place that it names."""

from __future__ import annotations

import re
from dataclasses import replace

from wasmscope.debugger.cursor import BYTES, RELOCS, Place, at_bytes, at_step, at_thing, bytes_of
from wasmscope.explain.find import NUMBERED, Found, find
from wasmscope.explain.memory_image import memory_image
from wasmscope.explain.named_bytes import NUMBER
from wasmscope.explain.steps import Steps
from wasmscope.link.model import PHASES, ObjectFile, Symbol

GRAMMAR = """\
@N  @PHASE  PHASE  top  end       a moment: a step, the first step of a phase
0xN  +N  -N                       a byte of the file (or memory) that is shown: from its start, or from here
mem:N  out:N  FILE:N              a byte of linear memory, of the output, of an input
SECTION+N                         N bytes into the contents of a section of the file that is shown
fN  func N  func:N                function number N
rN  reloc N                       relocation N in the order of the table
NAME+N                            N bytes into a symbol
slot N  type N                    what has that number in the output; also slot:N, and global, table, tag
anything else                     a thing by its name, also the one that the host knows it by: FILE:NAME, env.log, …
"""
"""For a reader: what may be typed, and what it means."""
HINT = (
    "name · @step · 0xoffset · file:0xoffset · mem:0x1010 · code+0x10 · f12 function · r12 relocation · name+4 · "
    "phase · top · end"
)


def find_place(steps: Steps, place: Place, text: str) -> Place | str:
    """The place that `text` names, seen from `place`; or why there is none, in a sentence."""
    text = text.strip()
    for pattern, go in _FORMS:
        match = re.fullmatch(pattern, text)
        if match is not None:
            found = go(steps, place, *match.groups())
            if found is not None:
                return found
    meant = find(steps.link, text, limit=1)
    if text == "g" and not any(one.kind == "symbol" and getattr(one.thing, "name", "") == "g" for one in meant):
        return at_step(steps, place, 0)  # g, g: the top, as in vim and less
    if not meant and text.isdecimal():
        return f"a step is @{text}, a byte {int(text):#x}, a function f{text}, a relocation r{text}"
    return _found(steps, place, meant[0]) if meant else f"nothing is called {text}"


def _found(steps: Steps, place: Place, meant: Found) -> Place:
    if meant.kind == "step" and isinstance(meant.thing, int):
        return at_step(steps, place, meant.thing)
    return at_thing(steps, place, meant.thing)


def _input(steps: Steps, place: Place, name: str, number: str) -> Place | str | None:
    """A byte of an input, and the thing that it is of."""
    files, offset = steps.symbols.files_named.get(name, ()), int(number, 0)
    if not files:
        return None
    meant = find(steps.link, f"{files[0].name}:{offset}", limit=1)
    place = at_thing(steps, replace(place, memory=False), meant[0].thing, output=False) if meant else place
    return _offset(steps, at_bytes(place, files[0], 0, 0), number)


def _step(steps: Steps, place: Place, number: str) -> Place | str:
    if int(number) > len(steps):
        return f"there is no step {number}: the last is {len(steps)}"
    return at_step(steps, place, int(number))


def _phase(steps: Steps, place: Place, name: str) -> Place | str | None:
    if name not in PHASES:
        return None
    _, first, end = steps.ranges[PHASES.index(name)]
    return at_step(steps, place, first) if first < end else f"the link has no step in phase {name}"


def _edge(steps: Steps, place: Place, word: str) -> Place:
    return at_step(steps, place, 0 if word == "top" else len(steps))


def _offset(steps: Steps, place: Place, number: str) -> Place | str:
    if place.memory:
        return _address(steps, place, number)
    offset = int(number, 0)
    size = file_size(steps, place.file)
    if offset >= size:
        return f"there is no byte {offset:#x}: the file ends at {size:#x}"
    return replace(place, start=offset, end=offset + 1, view=BYTES)


def _address(steps: Steps, place: Place, number: str) -> Place | str:
    image, address = memory_image(steps.link), int(number, 0)
    if image is None:
        return "the link laid no memory out"
    if address >= image.size:
        return f"there is no address {address:#x}: memory ends at {image.size:#x}"
    return replace(at_bytes(place, None, address, address + 1, memory=True), view=BYTES)


def _output(steps: Steps, place: Place, number: str) -> Place | str:
    return _offset(steps, at_bytes(place, None, 0, 0), number)


def _in_section(steps: Steps, place: Place, name: str, number: str) -> Place | str | None:
    """Into the contents of a section of the file that is shown: the first of that name. A symbol's name goes first."""
    if name in steps.symbols.names:
        return None
    offset = int(number, 0)
    if place.file is not None:
        spans = [(one.contents, one.end) for one in place.file.module.sections if one.name == name]
    else:  # after the header, a custom section's name is a piece of its own
        sections = [one for one in (steps.link.emit.sections if steps.link.emit else ()) if one.name == name]
        spans = [
            (one.body if one.id else one.pieces[2].start, one.end) for one in sections if one.id or len(one.pieces) > 2
        ]
    if not spans:
        return None
    start, end = spans[0]
    if start + offset >= end:
        return f"{name} has no byte {offset:#x}: it ends at {end - start:#x}"
    return _offset(steps, replace(place, memory=False), hex(start + offset))


def _relative(steps: Steps, place: Place, sign: str, number: str) -> Place | str:
    return _offset(steps, place, hex(max(0, place.start + int(sign + "1") * int(number, 0))))


def _function(steps: Steps, place: Place, number: str) -> Place | str:
    meant = find(steps.link, f"func:{number}", limit=1)
    return at_thing(steps, place, meant[0].thing) if meant else f"there is no function {number}"


def _numbered(steps: Steps, place: Place, kind: str, number: str) -> Place | str:
    meant = find(steps.link, f"{kind}:{number}", limit=1)
    return at_thing(steps, place, meant[0].thing) if meant else f"the output has no {kind} {number}"


def _relocation(steps: Steps, place: Place, number: str) -> Place | str:
    wanted = int(number)
    if steps.link.relocate is None or wanted >= steps.link.relocate.first[-1]:
        return f"there is no relocation {wanted}"
    return replace(at_thing(steps, place, steps.places.relocation_at(wanted)), view=RELOCS)


def _into_symbol(steps: Steps, place: Place, name: str, number: str) -> Place | str | None:
    meant = find(steps.link, name, limit=1)
    if not meant or not isinstance(meant[0].thing, Symbol):
        return None
    there = at_thing(steps, place, meant[0].thing)
    if bytes_of(steps, meant[0].thing, True) is None:
        return f"{name} has no bytes"
    start = there.start + int(number, 0)
    if start >= max(there.end, there.start + 1):
        return f"{name} has no byte {int(number, 0):#x}: it ends at {there.end - there.start:#x}"
    return replace(there, start=start, end=start + 1, view=BYTES)


def file_size(steps: Steps, file: ObjectFile | None) -> int:
    """Bytes of an input, or of the output (None)."""
    if file is not None:
        return len(file.module.data)
    return len(steps.link.emit.data) if steps.link.emit else 0


_FORMS = (
    (r"@(\d+)", _step),
    (r"@(\w+)", _phase),
    (r"(\w+)", _phase),
    (r"(top|end)", _edge),
    (r"(0[xX][0-9a-fA-F]+)", _offset),
    (rf"([+-])({NUMBER})", _relative),
    (r"(?:f|func\s+)(\d+)", _function),
    (r"(?:r|reloc\s+)(\d+)", _relocation),
    (rf"({'|'.join(NUMBERED)})(?::|\s+)({NUMBER})", _numbered),
    (rf"mem(?:ory)?:({NUMBER})", _address),
    (rf"out(?:put)?:({NUMBER})", _output),
    (rf"(.+):({NUMBER})", _input),
    (rf"(.+)\+({NUMBER})", _in_section),
    (rf"(.+)\+({NUMBER})", _into_symbol),
)
