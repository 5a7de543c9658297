"""Relocations of two links that write other values for another reason than that their targets have other numbers."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import NamedTuple

from wasmscope.explain.comparing.link_pairs import LinkPairs
from wasmscope.explain.naming import bound, names_symbol, title
from wasmscope.explain.symbols import Mention
from wasmscope.format.relocs import RELOC_TYPES, TABLE_INDEX
from wasmscope.link.addresses import Addresses
from wasmscope.link.model import Atom, Link, Symbol
from wasmscope.link.relocate import FUNCTION_OFFSET, LOCREL, SECTION_OFFSET

PLACED = frozenset((LOCREL, SECTION_OFFSET))
"""Types whose value depends on the site's own place, or on where a piece of a section went."""


class Differing(NamedTuple):
    """A relocation that writes another value, not only because its target has another number."""

    one: Mention
    other: Mention
    """It in link a and in link b."""
    was: str
    now: str
    """What it writes, and which target it names."""
    only_definition: bool
    """It names the same symbol and writes what that asks for, but the symbol is defined elsewhere."""


class RelocationValues:
    """What the relocations of two links wrote, compared atom by atom."""

    def __init__(self, pairs: LinkPairs) -> None:
        self.pairs = pairs

    @cached_property
    def differing(self) -> list[Differing]:
        """Of atoms that both links have with the same bytes, the relocations that do not mean the same."""
        return list(_differing(self.pairs))

    @cached_property
    def _atoms(self) -> set[Atom]:
        return {one.one.atom for one in self.differing if not one.only_definition}

    def have_one_meaning(self, one: object, other: object) -> bool | None:
        """Whether two atoms have the same bytes, and relocations of the same meaning; None if they have other bytes."""
        if not isinstance(one, Atom) or not isinstance(other, Atom) or self.pairs.other(one) is not other:
            return None
        return one not in self._atoms if one.file is not None and same_sites(one, other) else None


def _differing(pairs: LinkPairs) -> Iterator[Differing]:
    ours, theirs = pairs.a.relocate, pairs.b.relocate
    if ours is None or theirs is None:
        return
    bases = _Bases(pairs.a), _Bases(pairs.b)
    for one in ours.atoms:
        other = pairs.other(one)
        if not isinstance(other, Atom) or other not in theirs.values or not same_sites(one, other):
            continue
        for place, (was, now) in enumerate(zip(ours.values[one], theirs.values[other], strict=True)):
            mentions = Mention(one, one.lo + place), Mention(other, other.lo + place)
            targets = bound(pairs.a, *mentions[0]), bound(pairs.b, *mentions[1])
            explained = _explained(pairs, bases, mentions, targets, was, now)
            if not explained or not _same_definition(pairs, *targets):
                words = [f"{value:#x}, {_target(target)}" for value, target in zip((was, now), targets, strict=True)]
                yield Differing(*mentions, words[0], words[1], explained)


def same_sites(one: Atom, other: Atom) -> bool:
    """Whether two atoms have the same bytes before relocation, and as many relocations."""
    return one.size == other.size and one.hi - one.lo == other.hi - other.lo and one.data == other.data


def _target(symbol: Symbol | None) -> str:
    if symbol is None:
        return "a type"
    return f"{symbol.standing} {title(symbol)}" + (f" of {symbol.file.name}" if symbol.file is not None else "")


def _same_definition(pairs: LinkPairs, one: Symbol | None, other: Symbol | None) -> bool:
    if one is None or other is None or one.target is None:
        return True
    return pairs.other(one.target) is other.target


def _explained(
    pairs: LinkPairs,
    bases: tuple[_Bases, _Bases],
    mentions: tuple[Mention, Mention],
    targets: tuple[Symbol | None, Symbol | None],
    was: int,
    now: int,
) -> bool:
    """Whether both write the number or address of the same symbol, wherever that is."""
    (one, row), (other, other_row) = mentions
    assert one.relocs is not None
    assert other.relocs is not None
    type = one.relocs.types[row]
    if type != other.relocs.types[other_row]:
        return False
    if not names_symbol(type):
        return True
    symbol, theirs = targets
    if symbol is None or theirs is None:
        return symbol is theirs
    if pairs.other(symbol) is not theirs:
        return False
    if was == now or type in PLACED:
        return True
    base, there = bases[0].of(type, symbol), bases[1].of(type, theirs)
    return base is not None and there is not None and (now - was - there + base) % (1 << 32) == 0


class _Bases:
    """What the relocations of a link add their addends to."""

    def __init__(self, link: Link) -> None:
        assert link.layout is not None
        assert link.index is not None
        self.index = link.index
        self.addresses = Addresses(link.layout)

    def of(self, type: int, symbol: Symbol) -> int | None:
        """The slot, number, offset or address that a relocation of `type` asks of `symbol`; None if it has none."""
        kind = RELOC_TYPES[type].symbol_kind
        if type in TABLE_INDEX:
            return self.index.slot(symbol)
        if kind == "data":
            return self.addresses.of(symbol)
        if type in FUNCTION_OFFSET:
            place = self.index.code.places.get(symbol.target) if isinstance(symbol.target, Atom) else None
            return place.offset if place is not None else None
        return self._number(kind, symbol)

    def _number(self, kind: str, symbol: Symbol) -> int | None:
        index = self.index
        if kind == "global" and symbol in index.got:
            return index.got[symbol].number
        if kind == "global" and symbol in index.got_imports:
            return index.got_imports[symbol]
        target = symbol.target
        if target is None or symbol in index.imported:
            return index.imported.get(symbol)
        numbers = {"function": index.functions, "global": index.globals, "table": index.tables, "tag": index.tags}
        found: int | None = numbers[kind].get(target)  # type: ignore[attr-defined]
        return found
