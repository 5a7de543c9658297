"""What a diagnostic is about, where that is more than a symbol or file: enough for `explain.reasons.hints` to help.

Nothing here is worked out when the link goes through, and nothing is put into words before somebody reads it.
"""

from __future__ import annotations

from typing import NamedTuple

from wasmscope.errors import FormatError
from wasmscope.link.model import Atom, ObjectFile, Symbol


class Use(NamedTuple):
    """Relocation `row` of `atom`, which names `symbol` and must not, or cannot."""

    atom: Atom
    row: int
    symbol: Symbol


class Side(NamedTuple):
    """Who says what of a symbol: record `record` of an object's symbol table; the linker itself has no file."""

    file: ObjectFile | None
    record: int


class Clash(NamedTuple):
    """Two objects that say different things of a symbol, or both define it."""

    symbol: Symbol
    first: Side
    second: Side


class Variants(NamedTuple):
    """Symbols of one name that stand for different signatures; `symbol` is the one that is told of."""

    symbol: Symbol
    other: Symbol


class Wanted(NamedTuple):
    """A name that an option asks for, and which nothing defines."""

    name: str
    symbol: Symbol | None


class Feature(NamedTuple):
    """A target feature that objects or options disagree on, and the symbol that needs it, if it is about one."""

    name: str
    symbol: Symbol | None = None


class MemorySize(NamedTuple):
    """A size of the memory that an option gives, in bytes: it must be within `least` and `most`."""

    what: str
    value: int
    least: int
    most: int


class Malformed(NamedTuple):
    """A file that cannot be taken: what is wrong, and the bytes that its offset counts in (a member's own)."""

    error: FormatError
    data: bytes


Subject = Use | Clash | Variants | Wanted | Feature | MemorySize | Malformed


def thing_of(subject: object) -> object:
    """What a person would look at first: the symbol, the file; None when there is nothing to look at."""
    if isinstance(subject, Use | Clash | Variants | Wanted | Feature):
        return subject.symbol
    return None if isinstance(subject, MemorySize | Malformed) else subject


def parts_of(subject: object) -> tuple[object, ...]:
    """A diagnostic's subject, and the things that it is made of."""
    return (subject, *subject) if isinstance(subject, Subject) else (subject,)


def is_about(subject: object, thing: object) -> bool:
    """Whether `thing` (a symbol, an atom, a relocation as (atom, row), …) is part of what a diagnostic is about."""
    if isinstance(subject, Use) and thing == subject[:2]:
        return True
    return any(part is thing for part in parts_of(subject))
