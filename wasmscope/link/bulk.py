"""Values and bytes of atoms with very many relocations (debug sections, above all), with NumPy.

The same rules as in `relocate`, whose `Values` gives each distinct (type, index) its base; here they are applied to
whole columns at once. A test holds the two against each other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from wasmscope.format.relocs import RELOC_TYPES, encode
from wasmscope.link.model import Atom

if TYPE_CHECKING:
    from wasmscope.link.relocate import Values

SECTION_OFFSET, LOCREL = 9, 23
Int64s = NDArray[np.int64]


def apply(values: Values, atom: Atom) -> tuple[list[int], bytes]:
    """The values of all of an atom's relocations, in order, and the atom's bytes with them at their sites."""
    relocs = atom.relocs
    assert relocs is not None
    rows = slice(atom.lo, atom.hi)
    types = np.array(relocs.types[rows], np.int64)
    found = _values(values, atom, types)
    return found.tolist(), _patched(atom, types, found)


def _values(values: Values, atom: Atom, types: Int64s) -> Int64s:
    relocs = atom.relocs
    assert relocs is not None
    addends = np.array(relocs.addends[atom.lo : atom.hi], np.int64)
    keys = np.array(relocs.indices[atom.lo : atom.hi], np.int64) << 5 | types
    distinct, which = np.unique(keys, return_inverse=True)
    bases, times = np.zeros((2, len(distinct)), np.int64)
    apart = []
    for place, key in enumerate(distinct.tolist()):
        kind, index = key & 31, key >> 5
        if kind in (SECTION_OFFSET, LOCREL):
            apart.append((place, kind, index))
        else:
            bases[place], times[place] = values.base(atom, kind, index)
    found: Int64s = bases[which] + times[which] * addends
    for place, kind, index in apart:
        same = np.flatnonzero(which == place)
        found[same] = _one_by_one(values, atom, kind, index, same, addends[same])
    return found


def _one_by_one(values: Values, atom: Atom, kind: int, index: int, rows: Int64s, addends: Int64s) -> Int64s:
    """Values that are no base plus addend: offsets into a section whose strings were merged, distances from the
    site."""
    assert atom.file is not None
    symbol = values.resolution.bindings[atom.file][index]
    if kind == LOCREL or not isinstance(symbol.target, Atom) or symbol.target not in values.layout.merges:
        return np.array([values.of(atom, atom.lo + row) for row in rows.tolist()], np.int64)
    start, strings, moves = values.addresses.place(symbol.target)
    if int(addends.max()) >= symbol.target.size:
        values.addresses.outside[symbol.target] = None
    place = np.maximum(np.searchsorted(np.array(strings, np.int64), addends, "right") - 1, 0)
    moved: Int64s = start + addends + np.array(moves, np.int64)[place]
    return moved


def _patched(atom: Atom, types: Int64s, values: Int64s) -> bytes:
    relocs = atom.relocs
    assert relocs is not None
    out = np.frombuffer(atom.data, np.uint8).copy()
    sites = np.array(relocs.offsets[atom.lo : atom.hi], np.int64) + (atom.base - atom.start)
    for kind in np.flatnonzero(np.bincount(types)).tolist():
        type = RELOC_TYPES[kind]
        rows = np.flatnonzero(types == kind)
        numbers = values[rows]
        if type.encoding == "le":
            raw = numbers.astype("<i8").view(np.uint8).reshape(-1, 8)[:, : type.width]
        elif type.encoding == "uleb" and type.bits == 32:
            shifted = (numbers[:, None] & 0xFFFFFFFF) >> np.array([0, 7, 14, 21, 28])
            raw = (shifted & 127).astype(np.uint8) | np.array([128, 128, 128, 128, 0], np.uint8)
        else:
            written = b"".join(encode(type, value) for value in numbers.tolist())
            raw = np.frombuffer(written, np.uint8).reshape(-1, type.width)
        out[sites[rows, None] + np.arange(type.width)] = raw
    return out.tobytes()
