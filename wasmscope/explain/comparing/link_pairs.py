"""Which file, symbol, atom or entity of one link is which of another: by name and order, whatever is in it."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from functools import cached_property
from typing import TypeVar

from wasmscope.explain.comparing.alignment import same_keys
from wasmscope.explain.comparing.partners import pair
from wasmscope.explain.comparing.things import Thing as Piece
from wasmscope.explain.steps import steps
from wasmscope.explain.symbols import Thing
from wasmscope.link.model import Atom, Entity, Link, ObjectFile, Symbol

T = TypeVar("T")


class LinkPairs:
    """What everything of link `a` is in link `b`."""

    def __init__(self, a: Link, b: Link) -> None:
        self.a, self.b = a, b

    @cached_property
    def files(self) -> dict[ObjectFile, ObjectFile]:
        """By name; then by the last part of it, for those that are elsewhere now."""
        ours, theirs = _files(self.a), _files(self.b)
        found = _paired(ours, theirs, lambda file: file.name)
        taken = set(found.values())
        left = [one for one in ours if one not in found], [one for one in theirs if one not in taken]
        return found | _paired(left[0], left[1], _last)

    def other(self, thing: Thing | None) -> Thing | None:
        """What an atom, entity or symbol of `a` is in `b`; None if it is not there."""
        if isinstance(thing, Symbol):
            return self.symbols.get(thing)
        return self.things.get(thing) if thing is not None else None

    def back(self, thing: Thing) -> Thing | None:
        """What an atom, entity or symbol of `b` is in `a`; None if it is not there."""
        return self._back.get(thing)

    @cached_property
    def _back(self) -> dict[Thing, Thing]:
        pairs: list[tuple[Thing, Thing]] = [*self.things.items(), *self.symbols.items()]
        return {other: one for one, other in pairs}

    @cached_property
    def things(self) -> dict[Atom | Entity, Atom | Entity]:
        """Atoms and entities, those that the linker makes too."""
        found: dict[Atom | Entity, Atom | Entity] = {}
        for one, other in self.files.items():
            if one.module.linking is not None and other.module.linking is not None:
                same = one.module.data == other.module.data
                for mine, theirs in zip(_lists(one), _lists(other), strict=True):
                    found |= zip(mine, theirs, strict=True) if same else _named(mine, theirs)
        made = steps(self.a).symbols.made, steps(self.b).symbols.made
        return found | _paired(*made, lambda thing: (thing.kind, thing.name))

    @cached_property
    def symbols(self) -> dict[Symbol, Symbol]:
        """Global symbols by their own names, which --wrap lets mean others; those of an object alone with what they
        stand for."""
        if self.a.resolve is None or self.b.resolve is None:
            return {}
        ours, theirs = self.a.resolve, self.b.resolve
        own = {symbol.name: symbol for symbol in theirs.symbols}
        found = {symbol: own[symbol.name] for symbol in ours.symbols if symbol.name in own}
        for file, symbols in ours.bindings.items():
            other = self.files.get(file)
            if other is not None and other in theirs.bindings:
                locals = [[one for one in listed if one.local] for listed in (symbols, theirs.bindings[other])]
                found |= _paired(locals[0], locals[1], lambda one: (one.kind, one.name))
        return found


def _files(link: Link) -> list[ObjectFile]:
    return link.load.files if link.load is not None else []


def _last(file: ObjectFile) -> str:
    return f"{file.archive.rpartition('/')[2]}({file.own_name})" if file.archive else file.name.rpartition("/")[2]


def _lists(file: ObjectFile) -> tuple[Sequence[Atom | Entity], ...]:
    return file.functions, file.segments, file.customs, file.globals, file.tables, file.tags


def _paired(ours: Sequence[T], theirs: Sequence[T], key: Callable[[T], Hashable]) -> dict[T, T]:
    """Those of one key, in order."""
    to = same_keys(map(key, ours), map(key, theirs))
    return {one: theirs[other] for one, other in zip(ours, to, strict=True) if other >= 0}


def _named(ours: Sequence[Atom | Entity], theirs: Sequence[Atom | Entity]) -> dict[Atom | Entity, Atom | Entity]:
    """The things of one kind of an object that changed, by name or contents."""
    pieces = [[_piece(one, at) for at, one in enumerate(things)] for things in (ours, theirs)]
    to = pair(pieces[0], pieces[1], (_print, _print))
    return {ours[position]: theirs[other] for position, other in enumerate(to) if other >= 0}


def _piece(thing: Atom | Entity, position: int) -> Piece:
    what = str(thing.signature or "") if isinstance(thing, Atom) else str(thing.type)
    return Piece(position, thing.name, -1, -1, what, of=thing)


def _print(piece: Piece) -> tuple[Hashable, int]:
    atom = piece.of
    if not isinstance(atom, Atom) or atom.kind != "data":
        return piece.what, 0
    return atom.data, atom.size
