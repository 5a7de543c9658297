"""The one cursor that all panes share: a moment of the link and a thing in it, with the way back.

Moving in time (a step) and moving in space (a row, a byte, a name) both give a new `Place`; every view is drawn from
the place alone, so going back restores everything. Nothing here knows the screen.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Generic, NamedTuple, TypeVar

from wasmscope.explain.memory_image import memory_image
from wasmscope.explain.naming import FileSection, bound, site_width
from wasmscope.explain.steps import Steps
from wasmscope.explain.symbols import Mention
from wasmscope.link.model import (
    PHASES,
    Atom,
    CustomSection,
    Entity,
    ImportEntry,
    ObjectFile,
    OutputSection,
    Segment,
    Symbol,
)

VIEWS = ("Link", "Symbols", "Relocs", "Bytes", "Diff", "Why")
"""The views by their names."""
LINK, SYMBOLS, RELOCS, BYTES, DIFF, WHY = range(6)
"""Their positions."""
OUTPUT_FROM = PHASES.index("relocate")
"""From this phase on a step shows the output's bytes, before it the inputs'."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where the reader is: after `step` steps, looking at `thing`."""

    step: int = 0
    thing: object = None
    """What the card is about."""
    symbol: Symbol | None = None
    atom: Atom | None = None
    relocation: Mention | None = None
    file: ObjectFile | None = None
    """Whose bytes are shown; None: the output's, or those of linear memory."""
    start: int = 0
    """The bytes of the thing in that file, `start` to `end`; in memory, their addresses."""
    end: int = 0
    memory: bool = False
    """The bytes are those of linear memory as it will be at start."""
    view: int = 0
    """Position of the view on screen."""


class Byte(NamedTuple):
    """A byte of a file (None: the output), or of linear memory."""

    file: ObjectFile | None
    offset: int
    memory: bool = False
    """`offset` is an address."""
    number: int = 0
    """Of which memory, in a finished module."""


At = TypeVar("At")
"""A place of the kind that a session has."""


class Visit(NamedTuple, Generic[At]):
    """A place on the way, and what the front end showed of it: cursors and scroll offsets of its panes."""

    place: At
    look: object = None


class Cursor(Generic[At]):
    """The place, and where it was before: `back` and `forward` undo and redo jumps (small moves are not kept)."""

    KEPT = 500

    def __init__(self, place: At) -> None:
        self.place = place
        self.look: Callable[[], object] = lambda: None
        """Asks the front end what it shows of the place."""
        self.recalled: object = None
        """What it showed of the place that a jump was undone to, until it takes it."""
        self._back: list[Visit[At]] = []
        self._forward: list[Visit[At]] = []

    def move(self, place: At, jump: bool = False) -> None:
        """Go to `place`; a `jump` can be undone."""
        if jump and place != self.place:
            self._back.append(Visit(self.place, self.look()))
            del self._back[: -self.KEPT]
            self._forward.clear()
        self.place = place

    def back(self) -> bool:
        """Undo the last jump; False if there was none."""
        return self._shift(self._back, self._forward)

    def forward(self) -> bool:
        """Redo the jump that was undone last; False if there was none."""
        return self._shift(self._forward, self._back)

    def way(self) -> tuple[list[At], int]:
        """The places on the way, oldest first, and which of them is the current one."""
        before, after = [one.place for one in self._back], [one.place for one in reversed(self._forward)]
        return [*before, self.place, *after], len(before)

    def renew(self, kept: Callable[[At], At]) -> None:
        """Move every place, those on the way back too, to what `kept` makes of it: another link is looked at."""
        self.place = kept(self.place)
        self._back = [Visit(kept(one.place)) for one in self._back]
        self._forward = [Visit(kept(one.place)) for one in self._forward]

    def _shift(self, source: list[Visit[At]], target: list[Visit[At]]) -> bool:
        if not source:
            return False
        target.append(Visit(self.place, self.look()))
        self.place, self.recalled = source.pop()
        return True


def at_step(steps: Steps, place: Place, number: int) -> Place:
    """`place` moved in time to step `number`, looking at what that step is about."""
    number = max(0, min(number, len(steps)))
    place = replace(place, step=number)
    if number == 0:
        return replace(place, thing=None)
    phase = PHASES.index(steps.locate(number)[0])
    there = at_thing(steps, place, steps.about(number), output=phase >= OUTPUT_FROM)
    return there if not place.memory or there.memory else at_bytes(there, None, place.start, place.end, memory=True)


def at_thing(steps: Steps, place: Place, thing: object, output: bool | None = None) -> Place:
    """`place` moved in space to `thing`. What the thing says nothing about stays.

    `output`: whose bytes to prefer, the output's or an input's (None: those that are shown now). Where memory is shown
    it stays in sight, if the thing is in it.
    """
    if thing is None:
        return place
    if output is None:
        output = place.file is None and steps.link.emit is not None
    if place.memory and (address := address_of(steps, thing)) is not None:
        return at_bytes(at_thing(steps, replace(place, memory=False), thing, output), None, *address, memory=True)
    place = replace(place, thing=thing)
    if isinstance(thing, ImportEntry) and thing.symbol is not None:
        thing = thing.symbol
    elif isinstance(getattr(thing, "symbol", None), Symbol):
        thing = thing.symbol  # type: ignore[attr-defined]
    if isinstance(thing, Symbol):
        target = thing.target
        atom = target if isinstance(target, Atom) else None
        place = replace(place, symbol=thing, atom=atom, relocation=first_relocation(atom))
    elif isinstance(thing, Atom):
        place = replace(place, atom=thing, symbol=symbol_of(steps, thing), relocation=first_relocation(thing))
    elif isinstance(thing, Mention):
        symbol = bound(steps.link, *thing)
        place = replace(place, relocation=thing, atom=thing.atom, symbol=symbol or place.symbol)
    elif isinstance(thing, Entity):
        place = replace(place, symbol=symbol_of(steps, thing) or place.symbol)
    elif isinstance(thing, Segment | CustomSection) and thing.chain.first is not None:
        place = replace(place, atom=thing.chain.first.item)
    span = bytes_of(steps, thing, output)
    return at_bytes(place, *span) if span is not None else place


def at_bytes(place: Place, file: ObjectFile | None, start: int, end: int, memory: bool = False) -> Place:
    """`place` moved to bytes of a file (None: the output), or of memory."""
    return replace(place, file=file, start=start, end=end, memory=memory)


def address_of(steps: Steps, thing: object) -> tuple[int, int] | None:
    """The addresses of `thing` in linear memory: start and end; None if it is not there."""
    image = memory_image(steps.link)
    if isinstance(thing, Mention) and image is not None:
        whole = image.of(thing.atom)
        low, high = steps.places.written_site(*thing)
        return (whole[0] + low, whole[0] + high) if whole is not None else None
    return image.of(thing) if image is not None else None


def first_relocation(atom: Atom | None) -> Mention | None:
    """The first relocation of `atom`, if it has any."""
    return Mention(atom, atom.lo) if atom is not None and atom.relocs is not None and atom.lo < atom.hi else None


def symbol_of(steps: Steps, thing: Atom | Entity) -> Symbol | None:
    """The first symbol that stands for `thing`."""
    return next(iter(steps.symbols.symbols_at.get(thing, ())), None) if steps.link.resolve is not None else None


Bytes = tuple[ObjectFile | None, int, int]


def bytes_of(steps: Steps, thing: object, output: bool) -> Bytes | None:
    """(file or None for the output, start, end) of the bytes of `thing`; None if it has none that can be shown."""
    if isinstance(thing, Symbol):
        return bytes_of_symbol(steps, thing, output)
    if isinstance(thing, Atom):
        return bytes_of_atom(steps, thing, output)
    if isinstance(thing, Mention):
        whole = bytes_of_atom(steps, thing.atom, output)
        if whole is None:
            return None
        low, high = thing.atom.site(thing.row), thing.atom.site(thing.row) + site_width(*thing)
        if whole[0] is None:
            low, high = steps.places.written_site(*thing)
        return whole[0], whole[1] + low, whole[1] + high
    if isinstance(thing, FileSection):
        return thing.file, thing.section.start, thing.section.end
    if isinstance(thing, ObjectFile):
        return thing, 0, min(8, len(thing.module.data))
    if isinstance(thing, OutputSection):
        return None, thing.start, thing.end
    if isinstance(thing, Segment | CustomSection) and thing.chain.first is not None:
        return bytes_of_atom(steps, thing.chain.first.item, output)
    return None


def bytes_of_atom(steps: Steps, atom: Atom, output: bool) -> Bytes | None:
    """Its run of the output if that is wanted and there is one, else its bytes in its object."""
    found = steps.places.pieces.get(atom)
    if found is not None and (output or atom.file is None):
        return None, found[1].start, found[1].start + found[1].size
    return (atom.file, atom.start, atom.end) if atom.file is not None else None


def bytes_of_symbol(steps: Steps, symbol: Symbol, output: bool) -> Bytes | None:
    """The bytes of what it stands for; of its record in a symbol table when it stands for nothing."""
    if isinstance(symbol.target, Atom):
        whole = bytes_of_atom(steps, symbol.target, output)
        if whole is not None and symbol.kind == "data":
            start = whole[1] + symbol.offset
            return whole[0], start, start + symbol.size
        return whole
    if symbol.file is not None and symbol.record >= 0:
        start, end = symbol.file.linking.symbols.spans[symbol.record]
        return symbol.file, start, end
    return None
