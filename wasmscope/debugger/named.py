"""Marks and notes: places under a letter, and words on things, which a relink and another session do not lose.

Both are bound by name: a file, a symbol, atom or item in it, an offset in that. Step numbers and offsets in files are
hints, used where there is no name. What has which name is said by `marks` for a link, by `lone.marks` for a module.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from wasmscope.explain.namesakes import KINDS, Called
from wasmscope.explain.references import AtomByte
from wasmscope.explain.steps import Steps
from wasmscope.explain.symbols import Mention


class Named(NamedTuple):
    """A thing by its name."""

    kind: str
    """Of a link: a kind of `explain.namesakes` (of an atom byte `offset`), "relocation" (number `offset` of the atom),
    "step" (number `offset`), or a space of `marks.SPACES` (byte `offset` of it). Of a finished module: the space of an
    item (byte `offset` of it), "relocation" (at byte `offset` of the item), "module" or "memory" (byte `offset`)."""
    file: str = ""
    """The file that it is in, as LLD names it; "" where that is the linker, the output or memory."""
    name: str = ""
    offset: int = 0
    number: int = 0
    """Which it is of several that are called so, from 0; of a relocation or a byte, which atom."""

    @property
    def words(self) -> str:
        """`symbol main of main.o`, `memory 0x1010`, `step 12`."""
        if not self.name:
            offset = f"{self.offset:#x}" if self.offset else ""
            kind = f"{self.kind} {self.number}" if self.number else self.kind
            return f"{kind} {self.file}{':' * bool(self.file and self.offset)}{offset}"
        which = f"#{self.number + 1}" if self.number else ""
        inside = f"+{self.offset:#x}" if self.offset and self.kind != "relocation" else ""
        number = f"{self.offset} of " if self.kind == "relocation" else ""
        return f"{self.kind} {number}{self.name}{which}{inside}{f' of {self.file}' if self.file else ''}"


class Mark(NamedTuple):
    """A place: what was looked at, where, and after which step."""

    thing: Named
    view: str
    step: int
    space: str = ""
    """Whose bytes view 4 showed."""

    @property
    def words(self) -> str:
        """`Bytes  atom main+0x10 of main.o  @12`."""
        return f"{self.view}  {self.thing.words}" + (f"  @{self.step}" if self.step else "")


def name_of(found: Steps, thing: object) -> Named | None:
    """The name of a thing of a link; None if it has none that another link could have, too."""
    if isinstance(thing, Mention):
        name = name_of(found, thing.atom)
        return name._replace(kind="relocation", offset=thing.row - thing.atom.lo) if name is not None else None
    if isinstance(thing, AtomByte):
        name = name_of(found, thing.atom)
        return name._replace(offset=thing.offset) if name is not None else None
    called = found.namesakes.called(thing)
    return Named(*called, number=found.namesakes.number(thing)) if called is not None else None


def thing_of(found: Steps, name: Named) -> object:
    """What has that name in a link, of an atom without the byte; None if nothing has."""
    if name.kind == "relocation":
        atom = found.namesakes.find(Called("atom", name.file, name.name), name.number)
        row = atom.lo + name.offset if atom is not None else 0
        return Mention(atom, row) if atom is not None and row < atom.hi else None
    return found.namesakes.find(Called(*name[:3]), name.number) if name.kind in KINDS else None


class Marks:
    """What the reader left: marks by letter, notes by what they are on. `name` says the name of a thing."""

    def __init__(self, name: Callable[[object], Named | None]) -> None:
        self.marks: dict[str, Mark] = {}
        self.notes: dict[Named, str] = {}
        self._name = name

    def take(self, other: Marks) -> None:
        """Have what was left elsewhere, too."""
        self.marks |= other.marks
        self.notes |= other.notes

    def renew(self, step: Callable[[int], int]) -> None:
        """Have them in another link: `step` says which of its steps is the one of a number in the link before."""

        def renewed(one: Named) -> Named:
            return one._replace(offset=step(one.offset)) if one.kind == "step" else one

        self.marks = {
            letter: mark._replace(thing=renewed(mark.thing), step=step(mark.step))
            for letter, mark in self.marks.items()
        }
        self.notes = {renewed(one): text for one, text in self.notes.items()}

    def note_on(self, thing: object) -> str:
        """What was noted on a thing; "" if nothing was. Quick: for every row that is drawn."""
        if not self.notes:
            return ""
        name = self._name(thing)
        return self.notes.get(name, "") if name is not None else ""
