"""The output file as its sections, and these as runs of bytes that each were made by something."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import chain, islice
from operator import sub
from typing import NamedTuple

from wasmscope.format.on_demand import OnDemand
from wasmscope.link.atoms import Atom


class Piece(NamedTuple):
    """A run of output bytes and who made it: an atom (whole), or a linker rule."""

    start: int
    """Offset in the output file."""
    size: int
    atom: Atom | None
    rule: str


class Pieces(OnDemand[Piece]):
    """The runs of a section in order, as columns: a link has as many as it has records, and makes one when it is looked
    at."""

    __slots__ = ("atoms", "end", "rules", "starts")

    def __init__(self, starts: list[int], end: int, atoms: Sequence[Atom | None], rules: Sequence[str]) -> None:
        self.starts = starts
        """Offset of each in the output file."""
        self.end = end
        """Where the last one ends."""
        self.atoms = atoms
        self.rules = rules

    def __len__(self) -> int:
        return len(self.starts)

    def made(self, index: int) -> Piece:
        start, next = self.starts[index], index + 1
        size = (self.starts[next] if next < len(self) else self.end) - start
        return Piece(start, size, self.atoms[index], self.rules[index])

    def __iter__(self) -> Iterator[Piece]:
        sizes = map(sub, chain(islice(self.starts, 1, None), (self.end,)), self.starts)
        return map(Piece, self.starts, sizes, self.atoms, self.rules)

    def number_at(self, offset: int) -> int:
        """Which of them has the byte at `offset` of the output file; -1 for a byte before the first."""
        return bisect_right(self.starts, offset) - 1


class OutputSection(NamedTuple):
    """A section of the output; offsets in the output file. `pieces` cover start to end without gaps."""

    id: int
    name: str
    start: int
    body: int
    end: int
    pieces: Pieces
