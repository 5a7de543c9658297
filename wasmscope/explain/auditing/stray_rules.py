"""Bytes of an atom that differ from the object's although no relocation patches them: whose they are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from functools import cached_property
from typing import NamedTuple

from wasmscope.explain.auditing.audit_causes import CAUSES
from wasmscope.explain.matching.matching import Matching
from wasmscope.explain.naming import titled
from wasmscope.format.relocs import WIDTHS
from wasmscope.link.model import Atom


class Stray(NamedTuple):
    """Bytes `start` to `end` of an atom, counted in it, that are others than in the object, and why."""

    start: int
    end: int
    cause: str
    words: str


class Strays:
    """Explains changed bytes in the module of `matching`."""

    def __init__(self, matching: Matching) -> None:
        self.matching = matching
        self.data = matching.module.data

    def of(self, atom: Atom) -> Iterator[Stray]:
        """The changed bytes of an atom: those that another's relocation wrote as one, the others run by run."""
        runs, done = self.matching.atoms[atom].strays, -1
        for start, end in runs:
            if start < done:
                continue
            owner = self.owner(atom, start, end)
            if owner is None:
                yield Stray(start, end, "bytes changed", CAUSES["bytes changed"].words)
                continue
            other, row, site = owner
            assert other.relocs is not None
            done = site + WIDTHS[other.relocs.types[row]]
            words = f"they are what relocation {row - other.lo} of {titled(other)} writes"
            yield Stray(max(site, 0), min(done, atom.size), "relocation owned by two atoms", words)

    def owner(self, atom: Atom, start: int, end: int) -> tuple[Atom, int, int] | None:
        """The relocation whose value these bytes are, and where in the atom it begins."""
        home = self.matching.atoms[atom]
        for at in range(max(start - 9, 0), start + 1):
            for width in (4, 5, 8, 10):
                if at + width < end:
                    continue
                raw = self.data[home.origin + at : home.origin + at + width]
                for other, row in self.written.get(raw, ()):
                    if other is not atom and self.likely(atom, at, other, row):
                        return other, row, at
        return None

    def likely(self, atom: Atom, at: int, other: Atom, row: int) -> bool:
        """Whether a linker may take relocation `row` of `other` for one at byte `at` of `atom`: it is as far from the
        start of its own atom, or at an end of either."""
        site, width = other.site(row), len(self.data_at(other, row))
        edges = site == 0 or site + width == other.size or at == 0 or at + width >= atom.size
        return site == at or edges

    def data_at(self, atom: Atom, row: int) -> bytes:
        start, end = self.matching.site(atom, row) or (0, 0)
        return self.data[start:end]

    @cached_property
    def written(self) -> dict[bytes, list[tuple[Atom, int]]]:
        """What relocations wrote, and which did; zeros are left out."""
        found: dict[bytes, list[tuple[Atom, int]]] = defaultdict(list)
        for atom in self.matching.atoms:
            for row in range(atom.lo, atom.hi):
                raw = self.data_at(atom, row)
                if raw.strip(b"\0\x80"):
                    found[raw].append((atom, row))
        return found
