"""What is typed at the goto prompt, and the place that it names.

@N  @PHASE  PHASE  top  end       a moment: a step, the first step of a phase
0xN  +N  -N                       a byte of the file that is shown: from its start, or from here
fN  func N  func:N                function number N
rN  reloc N                       relocation N in the order of the table
NAME+N                            N bytes into a symbol
anything else                     what `explain.find` understands: names, FILE:NAME, FILE:0xN, slot:N, type:N, …
"""

from __future__ import annotations

import re
from dataclasses import replace

from wasmscope.debugger.cursor import BYTES, RELOCS, Place, at_step, at_thing, bytes_of
from wasmscope.explain.find import Found, find
from wasmscope.explain.steps import Steps
from wasmscope.link.model import PHASES, ObjectFile, Symbol

NUMBER = r"0[xX][0-9a-fA-F]+|[0-9]+"
HINT = "name · @step · 0xoffset · file:0xoffset · f12 function · r12 relocation · name+4 · phase · top · end"


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
    return _found(steps, place, meant[0], text) if meant else f"nothing is called {text}"


def _found(steps: Steps, place: Place, meant: Found, text: str) -> Place:
    if meant.kind == "step" and isinstance(meant.thing, int):
        return at_step(steps, place, meant.thing)
    in_file = re.fullmatch(rf".+:({NUMBER})", text)
    place = at_thing(steps, place, meant.thing, output=False if in_file is not None else None)
    if in_file is not None and place.file is not None and meant.kind in ("atom", "relocation", "section"):
        start = int(in_file[1], 0)
        return replace(place, start=start, end=start + 1, view=BYTES)
    return place


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
    offset = int(number, 0)
    size = file_size(steps, place.file)
    if offset >= size:
        return f"there is no byte {offset:#x}: the file ends at {size:#x}"
    return replace(place, start=offset, end=offset + 1, view=BYTES)


def _relative(steps: Steps, place: Place, sign: str, number: str) -> Place | str:
    return _offset(steps, place, hex(max(0, place.start + int(sign + "1") * int(number, 0))))


def _function(steps: Steps, place: Place, number: str) -> Place | str:
    meant = find(steps.link, f"func:{number}", limit=1)
    return at_thing(steps, place, meant[0].thing) if meant else f"there is no function {number}"


def _relocation(steps: Steps, place: Place, number: str) -> Place | str:
    wanted = int(number)
    if steps.link.relocate is None or wanted >= steps.link.relocate.first[-1]:
        return f"there is no relocation {wanted}"
    return replace(at_thing(steps, place, steps.places.relocation_at(wanted)), view=RELOCS)


def _into_symbol(steps: Steps, place: Place, name: str, number: str) -> Place | str | None:
    meant = find(steps.link, name, limit=1)
    if not meant or not isinstance(meant[0].thing, Symbol):
        return None
    span = bytes_of(steps, meant[0].thing, place.file is None)
    if span is None:
        return f"{name} has no bytes"
    start = span[1] + int(number, 0)
    return replace(at_thing(steps, place, meant[0].thing), file=span[0], start=start, end=start + 1, view=BYTES)


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
    (rf"(.+)\+({NUMBER})", _into_symbol),
)
