"""Where things are: output segments, custom sections, places in memory, and strings that were merged."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from operator import sub
from typing import NamedTuple

from wasmscope.format.on_demand import OnDemand
from wasmscope.format.types import Limits
from wasmscope.link.atoms import Atom
from wasmscope.link.chain import Chain


@dataclass(slots=True, eq=False)
class Segment:
    """An output data segment: a chain of data atoms with an address."""

    name: str
    chain: Chain[Atom]
    index: int = 0
    address: int = 0
    """Where it starts in linear memory, in bytes."""
    align: int = 0
    """log2."""
    size: int = 0
    bss: bool = False
    """Zeros only by name; not written unless `Layout.emit_bss`."""
    tls: bool = False
    flags: int = 0


@dataclass(slots=True, eq=False)
class CustomSection:
    """An output custom section: the pieces of equally named input sections, in order."""

    name: str
    chain: Chain[Atom]


class Boundary(NamedTuple):
    """A place in linear memory that layout fixed: a stack end, the data end, the heap start, …; address in bytes."""

    name: str
    address: int
    rule: str
    symbols: tuple[str, ...] = ()
    """Names of the linker's symbols whose value it is, or follows from it."""


class MergedString(NamedTuple):
    """One string of a merged atom: where the input piece is and where it went.

    `start` and `size` are in `atom` (bytes, with the final NUL); `offset` is in the merged atom; `tail_of` is the
    offset of the longer string whose tail is shared, or -1.
    """

    atom: Atom
    start: int
    size: int
    offset: int
    tail_of: int


class MergedStrings(OnDemand[MergedString]):
    """The strings of a merge in input order, by atom, then by position; a record is made for the one looked at."""

    __slots__ = ("_firsts", "_inputs", "_offsets", "_tails")

    def __init__(self, inputs: Sequence[Atom], offsets: dict[bytes, int], tails: dict[bytes, int]) -> None:
        self._inputs = inputs
        self._firsts = [0, *accumulate(len(one.strings[0]) for one in inputs)]
        self._offsets = offsets
        self._tails = tails

    def __len__(self) -> int:
        return self._firsts[-1]

    def made(self, index: int) -> MergedString:
        number = bisect_right(self._firsts, index) - 1
        starts, texts = self._inputs[number].strings
        position = index - self._firsts[number]
        return self._record(self._inputs[number], starts[position], texts[position])

    def __iter__(self) -> Iterator[MergedString]:
        for atom in self._inputs:
            for start, text in zip(*atom.strings, strict=True):
                yield self._record(atom, start, text)

    def _record(self, atom: Atom, start: int, text: bytes) -> MergedString:
        return MergedString(atom, start, len(text), self._offsets[text], self._tails.get(text, -1))

    def moves(self, atom: Atom) -> list[int]:
        """For each string of a merged input atom, how many bytes further on it is in the merged atom than in `atom`."""
        starts, texts = atom.strings
        return list(map(sub, map(self._offsets.__getitem__, texts), starts))


@dataclass(slots=True)
class Merge:
    """Strings of equal kind collapsed into one atom, in `atom`'s place in its chain; `data` is its contents."""

    atom: Atom
    data: bytes
    strings: MergedStrings
    first: dict[Atom, int]
    """For each merged input atom, where its strings start in `strings`."""
    starts: dict[Atom, list[int]]
    """For each merged input atom, the offset in it of each of its strings."""


class Memory(NamedTuple):
    """The output memory, in pages of `1 << page_log2` bytes."""

    limits: Limits
    page_size: int
    end: int
    """First byte past everything that was laid out."""
