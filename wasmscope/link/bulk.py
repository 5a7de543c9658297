"""Values and bytes of atoms with very many relocations (debug sections, above all), with NumPy.

The same rules as in `relocate`, whose `Values` gives each distinct (type, index) its base; here they are applied to
whole columns at once. A test holds the two against each other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from wasmscope.format.relocs import RELOC_TYPES, encode
from wasmscope.link.model import Atom, Merge

if TYPE_CHECKING:
    from wasmscope.link.relocate import Values

SECTION_OFFSET, LOCREL = 9, 23
Int64s = NDArray[np.int64]


def values_of(values: Values, atom: Atom) -> list[int]:
    """The values of all of an atom's relocations, in order."""
    relocs = atom.relocs
    assert relocs is not None
    rows = slice(atom.lo, atom.hi)
    types, addends = np.array(relocs.types[rows]), np.array(relocs.addends[rows], np.int64)
    keys = np.array(relocs.indices[rows], np.int64) << 8 | types
    distinct, which = np.unique(keys, return_inverse=True)
    bases = np.zeros(len(distinct), np.int64)
    times = np.ones(len(distinct), np.int64)
    apart = []
    for place, key in enumerate(distinct.tolist()):
        kind, index = key & 255, key >> 8
        if kind in (SECTION_OFFSET, LOCREL):
            apart.append((place, kind, index))
        else:
            bases[place], times[place] = values.base(atom, kind, index)
    found = bases[which] + times[which] * addends
    for place, kind, index in apart:
        same = np.flatnonzero(which == place)
        found[same] = _one_by_one(values, atom, kind, index, same, addends[same])
    result: list[int] = found.tolist()
    return result


def _one_by_one(values: Values, atom: Atom, kind: int, index: int, rows: Int64s, addends: Int64s) -> Int64s:
    """Values that are no base plus addend: offsets into a section whose strings were merged, distances from the
    site."""
    assert atom.file is not None
    target = values.resolution.bindings[atom.file][index].target
    if kind == SECTION_OFFSET and isinstance(target, Atom):
        merge = values.layout.merges.get(target)
        if merge is None:
            return values.addresses.section_offset(values.resolution.bindings[atom.file][index], 0) + addends
        return values.layout.home[target].chain[merge.atom].offset + _merged(merge, target, addends)
    return np.array([values.of(atom, atom.lo + row) for row in rows.tolist()], np.int64)


def _merged(merge: Merge, atom: Atom, offsets: Int64s) -> Int64s:
    starts = merge.starts[atom]
    moves = np.array(merge.moves(atom), np.int64)
    place = np.maximum(np.searchsorted(np.array(starts, np.int64), offsets, "right") - 1, 0)
    moved: Int64s = offsets + moves[place]
    return moved


def patch(atom: Atom, values: list[int]) -> bytes:
    """The atom's bytes with each relocation's value at its site."""
    relocs = atom.relocs
    assert relocs is not None
    out = np.frombuffer(atom.data, np.uint8).copy()
    types = np.array(relocs.types[atom.lo : atom.hi])
    sites = np.array(relocs.offsets[atom.lo : atom.hi], np.int64) + (atom.base - atom.start)
    numbers = np.array([value & MASK for value in values], np.uint64)
    for kind in np.unique(types).tolist():
        type = RELOC_TYPES[kind]
        rows = np.flatnonzero(types == kind)
        if type.encoding == "le":
            raw = numbers[rows].astype("<u8").view(np.uint8).reshape(-1, 8)[:, : type.width]
        elif type.encoding == "uleb" and type.bits == 32:
            shifted = (numbers[rows, None] & np.uint64(0xFFFFFFFF)) >> np.array([0, 7, 14, 21, 28], np.uint64)
            raw = (shifted & np.uint64(127)).astype(np.uint8) | np.array([128, 128, 128, 128, 0], np.uint8)
        else:
            written = b"".join(encode(type, values[row]) for row in rows.tolist())
            raw = np.frombuffer(written, np.uint8).reshape(-1, type.width)
        out[sites[rows, None] + np.arange(type.width)] = raw
    return out.tobytes()


MASK = (1 << 64) - 1
"""Values are cut to this before they are cut to their sites: tombstones are negative."""
