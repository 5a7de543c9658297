"""What a state says of a thing: one record for each kind of thing. `state.State` makes them."""

from __future__ import annotations

from typing import NamedTuple

from wasmscope.link.chain import Placed
from wasmscope.link.model import Atom, CustomSection, Event, Kept, ObjectFile, Piece, Segment


class Count(NamedTuple):
    """How far a phase is: rows done of all its rows (the diagnostics that ended it count too)."""

    phase: str
    done: int
    total: int


class SymbolState(NamedTuple):
    """A symbol at a step."""

    state: str
    """As in events: "undefined", "weak undefined", "lazy", "weak defined", "defined", "stub"; "" when not met yet."""
    file: ObjectFile | None
    """Who stands for it now: the definition, the lazy provider or the first mention; None if the linker or nobody."""
    record: int
    """Its index in that file's symbol table, or -1."""
    events: int
    """How many events about it have happened."""
    last: Event | None
    live: Kept | None
    """What keeps it (or its atom, global, table, tag), once marked."""
    value: int | None
    """Its address, or function, global, table or tag number, once fixed."""
    slot: int | None
    """Its table slot, once it has one."""


class AtomState(NamedTuple):
    """An atom at a step. Offsets and sizes in bytes."""

    known: bool
    """The section that holds it has been read."""
    joined: bool
    """Its object takes part in the link."""
    discarded: bool
    """It lost with its COMDAT group."""
    live: Kept | None
    placed: Placed[Atom] | None
    home: Segment | CustomSection | None
    """Where it was placed; None for a function, and before."""
    address: int | None
    """Where it starts in linear memory, once its segment has an address (data only)."""
    number: int | None
    """Its function number."""
    patched: int
    relocations: int
    output: Piece | None
    """Its run of output bytes, once the section is emitted."""


class EntityState(NamedTuple):
    """A global, table or tag at a step."""

    joined: bool
    live: Kept | None
    number: int | None


class RelocationState(NamedTuple):
    """A relocation at a step."""

    patched: bool
    value: int | None
    """What is (or will be: look at `patched`) written; None when this link does not apply it."""
    before: bytes
    after: bytes | None
    """The site's bytes once patched."""


class ChainState(NamedTuple):
    """A chain at a step: how many places are filled, the last one filled and the one that comes next."""

    placed: int
    total: int
    last: Placed[Atom] | None
    next: Placed[Atom] | None
    size: int
    """Bytes taken so far, from the chain's start."""
