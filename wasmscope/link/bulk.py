"""Values and bytes of all atoms of a link with very many relocations, with NumPy.

The same rules as in `relocate`, whose `Values` gives each distinct (object, type, index) its base; here they are
applied to whole columns at once. A test holds the two against each other.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, pairwise
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from wasmscope.format.relocs import RELOC_TYPES, RelocType
from wasmscope.link.model import Atom, Symbol
from wasmscope.link.relocate import LOCREL, SECTION_OFFSET, Context, Values

T = TypeVar("T")
Int64s = NDArray[np.int64]


def relocated(values: Values, atoms: Sequence[Atom]) -> dict[Atom, tuple[list[int], bytes]]:
    """For each of `atoms`, all with relocations: their values in order, and its bytes with them at their sites.

    `values.addresses.outside` then says which places are past their section's end, but not which was met first.
    """
    rows = [0, *accumulate(atom.hi - atom.lo for atom in atoms)]
    ends = [0, *accumulate(atom.size for atom in atoms)]
    types, offsets, indices, addends = _columns(atoms)
    found = _Columns(values, atoms, np.diff(rows), types, indices, addends).values()
    for row in np.flatnonzero(types == LOCREL).tolist():
        number = int(np.searchsorted(rows, row, "right")) - 1
        found[row] = values.of(atoms[number], atoms[number].lo + row - rows[number])
    shifts = [atom.base - atom.start + end for atom, end in zip(atoms, ends, strict=False)]
    patched = _patched(atoms, types, offsets + np.repeat(shifts, np.diff(rows)), found)
    numbers = found.tolist()
    spans = zip(pairwise(rows), pairwise(ends), strict=True)
    return {
        atom: (numbers[low:high], patched[start:end])
        for atom, ((low, high), (start, end)) in zip(atoms, spans, strict=True)
    }


def _columns(atoms: Sequence[Atom]) -> tuple[Int64s, Int64s, Int64s, Int64s]:
    """Types, offsets, indices and addends of the relocations of `atoms`."""
    parts: tuple[list[Int64s], ...] = ([], [], [], [])
    for relocs, low, high in _in_a_row((atom.relocs, atom.lo, atom.hi) for atom in atoms):
        assert relocs is not None
        for some, column in zip(parts, relocs.columns(), strict=True):
            some.append(column[low:high])
    types, offsets, indices, addends = map(np.concatenate, parts)
    return types, offsets, indices, addends


def _in_a_row(ranges: Iterable[tuple[T, int, int]]) -> Iterator[tuple[T, int, int]]:
    """Ranges of something, those that continue the one before them made one with it."""
    ranges = iter(ranges)
    whole, start, end = next(ranges)
    for of, low, high in ranges:
        if of is not whole or low != end:
            yield whole, start, end
            whole, start = of, low
        end = high
    yield whole, start, end


class _Columns:
    """The values of the relocations of `atoms`, of which each has `counts` of them.

    A value is a base plus, mostly, the addend. What a base depends on is a key: the object and what kind of section the
    site is in (a context), the index and the type. Each key that occurs is looked up once.
    """

    def __init__(
        self, values: Values, atoms: Sequence[Atom], counts: Int64s, types: Int64s, indices: Int64s, addends: Int64s
    ) -> None:
        self.all_values = values
        self.addends = addends
        contexts: dict[Context, int] = {}
        named = [contexts.setdefault(values.context(atom), len(contexts)) for atom in atoms]
        self.examples = dict(zip(reversed(named), reversed(atoms), strict=True))
        sizes = [_indices(values, self.examples[one]) for one in range(len(contexts))]
        self.starts = np.array([0, *accumulate(sizes)], np.int64)
        """Where the indices of each context begin when all are counted through."""
        self.kinds = np.flatnonzero(np.bincount(types))
        ranks = np.zeros(len(RELOC_TYPES), np.int64)
        ranks[self.kinds] = np.arange(len(self.kinds))
        keys = (self.starts[np.repeat(named, counts)] + indices) * len(self.kinds) + ranks[types]
        occurs = np.zeros(int(self.starts[-1]) * len(self.kinds), bool)
        occurs[keys] = True
        self.keys = np.flatnonzero(occurs)
        numbers = np.zeros(len(occurs), np.int32)
        numbers[self.keys] = np.arange(len(self.keys))
        self.which = numbers[keys]
        """For each relocation, which of the keys it has."""
        self.merged: dict[int, Atom] = {}
        """The keys that name a section whose strings were merged, and that section."""

    def values(self) -> Int64s:
        places, kinds = self.keys // len(self.kinds), self.kinds[self.keys % len(self.kinds)]
        contexts = np.searchsorted(self.starts, places, "right") - 1
        rows = zip(contexts.tolist(), kinds.tolist(), (places - self.starts[contexts]).tolist(), strict=True)
        bases, times = [0] * len(self.keys), [1] * len(self.keys)
        for key, (context, kind, index) in enumerate(rows):
            line = self.all_values.linear(self.examples[context], kind, index)
            if line is not None:
                bases[key], times[key] = line
            elif kind == SECTION_OFFSET:
                bases[key] = self.strings_start(key, self.all_values.bindings(self.examples[context])[index])
        found: Int64s = np.array(bases, np.int64)[self.which] + np.array(times, np.int64)[self.which] * self.addends
        if self.merged:
            self.add_moves(found)
        return found

    def strings_start(self, key: int, symbol: Symbol) -> int:
        """Where the strings that a section's were merged into begin; 0 when there are none of it in the output."""
        if isinstance(symbol.target, Atom) and symbol.target in self.all_values.layout.merges:
            self.merged[key] = symbol.target
            return self.all_values.addresses.start(symbol.target)
        self.all_values.addresses.section_offset(symbol, int(self.addends[self.which == key].max()))
        return 0

    def add_moves(self, found: Int64s) -> None:
        """Add to the values that are offsets into merged sections how far their strings were moved."""
        targets = list(dict.fromkeys(self.merged.values()))
        places = [self.all_values.addresses.merged(target) for target in targets]
        sizes = np.array([target.size for target in targets], np.int64)
        lines = np.cumsum(sizes + 1) - (sizes + 1)  # where each section begins when all are one after the other
        counts = [len(strings) for _, strings, _ in places]
        strings = np.concatenate([np.array(one, np.int64) for _, one, _ in places]) + np.repeat(lines, counts)
        moves = np.concatenate([np.array(one, np.int64) for _, _, one in places])
        number = {target: place for place, target in enumerate(targets)}
        target_of = np.full(len(self.keys), -1, np.int64)
        target_of[list(self.merged)] = [number[target] for target in self.merged.values()]
        rows = np.flatnonzero(target_of[self.which] >= 0)
        target, offsets = target_of[self.which[rows]], self.addends[rows]
        at = np.clip(offsets, 0, sizes[target]) + lines[target]
        found[rows] += moves[np.searchsorted(strings, at, "right") - 1]
        for place in np.flatnonzero(np.bincount(target[offsets >= sizes[target]])).tolist():
            self.all_values.addresses.outside[targets[place]] = None


def _indices(values: Values, atom: Atom) -> int:
    """How many symbols or types the object of `atom` has: what an index may be."""
    assert atom.file is not None
    return max(len(values.bindings(atom)), len(atom.file.module.types))


def _patched(atoms: Sequence[Atom], types: Int64s, sites: Int64s, values: Int64s) -> bytes:
    """The bytes of `atoms`, one after the other, with `values` at their `sites`."""
    ranges = _in_a_row((atom.file, atom.start, atom.end) for atom in atoms)
    data = bytearray().join(file.module.data[low:high] for file, low, high in ranges if file is not None)
    out = np.frombuffer(data, np.uint8)
    for kind in np.flatnonzero(np.bincount(types)).tolist():
        rows = np.flatnonzero(types == kind)
        raw = _written(RELOC_TYPES[kind], values[rows])
        for place, column in enumerate(raw.T):
            out[sites[rows] + place] = column
    return out.tobytes()


def _written(type: RelocType, values: Int64s) -> NDArray[np.uint8]:
    """The bytes of `values` at sites of `type`, a row each: as `format.relocs.encode` writes them."""
    if type.encoding == "le":
        return values.astype("<i8").view(np.uint8).reshape(-1, 8)[:, : type.width]
    if type.bits == 32:
        low = values & 0xFFFFFFFF
        values = low if type.encoding == "uleb" else low - ((low >> 31) << 32)
    number = values.astype(np.uint64) if type.encoding == "uleb" else values
    groups = number[:, None] >> (np.arange(type.width) * 7).astype(number.dtype)
    more = np.full(type.width, 128, np.uint8)
    more[-1] = 0
    return (groups & np.array(127, number.dtype)).astype(np.uint8) | more
