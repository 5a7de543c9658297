"""Matching data that is zero when the module starts, and not in its file: by where matched code says that it is.

If most sites agree with a layout in the order of the objects, that counts for all of it; else each atom is where most
sites say (`match_data`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from wasmscope.explain.auditing.linker_values import LinkerValues
from wasmscope.explain.matching.data_chains import DataChain, Way, aligned, chains, joined
from wasmscope.explain.matching.data_references import Votes, votes
from wasmscope.explain.matching.matching import NOT_IN_FILE, Home, Matching
from wasmscope.link.model import Atom

ENOUGH = 0.7
"""Share of the sites that must agree with a layout."""


def match_zeros(matching: Matching, live: tuple[Atom, ...], every: tuple[Atom, ...]) -> None:
    """Find what is zero by its segment's name; `live`: data that our own link keeps, `every`: all there is."""
    zeros = {one for one in every if one.name.startswith(".bss") and one not in matching.atoms}
    if zeros:
        _Zeros(matching, zeros, live).match(every)


def put(matching: Matching, atom: Atom, address: int, how: str) -> None:
    """Say that `atom` is at `address`, which the file does not fill."""
    matching.atoms[atom] = Home(-1, NOT_IN_FILE, NOT_IN_FILE, NOT_IN_FILE, address, how)


class _Zeros:
    def __init__(self, matching: Matching, zeros: set[Atom], live: tuple[Atom, ...]) -> None:
        self.matching = matching
        self.image = matching.image
        self.zeros = zeros
        self.live = [one for one in live if one in zeros]
        self.votes: Votes = votes(matching, zeros)

    def match(self, every: Iterable[Atom]) -> None:
        """Take the layout that most sites agree with."""
        mentioned = [one for one in every if one in self.votes]
        best: tuple[int, DataChain | None, int | None] = (-1, None, None)
        for kept in (self.live, [one for one in every if one in self.zeros], mentioned):
            for together in (True, False):
                one = joined(chains(Way(tuple(kept), together, False), {}), ".bss")
                start, times = self.said(one)
                if times > best[0]:
                    best = times, one, start
        if best[1] is not None and best[0] >= ENOUGH * sum(counted.total() for counted in self.votes.values()):
            self.place(best[1], best[2])

    def said(self, one: DataChain) -> tuple[int | None, int]:
        """Where most sites say that a chain begins, and how many do; where it should, when none do."""
        starts: Counter[int] = Counter()
        for atom, offset in one.items:
            for address, times in self.votes.get(atom, Counter[int]()).items():
                starts[address - offset] += times
        return starts.most_common(1)[0] if starts else (self.start(one), 0)

    def place(self, one: DataChain, start: int | None) -> None:
        """Put a chain at `start`; where it should be, if something else is there."""
        if start is not None and not self.is_free(start, one.align, one.size):
            said = [(atom, start + offset) for atom, offset in one.items if atom in self.votes]
            if said and all(self.is_free(address, atom.align, atom.size) for atom, address in said):
                return  # others of the segment are not in this module
            start = self.start(one)
        live = set(self.live)
        for atom, offset in one.items:
            if start is not None and (atom in self.votes or atom in live):
                put(self.matching, atom, start + offset, "order")

    def start(self, one: DataChain) -> int | None:
        """Where wasm-ld puts data that the file leaves out: after what it holds, aligned; or after the stack."""
        cleared = self.image.cleared
        if len(cleared) == 1 and cleared[0][1] == one.size:
            return cleared[0][0]
        bottom = LinkerValues(self.matching).bottom if self.matching.link.options.stack_first else None
        end = self.image.end or bottom
        return aligned(end, one.align) if end is not None else None

    def is_free(self, address: int, align: int, size: int) -> bool:
        """Whether zeros can be there: nothing that the file holds is, and code that clears memory clears it."""
        if address & ((1 << align) - 1) or address < 0:
            return False
        cleared = self.image.cleared
        if cleared:
            return any(start <= address and address + size <= start + length for start, length in cleared)
        return all(
            one.address is None or address >= one.address + one.size or address + size <= one.address
            for one in self.image.areas
        )
