"""Where sites that are matched say that data is: what each relocation against it wrote, less its addend."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator

from wasmscope.errors import FormatError
from wasmscope.explain.matching.matching import Matching
from wasmscope.format.relocs import RELOC_TYPES
from wasmscope.link.model import Atom
from wasmscope.link.relocate import LOCREL

Votes = dict[Atom, Counter[int]]
"""For each atom the addresses that it begins at, and how many sites say so."""
ADDRESSES = frozenset(one.number for one in RELOC_TYPES if one.symbol_kind == "data") - {LOCREL}
"""Relocation types that write an address."""


def votes(matching: Matching, wanted: Collection[Atom]) -> Votes:
    """Where the sites of all that is matched say that each of `wanted` begins."""
    found: Votes = defaultdict(Counter)
    for atom in list(matching.atoms) if wanted else ():
        for row, target, offset in mentions(matching, atom, wanted):
            assert atom.relocs is not None
            most, addend = (1 << RELOC_TYPES[atom.relocs.types[row]].bits) - 1, atom.relocs.addends[row]
            try:
                value = matching.found(atom, row)
            except FormatError:
                continue
            nothing = atom.kind == "custom" and value in (0, addend, most, most - 1)  # of what was dropped
            if value is not None and not nothing:
                found[target][value - addend - offset & most] += 1
    return found


def mentions(matching: Matching, atom: Atom, wanted: Collection[Atom]) -> Iterator[tuple[int, Atom, int]]:
    """(row, target, offset in it) of the atom's relocations against `wanted`."""
    relocs, resolve = atom.relocs, matching.link.resolve
    assert resolve is not None
    if relocs is None or atom.file is None:
        return
    bindings, types, indices = resolve.bindings[atom.file], relocs.types, relocs.indices
    for row in range(atom.lo, atom.hi):
        if types[row] in ADDRESSES:
            symbol = bindings[indices[row]]
            if isinstance(symbol.target, Atom) and symbol.target in wanted and symbol.kind == "data":
                yield row, symbol.target, symbol.offset
