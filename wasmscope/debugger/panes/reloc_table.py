"""Which relocations the table shows, by row."""

from __future__ import annotations

from bisect import bisect_right
from functools import cached_property
from itertools import accumulate

from wasmscope.explain.steps import Steps
from wasmscope.explain.symbols import Mention
from wasmscope.link.model import Atom


class RelocRows:
    """The relocations that the link applies, in its order; or those of its inputs when it did not come so far."""

    def __init__(self, steps: Steps) -> None:
        link = steps.link
        self.applied = link.relocate is not None
        self.atoms: list[Atom] = link.relocate.atoms if link.relocate is not None else _with_relocations(steps)
        sizes = (atom.hi - atom.lo for atom in self.atoms)
        self.first = link.relocate.first if link.relocate is not None else list(accumulate(sizes, initial=0))

    @cached_property
    def positions(self) -> dict[Atom, int]:
        """The position of each atom in `atoms`."""
        return {atom: position for position, atom in enumerate(self.atoms)}

    def __len__(self) -> int:
        return self.first[-1] if self.first else 0

    def __getitem__(self, row: int) -> Mention:
        position = bisect_right(self.first, row) - 1
        atom = self.atoms[position]
        return Mention(atom, atom.lo + row - self.first[position])

    def row_of(self, mention: Mention) -> int | None:
        """The row of a relocation, if it is one of these."""
        position = self.positions.get(mention.atom)
        return None if position is None else self.first[position] + mention.row - mention.atom.lo

    def after(self, mention: Mention | None, by: int) -> Mention | None:
        """The relocation `by` rows from `mention` (the first, if that is none of these); None past the ends."""
        row = self.row_of(mention) if mention is not None else None
        target = row + by if row is not None else 0
        return self[target] if 0 <= target < len(self) else None


def _with_relocations(steps: Steps) -> list[Atom]:
    files = steps.link.load.files if steps.link.load else []
    taking_part = steps.link.resolve.objects if steps.link.resolve else [one for one in files if not one.lazy]
    return [
        atom
        for file in taking_part
        for atoms in (file.functions, file.segments, file.customs)
        for atom in atoms
        if atom.lo < atom.hi
    ]
