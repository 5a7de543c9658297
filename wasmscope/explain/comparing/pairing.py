"""Which thing of one module is which of another: in each index space, and among the pieces of data."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from functools import cached_property

from wasmscope.errors import FormatError
from wasmscope.explain.comparing.link_pairs import LinkPairs
from wasmscope.explain.comparing.partners import Fingerprint, pair
from wasmscope.explain.comparing.things import Side, Thing
from wasmscope.format.skeletons import split
from wasmscope.format.types import KIND_NAMES, KIND_NUMBERS
from wasmscope.link.model import Atom, Entity


class Pairing:
    """What each number of side `a` is on side `b`; -1 for what is not there."""

    def __init__(self, a: Side, b: Side) -> None:
        self.a, self.b = a, b
        self.links = LinkPairs(a.link, b.link) if a.link is not None and b.link is not None else None
        """Of the outputs of two links: what everything in the links is."""

    @cached_property
    def types(self) -> list[int]:
        """By their contents."""
        theirs = {thing.what: thing.number for thing in reversed(self.b.types)}
        return [theirs.get(thing.what, -1) for thing in self.a.types]

    @cached_property
    def spaces(self) -> dict[str, list[int]]:
        """For each index space that imports count in."""
        return {space: self._space(space) for space in KIND_NAMES}

    def _space(self, space: str) -> list[int]:
        a, b = self.a.things[space], self.b.things[space]
        prints = (skeleton_of(self.a), skeleton_of(self.b)) if space == "function" else (_words, _words)
        known = self._exported(KIND_NUMBERS[space]) if self.stripped else self._linked(self.links, a, b)
        return pair(a, b, prints, self.stripped, known)

    def _linked(self, links: LinkPairs | None, a: Sequence[Thing], b: Sequence[Thing]) -> list[tuple[int, int]]:
        """Positions of the things that are the same atom or entity of two links."""
        if links is None:
            return []
        theirs = {thing.of: position for position, thing in enumerate(b) if thing.of is not None}
        pairs = ((at, links.other(one.of)) for at, one in enumerate(a) if isinstance(one.of, Atom | Entity))
        return [(at, theirs[other]) for at, other in pairs if other in theirs]

    @property
    def stripped(self) -> bool:
        """Whether one side only has names."""
        return self.a.is_named != self.b.is_named

    def _exported(self, kind: int) -> list[tuple[int, int]]:
        """What both sides export by one name."""
        theirs = {one.name: one.index for one in self.b.module.exports if one.kind == kind}
        totals = [len(side.things[KIND_NAMES[kind]]) for side in (self.a, self.b)]
        pairs = [
            (one.index, theirs[one.name])
            for one in self.a.module.exports
            if one.kind == kind and one.name in theirs and one.index < totals[0] and theirs[one.name] < totals[1]
        ]
        once = {other: one for one, other in pairs}
        return [(one, other) for other, one in once.items()]

    @cached_property
    def pieces(self) -> list[int]:
        """Pieces of data."""
        a, b = self.a.pieces, self.b.pieces
        known = self._linked(self.links, a, b)
        return pair(a, b, (contents_of(self.a), contents_of(self.b)), self.stripped, known)


def _words(thing: Thing) -> tuple[Hashable, int]:
    return thing.what, 0


def skeleton_of(side: Side) -> Fingerprint:
    """The fingerprint of a function: its type, locals and skeleton."""
    imports = side.module.num_imported(0)

    def fingerprint(thing: Thing) -> tuple[Hashable, int]:
        if thing.number < imports or thing.start < 0:
            return thing.what, 0
        try:
            locals, code, end = side.code(thing)
        except FormatError:
            return side.data[thing.start : thing.end], thing.size
        parts = split(side.data, code, end)
        plain = b"".join(one + site[:1] for one, site in parts)
        return hash((thing.what, side.data[locals:code], plain)), len(plain)

    return fingerprint


def contents_of(side: Side) -> Fingerprint:
    """The fingerprint of a piece of data: its bytes."""

    def fingerprint(thing: Thing) -> tuple[Hashable, int]:
        data = side.data[thing.start : thing.end] if thing.start >= 0 else b""
        return data or thing.what, len(data)

    return fingerprint
